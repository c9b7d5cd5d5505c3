package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.Throughput;
import dev.brew.delivery.load.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Execution(ExecutionMode.CONCURRENT) // pure arithmetic, for seconds
class RateSweepTest {

    private static final Duration BOUND = Duration.ofMillis(50);

    @ParameterizedTest
    @CsvSource({"1000, 200", "1000, 5000", "37, 200", "20000, 200"})
    void findsTheCapacityOfAServerWithinFivePercent(double capacity, double start) throws Exception {
        RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, start, 1_000_000, 0.05),
                rate -> server(capacity, rate));
        assertThat(edge.rate()).isCloseTo(capacity, withinPercentage(5));
        assertThat(edge.failed()).isBetween(edge.rate(), edge.rate() * 1.0501);
        assertThat(edge.at().p99Nanos()).isLessThanOrEqualTo(BOUND.toNanos());
        assertThat(edge.why()).contains("saturated");
    }

    @Test
    void withFewEventsLessThanOneBehindIsNoFallingBehind() {
        // 40/s for 2 s, each over 10.4 ms after it was due, but for one that takes a millisecond longer at the end
        Throughput throughput = new Throughput();
        for (int i = 0; i < 80; i++) {
            long due = i * 25_000_000L;
            throughput.due(due);
            throughput.over(due, due + (i >= 70 ? 26_000_000L : 10_400_000L));
        }
        assertThat(throughput.rates(2_000_000_000L).saturated()).isFalse();
        Throughput behind = new Throughput();
        for (int i = 0; i < 80; i++) {
            long due = i * 25_000_000L;
            behind.due(due);
            behind.over(due, due + 10_400_000L + i * 2_500_000L); // falls behind by a tenth
        }
        assertThat(behind.rates(2_000_000_000L).saturated()).isTrue();
    }

    @Test
    void theBoundOnThePercentileIsAnEdgeToo() throws Exception {
        // Poisson arrivals at a server of 1,000/s: p99 of the waiting passes 20 ms well before the server is full
        RateSweep.Edge edge = find(new RateSweep.Limits(Duration.ofMillis(20), 200, 1_000_000, 0.02),
                rate -> {
                    VirtualTime time = new VirtualTime();
                    return point(time.run(time.queue(1_000_000), Arrivals.Process.POISSON.at(rate, 5),
                            Duration.ofSeconds(120)));
                });
        assertThat(edge.rate()).isBetween(800.0, 970.0);
        assertThat(edge.why()).matches("p99 \\d+\\.\\d ms");
        assertThat(edge.at().p99Nanos()).isLessThanOrEqualTo(20_000_000);
    }

    @Test
    void oneBadMeasurementOfTenMovesTheEdgeByLessThanAStep() throws Exception {
        for (int unlucky = 0; unlucky < 10; unlucky++) {
            int[] tried = {unlucky};
            RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, 200, 1_000_000, 0.05), rate ->
                    tried[0]++ % 10 == 9 ? new RateSweep.Point(new Throughput.Rates(rate, rate, 1, 1), 1, 80_000_000, 1, "", 0)
                            : server(1000, rate));
            assertThat(edge.rate()).as("from " + unlucky).isCloseTo(1000, withinPercentage(5));
        }
    }

    @Test
    void anEdgeThatIsAMatterOfLuckIsFoundWhereItHoldsAsOftenAsNot() throws Exception {
        SplittableRandom random = new SplittableRandom(4);
        List<Double> edges = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            edges.add(find(new RateSweep.Limits(BOUND, 200, 1_000_000, 0.05), rate -> {
                // from certain at 920/s to hopeless at 1,080/s
                boolean holds = random.nextDouble() < (1080 - rate) / 160;
                return new RateSweep.Point(new Throughput.Rates(rate, rate, 1, 1), 1, holds ? 1 : 80_000_000, 1, "", 0);
            }).rate());
        }
        assertThat(edges.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
                .isCloseTo(1000, withinPercentage(1));
        edges.sort(null);
        assertThat(edges.get(20) / edges.get(379)).as("nine of ten repetitions").isGreaterThan(0.9);
    }

    @Test
    void aPathThatWasColdWhileItWasBracketedIsFollowed() throws Exception {
        List<Double> tried = new ArrayList<>();
        RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, 200, 1_000_000, 0.05), rate -> {
            tried.add(rate);
            return server(tried.size() <= 8 ? 300 : 4000, rate);
        });
        assertThat(edge.rate()).as("after " + tried).isCloseTo(4000, withinPercentage(5));
    }

    @Test
    void aSlowSpellMovesTheEdgeByMuchLessThanItSlowsTheMachineDown() throws Exception {
        for (int begin = 0; begin < 20; begin++) {
            int from = begin;
            List<Double> tried = new ArrayList<>();
            RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, 850, 1_000_000, 0.05), rate -> {
                boolean slow = tried.size() >= from && tried.size() < from + 6;
                tried.add(rate);
                return server(slow ? 750 : 1000, rate);
            });
            assertThat(edge.rate()).as("slow from " + begin + ": " + tried).isBetween(885.0, 1020.0);
        }
    }

    @Test
    void whatDidNotHoldWhileTheCompilerWasBusyIsMeasuredAgain() throws Exception {
        int[] tried = new int[1];
        RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, 200, 1_000_000, 0.05), rate -> {
            RateSweep.Point point = server(tried[0]++ % 4 == 3 ? 1000 : 300, rate); // three of four are disturbed
            return new RateSweep.Point(point.rates(), point.p50Nanos(), point.p99Nanos(), point.p999Nanos(), "",
                    tried[0] % 4 == 0 ? 0.05 : 0.051);
        });
        assertThat(edge.rate()).isCloseTo(1000, withinPercentage(5));
    }

    @Test
    void aCompilerThatIsNeverDoneHoldsNoSearchUp() throws Exception {
        RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, 200, 1_000_000, 0.05), rate -> {
            RateSweep.Point point = server(1000, rate);
            return new RateSweep.Point(point.rates(), point.p50Nanos(), point.p99Nanos(), point.p999Nanos(), "", 1);
        });
        assertThat(edge.rate()).isCloseTo(1000, withinPercentage(5));
    }

    @Test
    void anEdgeThatDoesNotHoldWhenRepeatedIsGivenUp() throws Exception {
        int[] tried = new int[1];
        RateSweep.Edge edge = find(new RateSweep.Limits(BOUND, 900, 1_000_000, 0.05), rate ->
                server(tried[0]++ < 2 ? 2000 : 850, rate)); // 900 and 1,800 hold once, and never again
        assertThat(edge.rate()).isCloseTo(850, withinPercentage(5));
    }

    @Test
    void aPathThatHoldsNothingHasNoEdgeAndOneThatHoldsAllSaysSo() throws Exception {
        RateSweep.Edge none = find(new RateSweep.Limits(BOUND, 200, 1000, 0.05), rate ->
                new RateSweep.Point(new Throughput.Rates(rate, rate, 1, 1), 1, 1, 1, "3 events failed", 0));
        assertThat(none.rate()).isZero();
        assertThat(none.why()).isEqualTo("3 events failed");
        RateSweep.Edge all = find(new RateSweep.Limits(BOUND, 200, 1000, 0.05), rate ->
                server(5000, rate));
        assertThat(all.rate()).isEqualTo(1000);
        assertThat(all.failed()).isInfinite();
    }

    private static RateSweep.Edge find(RateSweep.Limits limits, RateSweep.Measurement measurement) throws Exception {
        RateSweep sweep = new RateSweep(limits, measurement);
        for (int steps = 0; !sweep.isOver(); steps++) {
            assertThat(steps).as("a search ends").isLessThan(1000);
            sweep.step();
        }
        return sweep.edge();
    }

    private static RateSweep.Point server(double capacity, double rate) throws InterruptedException {
        VirtualTime time = new VirtualTime();
        return point(time.run(time.queue(Math.round(1e9 / capacity)), Arrivals.Process.CONSTANT.at(rate, 0),
                Duration.ofSeconds(capacity < 100 ? 60 : 5)));
    }

    private static RateSweep.Point point(VirtualTime.Run run) {
        var completed = run.series().get("completed");
        return new RateSweep.Point(run.outcome().rates(), completed.getValueAtPercentile(50),
                completed.getValueAtPercentile(99), completed.getValueAtPercentile(99.9), "", 0);
    }
}
