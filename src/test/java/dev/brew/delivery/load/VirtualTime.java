package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.results.HistogramFiles;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;

/** An open loop over a server that exists in arithmetic only: hours of load in a second, the same every time. */
public final class VirtualTime {

    static final long MILLI = 1_000_000;
    private static final long READING = 1_000;
    static final List<String> NAMES = List.of("analytics");

    private long now = 1_000_000_000_000L;
    /** Every reading takes a microsecond, so that spinning comes to an end. */
    private final NanoClock clock = () -> now += READING;
    private final DeliveryTracker tracker = new DeliveryTracker(NAMES, 0, 256, clock);
    private final Recipient recipient = Recipient.all(NAMES, DelayPlan.parse("none"), clock, tracker).get(0);

    /** What one run came to, and its series. */
    public record Run(OpenLoop.Outcome outcome, Map<String, Histogram> series, DeliveryTracker.Phase phase) {
        double millisAt(String name, double percentile) {
            return series.get(name).getValueAtPercentile(percentile) / 1e6;
        }
    }

    /** A timer that wakes its thread so much too late. */
    Pacer pacer(long lateNanos) {
        return new Pacer(clock, nanos -> now += nanos + lateNanos);
    }

    DeliveryTracker tracker() {
        return tracker;
    }

    NanoClock clock() {
        return clock;
    }

    public Run run(DeliveryPath path, Arrivals arrivals, Duration length) throws InterruptedException {
        DeliveryTracker.Phase phase = tracker.begin("m1");
        TrialRecorder recorder = new TrialRecorder(Series.of(NAMES));
        recorder.start(now);
        OpenLoop loop = new OpenLoop(phase, path, due -> recorder, clock, pacer(0), arrivals, OpenLoop.MAX_IN_FLIGHT);
        OpenLoop.Outcome outcome = loop.run(length, Duration.ofSeconds(1));
        return new Run(outcome, HistogramFiles.mergeBySeries(recorder.stop(now)), phase);
    }

    /** Serves each event at once, but holds its sender up for as long as {@code stall} says of this moment. */
    DeliveryPath holdingUp(LongUnaryOperator stall) {
        long begin = now;
        return path(event -> {
            long started = now;
            now += stall.applyAsLong(started - begin);
            return served(event, started, now);
        });
    }

    /** One server with a queue: an event is served when all before it have been, and takes {@code serviceNanos}. */
    public DeliveryPath queue(long serviceNanos) {
        return queue(at -> serviceNanos);
    }

    /** The same, with a service time that depends on the moment at which the service begins. */
    public DeliveryPath queue(LongUnaryOperator serviceNanos) {
        long begin = now;
        long[] free = {now};
        return path(event -> {
            long started = now;
            long served = Math.max(started, free[0]);
            free[0] = served + serviceNanos.applyAsLong(served - begin);
            return served(event, started, free[0]);
        });
    }

    /** As many servers as it takes: each event is over {@code latencyNanos} after it was sent. */
    DeliveryPath delay(long latencyNanos) {
        return path(event -> served(event, now, now + latencyNanos));
    }

    /** Every event comes to its recipient a second time. */
    DeliveryPath twice() {
        return path(event -> {
            tracker.received(recipient, event, now);
            return served(event, now, now);
        });
    }

    private SendReport served(CustomerSignedUp event, long started, long overNanos) {
        RecipientObserver.Reception reception = tracker.received(recipient, event, overNanos);
        reception.processed(overNanos);
        return new SendReport(started, overNanos, List.of(new SendReport.Outcome("analytics", "OK", true, "",
                overNanos - started)));
    }

    private interface Service {
        SendReport serve(CustomerSignedUp event);
    }

    private static DeliveryPath path(Service service) {
        return new DeliveryPath() {
            @Override
            public String name() {
                return "virtual";
            }

            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                return CompletableFuture.completedFuture(service.serve(event));
            }

            @Override
            public Map<String, String> settings() {
                return Map.of();
            }

            @Override
            public OptionalLong wireBytes() {
                return OptionalLong.empty();
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
