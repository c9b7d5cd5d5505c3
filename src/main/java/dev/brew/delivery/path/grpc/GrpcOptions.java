package dev.brew.delivery.path.grpc;

import dev.brew.delivery.tls.Tls;
import java.time.Duration;
import java.util.Objects;

/**
 * The options of gRPC callers and listeners.
 *
 * @param transport how calls are carried
 * @param executor  the threads that run handlers and callbacks
 * @param deadline  deadline of one call, more than 0 and at most one hour
 * @param tls       the encryption mode and its certificates
 */
public record GrpcOptions(GrpcTransport transport, GrpcExecutor executor, Duration deadline, Tls tls) {

    /** The deadline of a call if no other deadline is given. */
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
     * The deadline of a call when {@code recipients} calls start at once on a cold JVM: 25 ms for each recipient, at
     * least {@link #DEFAULT_DEADLINE}.
     */
    public static Duration deadline(int recipients) {
        Duration together = EACH.multipliedBy(recipients);
        return together.compareTo(DEFAULT_DEADLINE) > 0 ? together : DEFAULT_DEADLINE;
    }

    /** Options with the default deadline and without encryption. */
    public GrpcOptions(GrpcTransport transport, GrpcExecutor executor) {
        this(transport, executor, DEFAULT_DEADLINE);
    }

    /** Options without encryption. */
    public GrpcOptions(GrpcTransport transport, GrpcExecutor executor, Duration deadline) {
        this(transport, executor, deadline, Tls.OFF);
    }

    /** @throws IllegalArgumentException if {@code tls} is on for in-process calls, which use no socket */
    public static void requireFit(GrpcTransport transport, Tls.Mode tls) {
        if (transport == GrpcTransport.INPROCESS && tls != Tls.Mode.OFF) {
            throw new IllegalArgumentException("tls=" + tls + " needs transport=nio or epoll: inprocess has no socket");
        }
    }
}
