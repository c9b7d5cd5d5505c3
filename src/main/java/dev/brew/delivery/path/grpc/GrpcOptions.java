package dev.brew.delivery.path.grpc;

import dev.brew.delivery.tls.Tls;
import java.time.Duration;
import java.util.Objects;

/**
 * How calls are made and served.
 *
 * @param deadline of one call, more than 0 and at most an hour
 * @param tls      what is encrypted, and with which certificates
 */
public record GrpcOptions(GrpcTransport transport, GrpcExecutor executor, Duration deadline, Tls tls) {

    /** What a call is given unless somebody says otherwise. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(3);
    private static final Duration EACH = Duration.ofMillis(25);
    private static final Duration LONGEST = Duration.ofHours(1);

    public GrpcOptions {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(executor, "executor");
        requireFit(transport, tls.mode());
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("deadline must be above 0 and at most 1 h, got " + deadline.toMillis()
                    + " ms");
        }
    }

    /**
     * The deadline of a call among as many as {@code recipients} at once, while nothing is warm yet: 25 ms for each of them,
     * at least {@link #DEFAULT_DEADLINE}.
     */
    public static Duration deadline(int recipients) {
        Duration together = EACH.multipliedBy(recipients);
        return together.compareTo(DEFAULT_DEADLINE) > 0 ? together : DEFAULT_DEADLINE;
    }

    /** With the default deadline, nothing encrypted. */
    public GrpcOptions(GrpcTransport transport, GrpcExecutor executor) {
        this(transport, executor, DEFAULT_DEADLINE);
    }

    /** Nothing encrypted. */
    public GrpcOptions(GrpcTransport transport, GrpcExecutor executor, Duration deadline) {
        this(transport, executor, deadline, Tls.OFF);
    }

    /** @throws IllegalArgumentException if there is nothing to encrypt: in-process calls go through no socket */
    public static void requireFit(GrpcTransport transport, Tls.Mode tls) {
        if (transport == GrpcTransport.INPROCESS && tls != Tls.Mode.OFF) {
            throw new IllegalArgumentException("tls=" + tls + " needs transport=nio or epoll: inprocess has no socket");
        }
    }
}
