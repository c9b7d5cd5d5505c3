package dev.brew.delivery.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work that runs until Ctrl-C: the JVM ends only when the work has been told and has come to its end. */
final class Foreground {

    private static final long GRACE_SECONDS = 10;

    private Foreground() {
    }

    /**
     * Does {@code work} on this thread. On SIGINT or SIGTERM {@code stop} is called from another one; the JVM then
     * waits ten seconds for the work, interrupts it, and waits as long again.
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
                        System.err.println("has not ended within " + 2 * GRACE_SECONDS + " s");
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

    /** As {@link #run}, where there is nothing to do but to wait. */
    static int untilStopped(AutoCloseable what) throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        return run(stopped::countDown, () -> {
            try (what) {
                stopped.await();
            }
            return 0;
        });
    }
}
