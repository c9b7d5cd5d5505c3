package dev.brew.delivery.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private static final List<String> NAMES = List.of("analytics", "billing");
    private static final Duration DEADLINE = Duration.ofMillis(20);

    /** Every reading is 100 ns after the one before. */
    private final AtomicLong now = new AtomicLong(1_000_000_000L);
    private final NanoClock clock = () -> now.addAndGet(100);
    private final DeliveryTracker tracker = new DeliveryTracker(NAMES, 3, 256, clock);
    private final TrialRecorder recorder = new TrialRecorder(Series.of(NAMES));
    private final List<Recipient> recipients = Recipient.all(NAMES, DelayPlan.parse("none"), clock, tracker);
    private final DeliveryTracker.Phase phase = tracker.begin("m1");

    @Test
    void recordsEverySeriesOfEveryEventExactly() throws Exception {
        recorder.start(now.get());
        ClosedLoop loop = loop(new NullPath(recipients, clock));
        for (int i = 0; i < 50; i++) {
            loop.deliverOne();
        }
        loop.flush();
        phase.requireBalance();

        Map<String, Histogram> series = HistogramFiles.mergeBySeries(recorder.stop(now.get()));
        assertThat(series.keySet()).containsExactlyElementsOf(Series.of(NAMES));
        // readings: due, started, received and processed of each recipient, unblocked, completed
        assertAll(series, "lag", 100);
        assertAll(series, "analytics", 200);
        assertAll(series, "billing", 400);
        assertAll(series, "processed", 500);
        assertAll(series, "sender", 600);
        assertAll(series, "completed", 700);
        assertAll(series, "uncorrected", 600);
    }

    @Test
    void namesTheRecipientThatHasNotReceivedAnEvent() {
        ClosedLoop loop = loop(broken((healthy, event) -> {
            recipients.get(0).handle(event, (nanos, then) -> { }, verdict -> { });
            return CompletableFuture.completedFuture(new SendReport(clock.nanos(), clock.nanos(), List.of()));
        }));
        assertThatThrownBy(loop::deliverOne).isInstanceOf(DeliveryException.class)
                .hasMessage("event " + tracker.run() + ".m1.0 is not over within 20 ms: billing has not received it");
        assertThatThrownBy(phase::requireBalance).isInstanceOf(DeliveryException.class)
                .hasMessageContaining("billing: sent 1, received 0, lost 1");
    }

    @Test
    void saysSoWhenTheSenderHasNoAnswer() {
        ClosedLoop loop = loop(broken((healthy, event) -> {
            healthy.deliver(event);
            return new CompletableFuture<>();
        }));
        assertThatThrownBy(loop::deliverOne)
                .hasMessage("event " + tracker.run() + ".m1.0 is not over within 20 ms: the sender has no answer");
    }

    @Test
    void findsAnEventThatWasDeliveredTwiceAndStillFinishesIt() throws Exception {
        ClosedLoop loop = loop(broken((healthy, event) -> {
            healthy.deliver(event);
            return healthy.deliver(event);
        }));
        loop.deliverOne();
        assertThatThrownBy(phase::requireBalance)
                .hasMessageContaining("analytics: sent 1, received 1, lost 0, duplicated 1")
                .hasMessageContaining("billing: sent 1, received 1, lost 0, duplicated 1");
    }

    @Test
    void findsADuplicateThatComesInALaterPhase() throws Exception {
        CustomerSignedUp[] kept = new CustomerSignedUp[1];
        loop(broken((healthy, event) -> {
            kept[0] = event;
            return healthy.deliver(event);
        })).deliverOne();
        phase.requireBalance();
        DeliveryTracker.Phase next = tracker.begin("m2");
        recipients.get(1).handle(kept[0], (nanos, then) -> { }, verdict -> { });
        assertThatThrownBy(next::requireBalance)
                .hasMessageContaining("phase m1, billing: sent 1, received 1, lost 0, duplicated 1");
    }

    @Test
    void turnsAStampInTheFutureIntoAFailure() throws Exception {
        ClosedLoop loop = loop(broken((healthy, event) -> {
            CustomerSignedUp.Builder future = event.toBuilder();
            future.getSignedUpAtBuilder().setSeconds(event.getSignedUpAt().getSeconds() + 3600);
            return healthy.deliver(future.build());
        }));
        loop.deliverOne();
        assertThatThrownBy(loop::flush).isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("sample below zero: analytics -\\d+ ns; an event was stamped in the future");
    }

    @Test
    void namesTheTargetThatDidNotAccept() {
        ClosedLoop loop = loop(broken((healthy, event) -> CompletableFuture.completedFuture(new SendReport(1, 2,
                List.of(new SendReport.Outcome("analytics", "OK", true, "", 1),
                        new SendReport.Outcome("billing", "UNAVAILABLE", false, "connection refused", 1))))));
        assertThatThrownBy(loop::deliverOne).hasMessageContaining(
                "not accepted by every target: billing UNAVAILABLE: connection refused");
    }

    @Test
    void failsWhatIsUnderWayAndWhatComesLaterWhenThePathBreaks() {
        ClosedLoop loop = loop(broken((healthy, event) -> {
            tracker.fail(new IllegalStateException("the consumer of billing died"));
            return new CompletableFuture<>();
        }));
        assertThatThrownBy(loop::deliverOne).hasMessageContaining("the consumer of billing died");
        assertThatThrownBy(loop::deliverOne).hasMessageContaining("the consumer of billing died");
    }

    @Test
    void countsEventsOfAnotherRunAsStrangers() {
        CustomerSignedUp stranger = new Events("other", "m1", 0, 256, clock).next();
        recipients.get(0).handle(stranger, (nanos, then) -> { }, verdict -> { });
        assertThat(tracker.problems()).containsExactly("1 events of another run or phase came");
    }

    @Test
    void namesWhoGotAnInvalidEvent() {
        recipients.get(1).handle(CustomerSignedUp.getDefaultInstance(), (nanos, then) -> { }, verdict -> { });
        assertThat(tracker.problems())
                .containsExactly("billing got an invalid event: customer_id is required (1 times)");
    }

    private ClosedLoop loop(DeliveryPath path) {
        return new ClosedLoop(phase, path, recorder, clock, DEADLINE);
    }

    private DeliveryPath broken(BiFunction<DeliveryPath, CustomerSignedUp, CompletionStage<SendReport>> how) {
        DeliveryPath healthy = new NullPath(recipients, clock);
        return new DeliveryPath() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                return how.apply(healthy, event);
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

    private static void assertAll(Map<String, Histogram> series, String name, long nanos) {
        Histogram histogram = series.get(name);
        assertThat(histogram.getTotalCount()).as(name).isEqualTo(50);
        assertThat(histogram.getMinValue()).as(name).isEqualTo(nanos);
        assertThat(histogram.getMaxValue()).as(name).isEqualTo(nanos);
    }
}
