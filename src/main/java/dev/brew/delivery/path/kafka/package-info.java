/**
 * The asynchronous world: {@link dev.brew.delivery.path.kafka.KafkaPath} writes each event once to a topic of its own,
 * and every recipient is a consumer group of its own, with its own consumer and thread.
 */
package dev.brew.delivery.path.kafka;
