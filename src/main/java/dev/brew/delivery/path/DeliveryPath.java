package dev.brew.delivery.path;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * A way of delivering one event to N recipients. Benchmarks, load, scenarios and the command-line senders all go
 * through it.
 */
public interface DeliveryPath extends AutoCloseable {

    /** As it stands in tables: {@code grpc-sequential}, {@code grpc-parallel}, {@code kafka}, {@code null}. */
    String name();

    /**
     * Delivers one event. May be called from any thread, also while earlier events are under way; it may hold the
     * caller up (Kafka's producer does when its buffer is full), and that time counts as the sender's.
     *
     * @return completes when the sender may go on: all replies in, or the broker's ack. A target that failed is an
     *     {@link SendReport.Outcome} like any other and hides no other target's; the stage completes exceptionally
     *     only when the path itself is broken or closed. It completes on a thread of the transport: do not block it.
     */
    CompletionStage<SendReport> deliver(CustomerSignedUp event);

    /**
     * Every setting that moves the comparison, read back from the client, server or broker where that can be done:
     * names such as {@code grpc.transport} or {@code kafka.producer.acks}. No ports, ids or secrets.
     */
    Map<String, String> settings();

    /**
     * Bytes that this path's clients have sent and received so far, as the transports themselves count them: gRPC's
     * messages with their prefixes (not HTTP/2's frames and headers), everything that Kafka's producer and consumers put
     * on their connections. Empty if the transport does not count. May be called from any thread.
     */
    OptionalLong wireBytes();

    /**
     * Stops senders and recipients and deletes what the path created. Returns when their threads have ended.
     *
     * @throws Exception if something could not be stopped or deleted; the message names it
     */
    @Override
    void close() throws Exception;
}
