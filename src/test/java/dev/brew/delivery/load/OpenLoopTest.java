package dev.brew.delivery.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.HistogramFiles;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT) // pure arithmetic, for seconds
class OpenLoopTest {

    private static final long MILLI = VirtualTime.MILLI;

    @Test
    void aStallOfHalfASecondCostsEveryEventThatWasDueInIt() throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.holdingUp(onceFrom(4_000, 500)), Arrivals.Process.CONSTANT.at(1000, 0),
                Duration.ofSeconds(10));

        assertThat(run.outcome().sent()).isEqualTo(10_000);
        run.phase().requireBalance();
        // 500 of 10,000 events were due in the stall and waited for what was left of it: 0 to 500 ms, evenly
        assertThat(run.millisAt("completed", 99)).isCloseTo(400, withinPercentage(5));
        assertThat(run.millisAt("completed", 97)).isCloseTo(200, withinPercentage(5));
        assertThat(run.millisAt("completed", 95)).isLessThan(5);
        assertThat(run.millisAt("completed", 100)).isCloseTo(500, withinPercentage(1));
        assertThat(run.millisAt("lag", 99)).isCloseTo(400, withinPercentage(5));
        // who counts from the real start sees a single slow event in ten thousand
        assertThat(run.millisAt("uncorrected", 99)).isLessThan(0.1);
        assertThat(run.millisAt("uncorrected", 99.98)).isLessThan(0.1);
        assertThat(run.outcome().rates().saturated()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.7, 0.9})
    void aServerOfFixedServiceTimeGivesTheWaitingOfAnMD1Queue(double load) throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.queue(MILLI), Arrivals.Process.POISSON.at(1000 * load, 42),
                Duration.ofSeconds(300));

        double waiting = run.series().get("completed").getMean() / 1e6 - 1;
        // Pollaczek-Khinchine for constant service: W = ρ / (2 (1 − ρ)) service times
        assertThat(waiting).isCloseTo(load / (2 * (1 - load)), withinPercentage(10));
        assertThat(run.outcome().rates().saturated()).isFalse();
        assertThat(run.outcome().rates().obeysLittle()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.01, 1.1, 2, 4})
    void aServerThatCannotKeepUpIsSaturatedAndShowsItsOwnRate(double load) throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.queue(MILLI), Arrivals.Process.CONSTANT.at(1000 * load, 0),
                Duration.ofSeconds(10));
        assertThat(run.outcome().rates().saturated()).isTrue();
        assertThat(run.outcome().rates().offered()).isCloseTo(1000 * load, withinPercentage(0.1));
        assertThat(run.outcome().rates().achieved()).isCloseTo(1000, withinPercentage(0.5));
    }

    @Test
    void aServerThatLosesHalfItsCapacityOnTheWayIsSaturated() throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.queue(at -> at < 5_000 * MILLI ? MILLI : 2 * MILLI),
                Arrivals.Process.CONSTANT.at(900, 0), Duration.ofSeconds(10));
        assertThat(run.outcome().rates().saturated()).isTrue();
        assertThat(run.outcome().rates().achieved()).isBetween(500.0, 850.0);
    }

    @Test
    void fivePercentTooMuchIsSaturatedAlsoWhereArrivalsAreRandom() throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.queue(MILLI), Arrivals.Process.POISSON.at(1050, 3), Duration.ofSeconds(60));
        assertThat(run.outcome().rates().saturated()).isTrue();
    }

    @Test
    void givesUpAsSoonAsTooManyEventsWereSlow() throws Exception {
        VirtualTime time = new VirtualTime();
        DeliveryTracker tracker = time.tracker();
        DeliveryTracker.Phase phase = tracker.begin("m1");
        TrialRecorder recorder = new TrialRecorder(Series.of(VirtualTime.NAMES));
        recorder.start(time.clock().nanos());
        OpenLoop.Outcome outcome = new OpenLoop(phase, time.queue(MILLI), due -> recorder, time.clock(), time.pacer(0),
                Arrivals.Process.CONSTANT.at(2000, 0), OpenLoop.MAX_IN_FLIGHT)
                .giveUpAbove(Duration.ofMillis(50), 100).run(Duration.ofSeconds(10), Duration.ofSeconds(1));
        assertThat(outcome.gaveUp()).isTrue();
        // the queue grows by half an event each half a millisecond: the hundredth event waits 50 ms, a hundred more are slow
        assertThat(outcome.sent()).isBetween(190L, 210L);
        assertThat(outcome.scalars()).containsEntry("gave-up", 1.0);
        phase.requireBalance();
    }

    @Test
    void aSenderThatIsTooSlowStopsWhenTheDrainIsOver() throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.holdingUp(at -> 10 * MILLI), Arrivals.Process.CONSTANT.at(1000, 0),
                Duration.ofSeconds(10));
        // 10 s and a drain of one more, 10 ms an event
        assertThat(run.outcome().sent()).isBetween(1_090L, 1_110L);
        assertThat(run.outcome().sent() + run.outcome().neverSent()).isEqualTo(10_000);
        assertThat(run.outcome().rates().saturated()).isTrue();
    }

    @Test
    void whatIsLateHasTheLatenciesItGotSoFarAndCountsNowhereLater() throws Exception {
        try (Held held = new Held(100, Duration.ofMillis(50))) {
            OpenLoop.Outcome outcome = held.run(Duration.ofMillis(10), 1000);
            assertThat(outcome.late()).isEqualTo(10);
            assertThat(outcome.rates().saturated()).isTrue();
            assertThat(held.series()).containsOnlyKeys("analytics")
                    .satisfies(series -> assertThat(series.get("analytics").getTotalCount()).isEqualTo(10));
            assertThatThrownBy(held.phase::requireBalance)
                    .hasMessage("phase m1: phase m1, 10 events from 0 to 9: the sender has no answer");
            held.phase.abandon();
            held.phase.requireBalance();
            held.release();
            assertThat(held.series()).isEmpty();
            assertThat(held.loop.completed()).isZero();
        }
    }

    @Test
    void anAbandonedPhaseIsHeldAgainstWhatComesTwiceAllTheSame() throws Exception {
        VirtualTime time = new VirtualTime();
        DeliveryTracker.Phase phase = time.tracker().begin("m1");
        phase.send(time.twice(), time.clock().nanos());
        phase.abandon();
        assertThatThrownBy(phase::requireBalance).hasMessageContaining("lost 0, duplicated 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.99})
    void aServerThatKeepsUpIsNot(double load) throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.queue(MILLI), Arrivals.Process.CONSTANT.at(1000 * load, 0),
                Duration.ofSeconds(10));
        assertThat(run.outcome().rates().saturated()).isFalse();
        assertThat(run.outcome().rates().achieved()).isCloseTo(1000 * load, withinPercentage(0.1));
    }

    @Test
    void aQueueThatComesAndGoesIsNoSaturation() throws Exception {
        // under 97 of 100 the queue is often longer after two seconds than before
        int saturated = 0;
        for (int seed = 0; seed < 200; seed++) {
            VirtualTime time = new VirtualTime();
            saturated += time.run(time.queue(MILLI), Arrivals.Process.POISSON.at(970, seed), Duration.ofSeconds(2))
                    .outcome().rates().saturated() ? 1 : 0;
        }
        assertThat(saturated).isLessThan(20);
    }

    @Test
    void longLatenciesAreNoSaturation() throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.delay(500 * MILLI), Arrivals.Process.CONSTANT.at(1000, 0),
                Duration.ofSeconds(10));
        assertThat(run.millisAt("completed", 50)).isCloseTo(500, withinPercentage(1));
        assertThat(run.outcome().rates().saturated()).isFalse();
        assertThat(run.outcome().rates().meanInSystem()).isCloseTo(500, withinPercentage(1));
    }

    @Test
    void aPauseAtTheVeryEndIsNoSaturation() throws Exception {
        VirtualTime time = new VirtualTime();
        VirtualTime.Run run = time.run(time.holdingUp(onceFrom(9_900, 200)), Arrivals.Process.CONSTANT.at(200, 0),
                Duration.ofSeconds(10));
        assertThat(run.millisAt("completed", 99.5)).isGreaterThan(99);
        assertThat(run.outcome().rates().saturated()).isFalse();
    }

    @Test
    void whatIsDueBeyondThePlacesInFlightWaitsAndIsNamedWhenItIsNeverSent() throws Exception {
        try (Held held = new Held(3, Duration.ofSeconds(1))) { // its first events load classes
            OpenLoop.Outcome outcome = held.run(Duration.ofMillis(10), 1000);
            assertThat(outcome.sent()).isEqualTo(3);
            assertThat(outcome.completed()).isZero();
            assertThat(outcome.mostInFlight()).isEqualTo(3);
            assertThat(outcome.neverSent()).isEqualTo(7);
            assertThat(outcome.missing()).containsExactlyInAnyOrder("3 events from 0 to 2: the sender has no answer",
                    "7 events were due and never sent: 3 were in flight");
        }
    }

    @Test
    void stopsWhenToldToAndWaitsForWhatIsInFlight() throws Exception {
        try (Held held = new Held(100, Duration.ofSeconds(60))) {
            Future<OpenLoop.Outcome> running = held.start(Duration.ofHours(1), 1000);
            Awaitility.await().until(() -> held.loop.sent() > 5);
            held.loop.stop();
            held.release();
            OpenLoop.Outcome outcome = running.get(30, TimeUnit.SECONDS);
            assertThat(outcome.missing()).isEmpty();
            assertThat(outcome.completed()).isEqualTo(outcome.sent());
            held.phase.requireBalance();
        }
    }

    @Test
    void aLoopThatIsStoppedBeforeItRunsSendsNothing() throws Exception {
        VirtualTime time = new VirtualTime();
        DeliveryTracker.Phase phase = time.tracker().begin("m1");
        TrialRecorder recorder = new TrialRecorder(Series.of(VirtualTime.NAMES));
        recorder.start(time.clock().nanos());
        OpenLoop loop = new OpenLoop(phase, time.delay(MILLI), due -> recorder, time.clock(), time.pacer(0),
                Arrivals.Process.CONSTANT.at(1000, 0), OpenLoop.MAX_IN_FLIGHT);
        loop.stop();
        OpenLoop.Outcome outcome = loop.run(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(outcome.sent()).isZero();
        assertThat(outcome.neverSent()).isZero();
        assertThat(outcome.missing()).isEmpty();
        assertThat(outcome.rates().saturated()).isFalse();
    }

    @Test
    void countsWhatTargetsRefuseByTheirCodes() throws Exception {
        VirtualTime time = new VirtualTime();
        DeliveryTracker tracker = new DeliveryTracker(List.of("a"), 0, 256, time.clock());
        DeliveryTracker.Phase phase = tracker.begin("m1");
        TrialRecorder recorder = new TrialRecorder(Series.of(List.of("a")));
        recorder.start(time.clock().nanos());
        int[] count = new int[1];
        OpenLoop loop = new OpenLoop(phase, new Answering(event -> {
            long now = time.clock().nanos();
            return CompletableFuture.completedFuture(new SendReport(now, now + MILLI, List.of(new SendReport.Outcome("a",
                    count[0]++ % 2 == 0 ? "UNAVAILABLE" : "OK", false, "no", 1))));
        }), due -> recorder, time.clock(), time.pacer(0),
                Arrivals.Process.CONSTANT.at(1000, 0), 10);
        OpenLoop.Outcome outcome = loop.run(Duration.ofMillis(10), Duration.ZERO);
        assertThat(outcome.failures()).isEqualTo(Map.of("UNAVAILABLE", 5L, "REJECTED", 5L));
        assertThat(outcome.completed()).isZero();
        // nobody completed or received them, but the sender has waited for each
        assertThat(HistogramFiles.mergeBySeries(recorder.stop(time.clock().nanos()))).containsOnlyKeys("sender", "lag")
                .satisfies(series -> assertThat(series.get("sender").getTotalCount()).isEqualTo(10));
        assertThat(tracker.problems()).contains(
                "phase m1, 10 events failed, the first: not accepted by every target: a UNAVAILABLE: no");
    }

    @Test
    void whatARecipientOwesIsUnderWayAndNotProcessedAndNothingThatWasGivenUp() {
        VirtualTime time = new VirtualTime();
        DeliveryTracker tracker = new DeliveryTracker(List.of("a", "b"), 0, 256, time.clock());
        List<Recipient> recipients = Recipient.all(List.of("a", "b"), DelayPlan.parse("none"), time.clock(), tracker);
        DeliveryTracker.Phase phase = tracker.begin("m1");
        List<CompletableFuture<SendReport>> answers = new ArrayList<>();
        List<CustomerSignedUp> events = new ArrayList<>();
        Answering path = new Answering(event -> {
            events.add(event);
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        });
        for (int i = 0; i < 3; i++) {
            phase.send(path, time.clock().nanos());
            tracker.received(recipients.get(1), events.get(i), time.clock().nanos()).processed(time.clock().nanos());
        }
        assertThat(phase.owedBy(0)).isEqualTo(3);
        assertThat(phase.owedBy(1)).isZero();
        answers.get(0).complete(new SendReport(0, 1, List.of(
                new SendReport.Outcome("a", "DEADLINE_EXCEEDED", false, "", 1))));
        assertThat(phase.owedBy(0)).isEqualTo(2);
        tracker.received(recipients.get(0), events.get(0), time.clock().nanos()).processed(time.clock().nanos());
        assertThat(phase.owedBy(0)).as("late, for an event that was given up").isEqualTo(2);
        tracker.received(recipients.get(0), events.get(1), time.clock().nanos()).processed(time.clock().nanos());
        assertThat(phase.owedBy(0)).isEqualTo(1);
    }

    @Test
    void paceIsTheSameWhateverTheTimersLateness() throws Exception {
        for (long late : new long[] {0, 70_000, 150_000}) {
            VirtualTime time = new VirtualTime();
            Pacer pacer = time.pacer(late);
            List<Long> lags = new ArrayList<>();
            long due = time.clock().nanos();
            for (int i = 0; i < 1000; i++) {
                due += 2 * MILLI;
                lags.add(pacer.awaitUntil(due) - due);
            }
            lags.sort(null);
            assertThat(lags.get(500)).as("median lag, timer " + late + " ns late").isBetween(0L, 2_000L);
            assertThat(lags.get(0)).isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void waitsTooShortForATimerAreSleptAndNotSpunAway() throws Exception {
        AtomicLong now = new AtomicLong();
        AtomicLong readings = new AtomicLong();
        Pacer pacer = new Pacer(() -> {
            assertThat(readings.incrementAndGet()).as("readings of the clock").isLessThan(3_000);
            return now.get(); // it moves in sleep only: who spins never ends
        }, nanos -> now.addAndGet(nanos + 55_000));
        List<Long> lags = new ArrayList<>();
        for (long due = 0; due < 1_000 * 10_000; due += 10_000) { // 100,000 events a second
            lags.add(pacer.awaitUntil(due) - due);
        }
        lags.sort(null);
        assertThat(lags.get(500)).as("median lag").isBetween(0L, 50_000L);
        assertThat(lags.get(999)).as("largest lag").isLessThan(60_000);
    }

    @Test
    void aConstantScheduleDoesNotDrift() {
        Arrivals arrivals = Arrivals.Process.CONSTANT.at(3, 0);
        long last = 0;
        for (int i = 0; i <= 3 * 3600; i++) {
            last = arrivals.nextNanos();
        }
        assertThat(last).isEqualTo(TimeUnit.HOURS.toNanos(1));
    }

    @Test
    void aPoissonScheduleHasItsRateAndExponentialGapsAndIsRepeatable() {
        Arrivals arrivals = Arrivals.Process.POISSON.at(1000, 7);
        Arrivals again = Arrivals.Process.POISSON.at(1000, 7);
        int events = 200_000;
        int longerThanMean = 0;
        long last = 0;
        for (int i = 0; i < events; i++) {
            long next = arrivals.nextNanos();
            assertThat(again.nextNanos()).isEqualTo(next);
            longerThanMean += next - last > MILLI ? 1 : 0;
            last = next;
        }
        assertThat(events / (last / 1e9)).isCloseTo(1000, withinPercentage(1));
        assertThat((double) longerThanMean / events).isCloseTo(Math.exp(-1), within(0.005));
    }

    private static LongUnaryOperator onceFrom(long atMillis, long stallMillis) {
        boolean[] stalled = new boolean[1];
        return at -> {
            boolean now = !stalled[0] && at >= atMillis * MILLI;
            stalled[0] |= now;
            return now ? stallMillis * MILLI : 0;
        };
    }

    /** Never answers until it is released; its recipient hears of each event at once. */
    private static final class Held implements AutoCloseable {
        private final dev.brew.delivery.event.NanoClock clock = dev.brew.delivery.event.NanoClock.system();
        private final DeliveryTracker tracker = new DeliveryTracker(List.of("analytics"), 0, 256, clock);
        private final DeliveryTracker.Phase phase = tracker.begin("m1");
        private final CompletableFuture<Void> gate = new CompletableFuture<>();
        private final ExecutorService executor = Executors.newSingleThreadExecutor();
        private final TrialRecorder recorder = new TrialRecorder(Series.of(List.of("analytics")));
        private final int places;
        private final Duration drain;
        private OpenLoop loop;

        Held(int places, Duration drain) {
            this.places = places;
            this.drain = drain;
        }

        OpenLoop.Outcome run(Duration length, double rate) throws Exception {
            return start(length, rate).get(30, TimeUnit.SECONDS);
        }

        Future<OpenLoop.Outcome> start(Duration length, double rate) {
            recorder.start(clock.nanos());
            NullPath healthy = new NullPath(Recipient.all(List.of("analytics"), DelayPlan.parse("none"), clock,
                    tracker), clock);
            loop = new OpenLoop(phase, new Answering(event -> {
                CompletionStage<SendReport> report = healthy.deliver(event);
                return gate.thenCompose(open -> report);
            }), recorder, clock, Arrivals.Process.CONSTANT.at(rate, 0), places);
            return executor.submit(() -> loop.run(length, drain));
        }

        void release() {
            gate.complete(null);
        }

        Map<String, org.HdrHistogram.Histogram> series() {
            Map<String, org.HdrHistogram.Histogram> series = HistogramFiles.mergeBySeries(recorder.stop(clock.nanos()));
            recorder.start(clock.nanos());
            return series;
        }

        @Override
        public void close() {
            release();
            executor.shutdownNow();
        }
    }

    /** A path of one function. */
    private record Answering(java.util.function.Function<CustomerSignedUp, CompletionStage<SendReport>> how)
            implements dev.brew.delivery.path.DeliveryPath {

        @Override
        public String name() {
            return "answering";
        }

        @Override
        public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
            return how.apply(event);
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
    }
}
