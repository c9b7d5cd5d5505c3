/**
 * Where Kafka comes from: {@link dev.brew.delivery.broker.ProcessBroker}, a real broker in a child JVM of the same jar.
 * {@code BrokerMain} is that child; beside the command line's main it is the only class that ends its JVM.
 */
package dev.brew.delivery.broker;
