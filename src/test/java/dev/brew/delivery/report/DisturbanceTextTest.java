package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.DisturbanceFile.Stage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DisturbanceTextTest {

    @Test
    void aLatencyThatMostEventsDoNotHaveIsADash() {
        Map<String, Quantiles> during = Map.of("sender", of(1000, 3000), "lag", of(1000, 1), "analytics", of(300, 50),
                "notifications", of(1000, 5), "billing", of(990, 6));
        assertThat(lines(during, List.of(sample(0, 600)), 600, 100, 0, -1)).contains(
                "grpc-parallel    during                       3,000.0                  6.0                      -",
                "grpc-parallel: failed: {DEADLINE_EXCEEDED=700}, at most 600 in flight, steady again after 0.1 s "
                        + "(backlog 600, no rate: half of it was gone in less than half a second, or never), no silent losses");
        Map<String, Quantiles> nobody = Map.of("sender", of(1000, 3000));
        assertThat(lines(nobody, List.of(), 0, 0, 0, -1)).contains(
                "grpc-parallel    during                       3,000.0                    -                      -",
                "grpc-parallel: failed: {DEADLINE_EXCEEDED=700}, at most 0 in flight, steady again after 0.0 s, "
                        + "no silent losses");
    }

    @Test
    void aBacklogThatIsWorkedOffSlowlyHasARateAndAPrediction() {
        assertThat(lines(Map.of(), List.of(), 2000, 2600, 1000, 2500)).anyMatch(line -> line.contains(
                "steady again after 2.6 s (backlog 2,000, worked off at 1,000/s: backlog ÷ (μ − λ) = 2.5 s)"));
    }

    private static List<String> lines(Map<String, Quantiles> during, List<Sample> samples, long backlog, long steady,
                                      double drained, long predicted) {
        Result result = new Result(Map.of(Stage.BEFORE, Map.of(), Stage.DURING, during, Stage.AFTER, Map.of()),
                Map.of("DEADLINE_EXCEEDED", 700L), samples, backlog, steady, drained, predicted, List.of());
        Map<String, Result> paths = Map.of("grpc-parallel", result);
        return DisturbanceText.lines(new DisturbanceFile("analytics", null, 100, 1000, 1000, 1000,
                DisturbanceFile.table(paths, 3, 0), paths));
    }

    private static Sample sample(long millis, long inFlight) {
        return new Sample(millis, inFlight, 0, 0, inFlight, List.of(inFlight, 0L, 0L), 1);
    }

    private static Quantiles of(long count, long millis) {
        long nanos = millis * 1_000_000;
        return new Quantiles(count, nanos, nanos, nanos, nanos, nanos, nanos, nanos);
    }
}
