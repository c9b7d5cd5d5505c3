package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.SweepFile;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepRunTest {

    private static final RateSweep.Point POINT = new RateSweep.Point(null, 1, 1, 1, "", 0);

    @Test
    void edgesOfSeveralTimesStandBesideEachOtherWithHowFarApartTheyAre() {
        List<String> lines = SweepRun.apart(List.of(
                List.of(row("kafka", 1, 1000, 500.0), row("kafka", 3, 800, null), row("kafka", 10, 700, 1.0)),
                List.of(row("kafka", 3, 0, 5.0), row("kafka", 1, 1310, 400.0))));
        assertThat(lines).extracting(line -> line.replaceAll(" +", " ")).contains(
                "kafka 1 1,000 1,310 1.31 500 400 1.25 0.50 0.52 1.05", // cores 1000 x 500 us and 1310 x 400 us
                "kafka 3 800 0 - - 5.0 - - 0.00 -").noneMatch(line -> line.startsWith("kafka 10"));
    }

    @Test
    void oneTimeOrNothingThatWasFoundTwiceHasNoTable() {
        assertThat(SweepRun.apart(List.of(List.of(row("kafka", 1, 1000, 500.0))))).isEmpty();
        assertThat(SweepRun.apart(List.of(List.of(row("kafka", 1, 1000, 500.0)), List.of()))).isEmpty();
    }

    @Test
    void edgesStandBesideThoseOfTheFirstPathForAsManyRecipients() {
        assertThat(SweepRun.lines(List.of(edge("grpc-sequential", 1, 15_000, 110.0),
                edge("grpc-sequential", 3, 0, null), edge("kafka", 1, 285_000, 6.6), edge("kafka", 3, 200_000, 9.6),
                edge("kafka", 10, 100_000, 20.0)), Duration.ofMillis(50)))
                .containsSubsequence(
                        "path              N   edge/s      x  CPU us  cores  p50 ms  p99 ms  p99.9 ms  fails at/s  why",
                        "grpc-sequential   1   15,000   1.00     110   1.65     1.0     2.0       3.0      16,000  saturated",
                        "grpc-sequential   3        0      -       -      -     1.0     2.0       3.0      16,000  saturated",
                        "kafka             1  285,000  19.00     6.6   1.88     1.0     2.0       3.0      16,000  saturated",
                        "kafka             3  200,000      -     9.6   1.92     1.0     2.0       3.0      16,000  saturated",
                        "kafka            10  100,000      -    20.0   2.00     1.0     2.0       3.0      16,000  saturated");
        assertThat(SweepRun.lines(List.of(), Duration.ofMillis(50)).get(0)).startsWith("path ");
    }

    @Test
    void anEdgeThatOnlyMaxEndedSaysSo() {
        assertThat(SweepCase.why(new RateSweep.Edge(5, POINT, Double.POSITIVE_INFINITY, ""), 5))
                .isEqualTo("none did: --max 5 ended the search, the edge may be higher");
        assertThat(SweepCase.why(new RateSweep.Edge(1e6, POINT, Double.POSITIVE_INFINITY, ""), 1e6))
                .isEqualTo("none did: --max 1000000 ended the search, the edge may be higher");
        assertThat(SweepCase.why(new RateSweep.Edge(5, POINT, 6, "p99 60.0 ms"), 7)).isEqualTo("p99 60.0 ms");
        assertThat(SweepCase.why(new RateSweep.Edge(0, null, 1, "saturated"), 7)).isEqualTo("saturated");
    }

    private static SweepFile.Row edge(String path, int recipients, double edge, Double cpu) {
        return new SweepFile.Row(path, recipients, "none", 256, edge, edge, 1_000_000, 2_000_000, 3_000_000, 16_000.0,
                "saturated", true, cpu);
    }

    private static SweepFile.Row row(String path, int recipients, double edge, Double cpuMicros) {
        return new SweepFile.Row(path, recipients, "none", 256, edge, edge, 1, 1, 1, null, "", true, cpuMicros);
    }
}
