/**
 * {@link dev.brew.delivery.path.DeliveryPath}, the interface through which every sender delivers events. Its transports
 * are in {@code path.grpc} and {@code path.kafka}; {@link dev.brew.delivery.path.ForwardingPath} is the base of its
 * wrappers.
 */
package dev.brew.delivery.path;
