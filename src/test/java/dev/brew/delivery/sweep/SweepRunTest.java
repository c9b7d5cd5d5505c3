package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

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
    void anEdgeThatOnlyMaxEndedSaysSo() {
        assertThat(SweepCase.why(new RateSweep.Edge(5, POINT, Double.POSITIVE_INFINITY, ""), 5))
                .isEqualTo("none did: --max 5 ended the search, the edge may be higher");
        assertThat(SweepCase.why(new RateSweep.Edge(1e6, POINT, Double.POSITIVE_INFINITY, ""), 1e6))
                .isEqualTo("none did: --max 1000000 ended the search, the edge may be higher");
        assertThat(SweepCase.why(new RateSweep.Edge(5, POINT, 6, "p99 60.0 ms"), 7)).isEqualTo("p99 60.0 ms");
        assertThat(SweepCase.why(new RateSweep.Edge(0, null, 1, "saturated"), 7)).isEqualTo("saturated");
    }

    private static SweepCase.Row row(String path, int recipients, double edge, Double cpuMicros) {
        return new SweepCase.Row(path, recipients, "none", 256, edge, edge, 1, 1, 1, null, "", true, cpuMicros);
    }
}
