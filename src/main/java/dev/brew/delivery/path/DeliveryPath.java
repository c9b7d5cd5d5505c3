package dev.brew.delivery.path;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * A way to deliver one event to N recipients. Benchmarks, load, scenarios and the command-line senders all use this
 * interface.
 */
public interface DeliveryPath extends AutoCloseable {

    /** The name in tables: {@code grpc-sequential}, {@code grpc-parallel}, {@code kafka}, {@code null}. */
    String name();

    /**
     * Delivers one event. May be called from any thread, also while earlier events are in flight. The call may block
     * (Kafka's producer blocks when its buffer is full), and that time counts as sender time.
     *
     * @return a stage that completes when the sender may continue: after all replies, or after the broker's ack. A
     *     failed target is a normal {@link SendReport.Outcome} and hides no outcome of another target. The stage
     *     completes exceptionally only when the path itself is broken or closed. It completes on a thread of the
     *     transport: do not block that thread.
     */
    CompletionStage<SendReport> deliver(CustomerSignedUp event);

    /**
     * Every setting that moves the comparison, read back from the client, server or broker where possible. Names look
     * like {@code grpc.transport} or {@code kafka.producer.acks}. The map contains no ports, ids or secrets.
     */
    Map<String, String> settings();

    /**
     * Bytes that this path's clients have sent and received so far, as the transports themselves count them. For gRPC
     * these are the messages with their prefixes, without HTTP/2 frames and headers. For Kafka these are all bytes on
     * the connections of the producer and the consumers. Empty if the transport does not count bytes. May be called
     * from any thread.
     */
    OptionalLong wireBytes();

    /**
     * Stops senders and recipients and deletes what the path created. Returns when their threads have ended.
     *
     * @throws Exception if a part could not be stopped or deleted; the message names it
     */
    @Override
    void close() throws Exception;
}
