/**
 * The synchronous world: {@link dev.brew.delivery.path.grpc.GrpcListener}, one recipient's server, and
 * {@link dev.brew.delivery.path.grpc.GrpcFanOut}, the sender that calls each of them, in turn or all at once.
 * What would be separate processes shares no threads.
 */
package dev.brew.delivery.path.grpc;
