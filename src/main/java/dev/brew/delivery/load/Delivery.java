package dev.brew.delivery.load;

import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.text.Few;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One event under way. It is over when every recipient has processed it <em>and</em> the sender has its answer.
 * The instants are on the clock of {@link dev.brew.delivery.event.NanoClock} and may be read once the event is over.
 */
public final class Delivery {

    private static final int FEW = 4;
    private static final long NOT_YET = TrialRecorder.NONE;

    private final String id;
    private final long signedUpNanos;
    private final List<String> recipients;
    private final long[] receivedLatencyNanos;
    private final long[] processedNanos;
    private final AtomicInteger open;
    private final Consumer<Delivery> onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile SendReport report;
    private volatile Throwable failure;

    /**
     * @param onEnd called once, when the event is over or has failed, on the thread that ended it; called before the
     *              waiting threads wake, so that no thread sees a finished event as under way
     */
    Delivery(String id, long signedUpNanos, List<String> recipients, Consumer<Delivery> onEnd) {
        this.id = id;
        this.onEnd = onEnd;
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
     * @param completedNanos the instant at which the event was known to be over
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

    /**
     * As {@link #latencies}, for an event that failed: it has no sample for its completion, and none for a recipient
     * that has not received it.
     */
    long[] latenciesOfFailure() {
        long[] latencies = latencies(report.unblockedNanos());
        latencies[Series.COMPLETED] = TrialRecorder.NONE;
        latencies[Series.PROCESSED] = TrialRecorder.NONE;
        latencies[Series.UNCORRECTED] = TrialRecorder.NONE;
        return latencies;
    }

    /** As {@link #latencies}, for an event that is not over yet: a step that has not happened has no sample. */
    long[] latenciesSoFar() {
        long[] latencies = new long[Series.FIRST_RECIPIENT + receivedLatencyNanos.length];
        Arrays.fill(latencies, NOT_YET);
        SendReport answer = report;
        if (answer != null) {
            latencies[Series.SENDER] = answer.unblockedNanos() - signedUpNanos;
            latencies[Series.LAG] = answer.startedNanos() - signedUpNanos;
        }
        System.arraycopy(receivedLatencyNanos, 0, latencies, Series.FIRST_RECIPIENT, receivedLatencyNanos.length);
        return latencies;
    }

    /**
     * The instant at which the last recipient processed the event. Without recipients in this JVM, it is the instant at
     * which the sender may go on.
     */
    private long lastProcessedNanos() {
        long last = processedNanos.length == 0 ? report.unblockedNanos() : NOT_YET;
        for (long nanos : processedNanos) {
            last = Math.max(last, nanos);
        }
        return last;
    }

    /**
     * Waits until the event is over.
     *
     * @throws DeliveryException if the event is not over within {@code deadline}, if a target did not accept it, or if
     *                           the path broke
     */
    public void await(Duration deadline) throws InterruptedException {
        try {
            over.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeliveryException("event " + id + " is not over within " + deadline.toMillis() + " ms: "
                    + missing(), e);
        } catch (ExecutionException e) {
            String missing = missing();
            throw new DeliveryException("event " + id + ": " + e.getCause().getMessage()
                    + (missing.isEmpty() ? "" : "; " + missing), e.getCause());
        }
    }

    /**
     * @param latencyNanos the instant at which the handler was entered, minus the sign-up time that the event carries
     */
    void received(int recipient, long latencyNanos) {
        receivedLatencyNanos[recipient] = latencyNanos;
    }

    void processed(int recipient, long atNanos) {
        processedNanos[recipient] = atNanos;
        closeOne();
    }

    /** Enters the sender's answer. An event that some target did not accept has failed. */
    void answered(SendReport sendReport) {
        report = sendReport;
        if (sendReport.accepted()) {
            closeOne();
        } else {
            fail(new DeliveryException("not accepted by every target: " + sendReport.refusals()));
        }
    }

    void fail(Throwable cause) {
        if (ended.compareAndSet(false, true)) {
            failure = cause;
            onEnd.accept(this);
            over.completeExceptionally(cause);
        }
    }

    private void closeOne() {
        if (open.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
            onEnd.accept(this);
            over.complete(null);
        }
    }

    /** True if {@code recipient} has not processed the event yet. May be called from any thread at any time. */
    boolean isOwedBy(int recipient) {
        return open.get() > 0 && processedNanos[recipient] == NOT_YET; // reading the atomic makes the array visible
    }

    /** The cause of the event's failure; null if it has not failed. */
    Throwable failure() {
        return failure;
    }

    /** The answer that the sender received; null if there is none yet. */
    SendReport report() {
        return report;
    }

    long signedUpNanos() {
        return signedUpNanos;
    }

    /** The instant at which each recipient processed the event; {@link TrialRecorder#NONE} if this JVM knows none. */
    long[] processedNanos() {
        return processedNanos;
    }

    /** The instant at which the event was over, by the clock readings of the handlers and of the sender. */
    long completedNanos() {
        return Math.max(lastProcessedNanos(), report.unblockedNanos());
    }

    /** The missing receptions, processings and answer, in words. */
    String missing() {
        List<String> notReceived = new ArrayList<>();
        List<String> notProcessed = new ArrayList<>();
        for (int i = 0; i < processedNanos.length; i++) {
            if (processedNanos[i] == NOT_YET) {
                (receivedLatencyNanos[i] == NOT_YET ? notReceived : notProcessed).add(recipients.get(i));
            }
        }
        List<String> missing = new ArrayList<>(missing(notReceived, "received it"));
        missing.addAll(missing(notProcessed, "processed it"));
        if (report == null) {
            missing.add("the sender has no answer");
        }
        return String.join(", ", missing);
    }

    private List<String> missing(List<String> names, String what) {
        if (names.size() <= FEW) {
            return names.stream().map(name -> name + " has not " + what).toList();
        }
        return List.of(String.format(Locale.ROOT, "%,d of %,d recipients have not %s (%s)", names.size(), recipients.size(),
                what, Few.of(names, ", ")));
    }
}
