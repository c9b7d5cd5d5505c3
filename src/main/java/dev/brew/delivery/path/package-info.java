/**
 * {@link dev.brew.delivery.path.DeliveryPath}, the one door to both worlds: what is measured is what is demonstrated.
 * The transports live below it, in {@code path.grpc} and {@code path.kafka}.
 */
package dev.brew.delivery.path;
