package dev.brew.delivery.load;

import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.results.Series;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One event under way. It is over when every recipient has processed it <em>and</em> the sender has its answer.
 * The instants are on the clock of {@link dev.brew.delivery.event.NanoClock} and may be read once it is over.
 */
public final class Delivery {

    private static final long NOT_YET = Long.MIN_VALUE;

    private final String id;
    private final long signedUpNanos;
    private final List<String> recipients;
    private final long[] receivedLatencyNanos;
    private final long[] processedNanos;
    private final AtomicInteger open;
    private final Runnable onOver;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile SendReport report;

    /** @param onOver run just before those who wait are woken, so that nobody sees a finished event as under way */
    Delivery(String id, long signedUpNanos, List<String> recipients, Runnable onOver) {
        this.id = id;
        this.onOver = onOver;
        this.signedUpNanos = signedUpNanos;
        this.recipients = recipients;
        this.receivedLatencyNanos = new long[recipients.size()];
        Arrays.fill(receivedLatencyNanos, NOT_YET);
        this.processedNanos = new long[recipients.size()];
        Arrays.fill(processedNanos, NOT_YET);
        this.open = new AtomicInteger(recipients.size() + 1);
    }

    /**
     * The event's latencies in nanoseconds, in the order of {@link Series#of}.
     *
     * @param completedNanos when the event was known to be over
     */
    long[] latencies(long completedNanos) {
        long[] latencies = new long[Series.FIRST_RECIPIENT + receivedLatencyNanos.length];
        latencies[Series.COMPLETED] = completedNanos - signedUpNanos;
        latencies[Series.PROCESSED] = lastProcessedNanos() - signedUpNanos;
        latencies[Series.SENDER] = report.unblockedNanos() - signedUpNanos;
        latencies[Series.UNCORRECTED] = completedNanos - report.startedNanos();
        latencies[Series.LAG] = report.startedNanos() - signedUpNanos;
        for (int i = 0; i < receivedLatencyNanos.length; i++) {
            latencies[Series.FIRST_RECIPIENT + i] = receivedLatencyNanos[i];
        }
        return latencies;
    }

    private long lastProcessedNanos() {
        long last = NOT_YET;
        for (long nanos : processedNanos) {
            last = Math.max(last, nanos);
        }
        return last;
    }

    /**
     * Waits until the event is over.
     *
     * @throws DeliveryException if it is not within {@code deadline}, if a target did not accept it, or if the path
     *                           broke
     */
    public void await(Duration deadline) throws InterruptedException {
        try {
            over.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeliveryException("event " + id + " is not over within " + deadline.toMillis() + " ms: "
                    + missing(), e);
        } catch (ExecutionException e) {
            throw new DeliveryException("event " + id + ": " + e.getCause(), e.getCause());
        }
    }

    /** @param latencyNanos handler entered, minus the sign-up time that the event itself carried */
    void received(int recipient, long latencyNanos) {
        receivedLatencyNanos[recipient] = latencyNanos;
    }

    void processed(int recipient, long atNanos) {
        processedNanos[recipient] = atNanos;
        closeOne();
    }

    /** The sender has its answer; an event that was not accepted everywhere has failed. */
    void answered(SendReport sendReport) {
        report = sendReport;
        if (sendReport.accepted()) {
            closeOne();
        } else {
            fail(new DeliveryException("not accepted by every target: " + sendReport.outcomes()));
        }
    }

    void fail(Throwable cause) {
        over.completeExceptionally(cause);
    }

    private void closeOne() {
        if (open.decrementAndGet() == 0) {
            onOver.run();
            over.complete(null);
        }
    }

    /** Who has not done what, in words. */
    String missing() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < processedNanos.length; i++) {
            if (processedNanos[i] == NOT_YET) {
                text.append(text.isEmpty() ? "" : ", ").append(recipients.get(i))
                        .append(receivedLatencyNanos[i] == NOT_YET ? " has not received it" : " has not processed it");
            }
        }
        if (report == null) {
            text.append(text.isEmpty() ? "" : ", ").append("the sender has no answer");
        }
        return text.toString();
    }
}
