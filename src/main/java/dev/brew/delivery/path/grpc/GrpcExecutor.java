package dev.brew.delivery.path.grpc;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Who runs handlers and callbacks. */
public enum GrpcExecutor {
    /** A cached thread pool, as gRPC has by default: a handler may block. */
    POOL,
    /** The event loop itself: one hand-over less, and a handler that blocks stops its connection. */
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

    /** A pool of its own, for its owner to shut down; none for DIRECT. */
    Optional<ExecutorService> open(String name) {
        return this == POOL ? Optional.of(Executors.newCachedThreadPool(new DefaultThreadFactory(name, true)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
