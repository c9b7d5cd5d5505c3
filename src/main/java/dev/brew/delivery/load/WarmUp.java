package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.results.TrialRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Warms up a path with four concurrent closed loops. The tail latency of a fresh broker settles after about 40,000
 * events, not after a fixed time; four concurrent senders finish three times sooner than one.
 */
public final class WarmUp {

    /** This number keeps two cores busy, and is small enough that the producer sends no large batches. */
    public static final int SENDERS = 4;

    private WarmUp() {
    }

    /**
     * Sends events of {@code phase}, an unordered phase, for {@code time}; discards the latencies.
     *
     * @param series   the series of the events, see {@link dev.brew.delivery.results.Series}
     * @param deadline the deadline of each event, see {@link ClosedLoop}
     * @throws DeliveryException if an event was not delivered
     */
    public static void run(DeliveryTracker.Phase phase, DeliveryPath path, List<String> series, NanoClock clock,
                           Duration time, Duration deadline) throws InterruptedException {
        long end = clock.nanos() + time.toNanos();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            List<Callable<Void>> loops = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                ClosedLoop loop = new ClosedLoop(phase, path, new TrialRecorder(series), clock, deadline);
                loops.add(() -> {
                    while (clock.nanos() < end) {
                        loop.deliverOne();
                    }
                    return null;
                });
            }
            for (Future<Void> sender : senders.invokeAll(loops)) {
                sender.get();
            }
        } catch (ExecutionException e) {
            throw new DeliveryException("warm-up: " + e.getCause().getMessage(), e.getCause());
        } finally {
            senders.shutdownNow();
        }
    }
}
