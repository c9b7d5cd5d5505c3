package dev.brew.delivery.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work that may be ended by Ctrl-C: the JVM waits for the end of the work. */
final class Foreground {

    private static final long GRACE_SECONDS = 10;

    private Foreground() {
    }

    /**
     * Runs {@code work} on this thread. On SIGINT or SIGTERM another thread calls {@code stop}; the JVM then waits ten
     * seconds for the work, interrupts its thread, and waits ten seconds more.
     */
    static int run(Runnable stop, Callable<Integer> work) throws Exception {
        Thread worker = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (done.getCount() == 0) {
                return;
            }
            stop.run();
            try {
                if (!done.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    worker.interrupt();
                    if (!done.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                        System.err.println("not ended within " + 2 * GRACE_SECONDS + " s");
                    }
                }
            } catch (InterruptedException e) {
                System.err.println("interrupted while ending");
            }
        }, "stop"));
        try {
            return work.call();
        } finally {
            done.countDown();
        }
    }

    /** Waits for Ctrl-C, then closes {@code resource}. */
    static int untilStopped(AutoCloseable resource) throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        return run(stopped::countDown, () -> {
            try (resource) {
                stopped.await();
            }
            return 0;
        });
    }
}
