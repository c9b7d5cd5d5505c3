package dev.brew.delivery.path.grpc;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** A listener for each recipient in this JVM, and the fan-out to them: the path that the benchmarks measure. */
public final class GrpcLoopback implements DeliveryPath {

    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final List<GrpcListener> listeners = new ArrayList<>();
    private final GrpcFanOut fanOut;

    private GrpcLoopback(GrpcFanOut.Mode mode, GrpcOptions options, List<Recipient> recipients, NanoClock clock)
            throws IOException {
        List<GrpcFanOut.Target> targets = new ArrayList<>();
        try {
            for (Recipient recipient : recipients) {
                GrpcListener listener = GrpcListener.start(recipient, options);
                listeners.add(listener);
                targets.add(new GrpcFanOut.Target(recipient.name(), listener.target()));
            }
        } catch (IOException | RuntimeException e) {
            listeners.forEach(GrpcListener::close);
            throw e;
        }
        fanOut = new GrpcFanOut(mode, options, targets, clock);
    }

    /**
     * Starts the listeners, and connects the sender to each.
     *
     * @throws IOException           if a port cannot be had
     * @throws IllegalStateException if a listener is not connected within ten seconds; the message names it
     */
    public static GrpcLoopback open(GrpcFanOut.Mode mode, GrpcOptions options, List<Recipient> recipients,
                                    NanoClock clock) throws IOException, InterruptedException {
        GrpcLoopback loopback = new GrpcLoopback(mode, options, recipients, clock);
        try {
            loopback.fanOut.connect(CONNECT);
            return loopback;
        } catch (InterruptedException | RuntimeException e) {
            loopback.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return fanOut.name();
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        return fanOut.deliver(event);
    }

    @Override
    public Map<String, String> settings() {
        return fanOut.settings();
    }

    @Override
    public OptionalLong wireBytes() {
        return fanOut.wireBytes();
    }

    /** @throws IllegalStateException if a part of it has not ended; further ones stand beside it as suppressed */
    @Override
    public void close() {
        List<AutoCloseable> parts = new ArrayList<>();
        parts.add(fanOut);
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
