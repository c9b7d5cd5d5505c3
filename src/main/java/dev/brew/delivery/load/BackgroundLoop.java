package dev.brew.delivery.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An open loop on a thread of its own, for a thread that counts its events one by one as they are over, as JMH's does: so
 * JMH's score is the achieved rate. That thread looks every five milliseconds; woken up by every event, it would take
 * part in what it counts. For one such thread.
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

    /** @param drain how long an event may take after the last one is due, and how long none may be over while it runs */
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
     * Returns when one event more is over or has failed.
     *
     * @throws DeliveryException if none is for as long as the drain may take
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
     * Ends the schedule, waits for what is in flight and returns what it came to.
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
