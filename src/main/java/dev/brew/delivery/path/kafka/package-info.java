/**
 * Asynchronous delivery: {@link dev.brew.delivery.path.kafka.KafkaPath} writes each event once to a topic of its own.
 * Every recipient is a separate consumer group with its own consumer and thread.
 */
package dev.brew.delivery.path.kafka;
