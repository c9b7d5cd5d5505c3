package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.results.TrialRecorder;
import java.time.Duration;

/**
 * A sender that sends its next event when the previous event is over. It measures the latency of one event on an idle
 * system, not the behaviour of a system under load. For one thread; several senders may share a phase, a path and a
 * recorder.
 *
 * <p>An event is recorded at the start of the next operation. JMH, which times {@link #deliverOne}, therefore measures the
 * same interval as this class, and the same cost of recording.
 */
public final class ClosedLoop {

    private final DeliveryTracker.Phase phase;
    private final DeliveryPath path;
    private final TrialRecorder recorder;
    private final NanoClock clock;
    private final Duration deadline;
    private Delivery previous;
    private long previousCompletedNanos;

    /**
     * @param phase    the phase of the events
     * @param recorder records the latencies
     * @param deadline the longest time for one event; the loop then fails and names the missing recipients
     */
    public ClosedLoop(DeliveryTracker.Phase phase, DeliveryPath path, TrialRecorder recorder, NanoClock clock,
                      Duration deadline) {
        this.phase = phase;
        this.path = path;
        this.recorder = recorder;
        this.clock = clock;
        this.deadline = deadline;
    }

    /**
     * Delivers one event, due now, and returns when it is over.
     *
     * @throws DeliveryException if the event was not delivered; the message names the event and the recipient
     */
    public void deliverOne() throws InterruptedException {
        long due = clock.nanos();
        flush();
        Delivery delivery = phase.send(path, due);
        delivery.await(deadline);
        previousCompletedNanos = clock.nanos();
        previous = delivery;
    }

    /** Records the event that is not recorded yet. Call it at the end of a phase. */
    public void flush() {
        if (previous != null) {
            recorder.record(previousCompletedNanos, previous.latencies(previousCompletedNanos));
            previous = null;
        }
    }
}
