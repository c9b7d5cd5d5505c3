package dev.brew.delivery.path.grpc;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads that run handlers and callbacks. */
public enum GrpcExecutor {
    /** A cached thread pool, gRPC's default: a handler may block. */
    POOL,
    /** The event loop itself: this saves one thread hand-over, but a handler that blocks stops its connection. */
    DIRECT;

    /**
     * Reads {@code pool} or {@code direct}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static GrpcExecutor parse(String text) {
        for (GrpcExecutor executor : values()) {
            if (executor.toString().equals(text)) {
                return executor;
            }
        }
        throw new IllegalArgumentException("executor must be pool or direct, got '" + text + "'");
    }

    /** A new pool, which the caller shuts down; empty for DIRECT. */
    Optional<ExecutorService> open(String name) {
        return this == POOL ? Optional.of(Executors.newCachedThreadPool(new DefaultThreadFactory(name, true)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
