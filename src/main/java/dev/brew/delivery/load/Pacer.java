package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for an instant without holding a core. A timer wakes its thread 50 to 100 µs late, so it is asked for an earlier
 * instant: earlier by the median of what it was late before, followed as it changes, one step a wait. What is left
 * then is spun away, some tens of microseconds. A wait too short for that is slept all the same, and ends late: a sender of
 * 10,000 events/s that span between them would hold one of two cores, which the path is then without. For one thread.
 */
public final class Pacer {

    /** What of a wait is spun away at most, beside the timer's usual lateness. */
    private static final long SPIN_NANOS = 20_000;
    private static final long SHORTEST_NANOS = 1;
    private static final long STEP_NANOS = 1_000;
    private static final long MAX_LATENESS_NANOS = 500_000;

    /** A timer: holds the thread for {@code nanos} nanoseconds, or longer, or until it is interrupted. */
    @FunctionalInterface
    interface Timer {
        void park(long nanos);
    }

    private final NanoClock clock;
    private final Timer timer;
    private long latenessNanos = 60_000;

    public Pacer(NanoClock clock) {
        this(clock, LockSupport::parkNanos);
    }

    Pacer(NanoClock clock, Timer timer) {
        this.clock = clock;
        this.timer = timer;
    }

    /**
     * Returns at {@code dueNanos} or as soon after it as the machine allows.
     *
     * @return the instant it returned, on the injected clock
     * @throws InterruptedException if the thread is interrupted, at once
     */
    long awaitUntil(long dueNanos) throws InterruptedException {
        long now = clock.nanos();
        boolean slept = false;
        while (now < dueNanos) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long nap = dueNanos - now - latenessNanos - SPIN_NANOS;
            if (nap > 0 || !slept) {
                long asked = Math.max(SHORTEST_NANOS, nap);
                timer.park(asked);
                slept = true;
                long woken = clock.nanos();
                follow(woken - now - asked);
                now = woken;
            } else {
                Thread.onSpinWait();
                now = clock.nanos();
            }
        }
        return now;
    }

    /** Steps towards the median: half of the observations lie on either side of where this comes to rest. */
    private void follow(long lateNanos) {
        long step = lateNanos > latenessNanos ? STEP_NANOS : -STEP_NANOS;
        latenessNanos = Math.min(MAX_LATENESS_NANOS, Math.max(0, latenessNanos + step));
    }
}
