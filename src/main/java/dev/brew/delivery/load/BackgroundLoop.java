package dev.brew.delivery.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An open loop on its own thread. The JMH thread counts the events that are over, one an operation, so JMH's score is the
 * achieved rate. The JMH thread polls every five milliseconds: a wake-up for every event would disturb the measurement.
 * For one counting thread.
 */
public final class BackgroundLoop {

    private static final Duration ENDLESS = Duration.ofDays(1);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final OpenLoop loop;
    private final Duration drain;
    private final Thread thread;
    private OpenLoop.Outcome outcome;
    private Exception failure;
    private long counted;
    private long lastChangeNanos = System.nanoTime();

    private BackgroundLoop(OpenLoop loop, Duration drain) {
        this.loop = loop;
        this.drain = drain;
        this.thread = new Thread(this::run, "open-loop");
        this.thread.setDaemon(true);
    }

    /** @param drain the drain of {@link OpenLoop#run}; also the longest time in which no event is over */
    public static BackgroundLoop start(OpenLoop loop, Duration drain) {
        BackgroundLoop background = new BackgroundLoop(loop, drain);
        background.thread.start();
        return background;
    }

    private void run() {
        try {
            outcome = loop.run(ENDLESS, drain);
        } catch (InterruptedException | RuntimeException e) {
            failure = e;
        }
    }

    /**
     * Returns when one more event is over or has failed.
     *
     * @throws DeliveryException if no event is over for the length of the drain
     */
    public void awaitNext() throws InterruptedException {
        while (loop.completed() + loop.failed() == counted) {
            if (!thread.isAlive() || System.nanoTime() - lastChangeNanos > drain.toNanos()) {
                throw new DeliveryException("no event was over for " + drain.toMillis() + " ms: "
                        + (failure == null ? loop.inFlight() + " in flight" : failure.getMessage()));
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            lastChangeNanos = loop.completed() + loop.failed() == counted ? lastChangeNanos : System.nanoTime();
        }
        counted++;
    }

    /**
     * Ends the schedule, waits for the events in flight and returns the outcome.
     *
     * @throws DeliveryException if the loop broke
     */
    public OpenLoop.Outcome finish() throws InterruptedException {
        loop.stop();
        thread.join();
        if (failure != null) {
            throw new DeliveryException("the open loop broke: " + failure.getMessage(), failure);
        }
        return outcome;
    }
}
