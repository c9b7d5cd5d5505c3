package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SweepRunTest {

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

    private static SweepCase.Row row(String path, int recipients, double edge, Double cpuMicros) {
        return new SweepCase.Row(path, recipients, "none", 256, edge, edge, 1, 1, 1, null, "", true, cpuMicros);
    }
}
