/**
 * Kafka brokers: {@link dev.brew.delivery.broker.Brokers} chooses one, {@link dev.brew.delivery.broker.Broker} is what
 * its users see. {@link dev.brew.delivery.broker.ProcessBroker} runs Kafka in child JVMs of the same jar
 * ({@code BrokerMain}); {@code ContainerBroker} runs it in a container that a child JVM holds ({@code ContainerMain});
 * {@code ExternalBroker} connects to a running cluster.
 */
package dev.brew.delivery.broker;
