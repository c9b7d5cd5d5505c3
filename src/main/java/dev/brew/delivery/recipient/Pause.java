package dev.brew.delivery.recipient;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The implementation of a recipient's delay. It is the only part of the handler that differs between gRPC and Kafka.
 */
@FunctionalInterface
public interface Pause {

    /**
     * Runs {@code then} after {@code nanos} nanoseconds (more than 0); timers overshoot by 50 to 100 µs at the median.
     */
    void run(long nanos, Runnable then);

    /**
     * Blocks the calling thread, as work in a poll loop does: the records behind the event wait. If the thread is
     * interrupted, {@code then} does not run and the interrupt flag stays set.
     */
    static Pause blocking() {
        return blocking(() -> false);
    }

    /**
     * As {@link #blocking()}; {@code then} does not run either once {@code over} is true. The code that makes
     * {@code over} true must unpark the thread.
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

    /** Blocks no thread: {@code then} runs on {@code timer}, as the answer of an asynchronous server does. */
    static Pause scheduled(ScheduledExecutorService timer) {
        return (nanos, then) -> timer.schedule(then, nanos, TimeUnit.NANOSECONDS);
    }
}
