package dev.brew.delivery.path.grpc;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.ForwardingPath;
import dev.brew.delivery.recipient.Recipient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener for each recipient in this JVM, and the fan-out to these listeners: the path that the benchmarks measure.
 */
public final class GrpcLoopback extends ForwardingPath {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration CONNECT_EACH = Duration.ofMillis(50);

    private final List<GrpcListener> listeners;

    private GrpcLoopback(GrpcFanOut fanOut, List<GrpcListener> listeners) {
        super(fanOut);
        this.listeners = listeners;
    }

    /**
     * Starts the listeners, and connects the sender to each.
     *
     * @throws IOException           if a port cannot be bound
     * @throws IllegalStateException if a listener is not connected within ten seconds plus 50 ms for each listener; the
     *                               message names it
     */
    public static GrpcLoopback open(GrpcFanOut.Mode mode, GrpcOptions options, List<Recipient> recipients,
                                    NanoClock clock) throws IOException, InterruptedException {
        List<GrpcListener> listeners = new ArrayList<>();
        try {
            List<GrpcFanOut.Target> targets = new ArrayList<>();
            for (Recipient recipient : recipients) {
                GrpcListener listener = GrpcListener.start(recipient, options);
                listeners.add(listener);
                targets.add(new GrpcFanOut.Target(recipient.name(), listener.target()));
            }
            return connect(new GrpcLoopback(new GrpcFanOut(mode, options, targets, clock), listeners));
        } catch (IOException | InterruptedException | RuntimeException e) {
            listeners.forEach(GrpcListener::close);
            throw e;
        }
    }

    private static GrpcLoopback connect(GrpcLoopback loopback) throws InterruptedException {
        GrpcFanOut fanOut = (GrpcFanOut) loopback.behind();
        try {
            fanOut.connect(CONNECT.plus(CONNECT_EACH.multipliedBy(loopback.listeners.size())));
            return loopback;
        } catch (InterruptedException | RuntimeException e) {
            fanOut.close();
            throw e;
        }
    }

    /**
     * @throws IllegalStateException if the sender or a listener has not ended; further failures are suppressed in it
     */
    @Override
    public void close() {
        List<AutoCloseable> parts = new ArrayList<>();
        parts.add(behind());
        parts.addAll(listeners);
        IllegalStateException failure = null;
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException(e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Stops one recipient's listener, as if its process had ended. */
    void stop(int index) {
        listeners.get(index).close();
    }
}
