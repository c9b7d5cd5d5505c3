package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.results.TrialRecorder;
import java.time.Duration;

/**
 * A sender that sends its next event when the one before is over: it shows how long one event takes on an idle
 * system, and nothing about load. For one thread; several senders may share a phase, a path and a recorder.
 *
 * <p>An event is recorded at the start of the next one, inside that one's operation, so that the clock of whoever
 * times {@link #deliverOne} (JMH) and our own see the same interval and the same cost of recording.
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
     * @param phase    what the events belong to
     * @param recorder where the events' times go
     * @param deadline how long one event may take until the loop fails and names who is missing
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
     * @throws DeliveryException if it was not delivered; the message names the event and the recipient
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
