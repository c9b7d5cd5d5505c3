package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for an instant without occupying a core. A timer wakes its thread 50 to 100 µs late. The pacer therefore
 * requests an instant that is earlier by the running median of past timer overshoot; it adjusts the median by one step
 * after each wait. It spins for the rest, some tens of microseconds. A wait that is too short for this still sleeps,
 * and ends late: a sender of 10,000 events/s that spins between events would occupy one of two cores, and the path
 * would lack this core. For one thread.
 */
public final class Pacer {

    /** The longest spin at the end of a wait, in addition to the timer's usual overshoot. */
    private static final long SPIN_NANOS = 20_000;
    private static final long SHORTEST_NANOS = 1;
    private static final long STEP_NANOS = 1_000;
    private static final long MAX_LATENESS_NANOS = 500_000;

    /** A timer that blocks the thread for {@code nanos} nanoseconds or longer, or until the thread is interrupted. */
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
     * @return the instant of the return, on the injected clock
     * @throws InterruptedException at once, if the thread is interrupted
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

    /** Moves the estimate one step towards the observation; it settles at the median of the observations. */
    private void follow(long lateNanos) {
        long step = lateNanos > latenessNanos ? STEP_NANOS : -STEP_NANOS;
        latenessNanos = Math.min(MAX_LATENESS_NANOS, Math.max(0, latenessNanos + step));
    }
}
