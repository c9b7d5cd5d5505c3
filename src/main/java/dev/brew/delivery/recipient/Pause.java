package dev.brew.delivery.recipient;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How a recipient spends its delay. The two worlds differ here, and nowhere else in the handler. */
@FunctionalInterface
public interface Pause {

    /**
     * Runs {@code then} after {@code nanos} nanoseconds (more than 0); timers overshoot by 50 to 100 µs at the median.
     */
    void run(long nanos, Runnable then);

    /**
     * Holds the calling thread, as work in a poll loop does: what stands behind it waits. If the thread is
     * interrupted, {@code then} is not run and the interrupt flag stays set.
     */
    static Pause blocking() {
        return blocking(() -> false);
    }

    /**
     * As {@link #blocking()}, and {@code then} is not run either once {@code over} holds: whoever makes it hold unparks the
     * thread.
     */
    static Pause blocking(BooleanSupplier over) {
        return (nanos, then) -> {
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0; left = end - System.nanoTime()) {
                if (Thread.currentThread().isInterrupted() || over.getAsBoolean()) {
                    return;
                }
                LockSupport.parkNanos(left);
            }
            then.run();
        };
    }

    /** Holds no thread: {@code then} runs on {@code timer}, as an asynchronous server's answer does. */
    static Pause scheduled(ScheduledExecutorService timer) {
        return (nanos, then) -> timer.schedule(then, nanos, TimeUnit.NANOSECONDS);
    }
}
