package dev.brew.delivery.path.grpc;

import java.time.Duration;
import java.util.Objects;

/**
 * How calls are made and served.
 *
 * @param deadline of one call, more than 0 and at most an hour
 */
public record GrpcOptions(GrpcTransport transport, GrpcExecutor executor, Duration deadline) {

    /** What a call is given unless somebody says otherwise. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofHours(1);

    public GrpcOptions {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(executor, "executor");
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("deadline must be above 0 and at most 1 h, got " + deadline.toMillis()
                    + " ms");
        }
    }

    /** With the default deadline. */
    public GrpcOptions(GrpcTransport transport, GrpcExecutor executor) {
        this(transport, executor, DEFAULT_DEADLINE);
    }
}
