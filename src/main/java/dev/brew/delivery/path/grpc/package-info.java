/**
 * Synchronous delivery: {@link dev.brew.delivery.path.grpc.GrpcListener} is one recipient's server, and
 * {@link dev.brew.delivery.path.grpc.GrpcFanOut} is the sender that calls every server, in turn or all at once.
 * Sender and servers would be separate processes in production, so they share no threads here.
 */
package dev.brew.delivery.path.grpc;
