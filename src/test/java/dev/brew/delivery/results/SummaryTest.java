package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {

    private static final Trend FALLS = new Trend(0.8, 0.7, 0.89, 12, 2);
    private static final Trend LEVEL = new Trend(0.95, 0.85, 1.05, 12, 2);

    @Test
    void aRowIsUnsettledIfOneOfItsTrialsIs() {
        assertThat(row(LEVEL, true, false, true, false, true, true).unsettledBecause())
                .isEqualTo("unsettled in 2 of 6 trials");
        assertThat(row(LEVEL, false).unsettledBecause()).isEqualTo("unsettled in 1 of 1 trial");
        assertThat(row(LEVEL, true, true).unsettled()).isFalse();
    }

    @Test
    void aTrialOfUnknownStateDoesNotCount() {
        assertThat(row(LEVEL, null, false, true).unsettledBecause()).isEqualTo("unsettled in 1 of 2 trials");
        assertThat(row(null, null, null).unsettled()).isFalse();
    }

    @Test
    void aRowThatStillGotFasterIsUnsettled() {
        assertThat(row(FALLS, true, true).unsettledBecause())
                .isEqualTo("still falling while measured: 0.80 × over the measurement [0.70, 0.89]");
        assertThat(row(FALLS, true, true).unsettled()).isTrue();
    }

    @Test
    void theStateOfATrialComesFromItsWarmUp() {
        Summary summary = Summary.of(new Environment(1, "", List.of(), "", Map.of(), Map.of(),
                Map.of("Some", Map.of())), List.of(trial(1, new WarmUpCurve(false, 120, List.of())),
                trial(2, new WarmUpCurve(true, 40, List.of())), trial(3, null)));
        assertThat(summary.schema()).isEqualTo(2);
        assertThat(summary.rows().get(0).trials()).extracting(Summary.Trial::settled).containsExactly(false, true, null);
    }

    @Test
    void onlySchemasOneAndTwoAreRead(@TempDir Path folder) throws IOException {
        RunDirectory run = RunDirectory.make(folder.resolve("run"));
        Path file = run.path().resolve("summary.json");
        Files.writeString(file, "{\"schema\": 3, \"unit\": \"ns\", \"rows\": []}");
        assertThatThrownBy(run::summary).isInstanceOf(IOException.class)
                .hasMessage(file + " has schema 3, this program reads schema 1 to 2");
        Files.writeString(file, "{\"schema\": 1, \"unit\": \"ns\", \"rows\": []}");
        assertThat(run.summary()).isEqualTo(new Summary(1, "ns", List.of()));
    }

    @Test
    void stateAndTrendAreWrittenAndRead(@TempDir Path folder) throws IOException {
        RunDirectory run = RunDirectory.make(folder.resolve("run"));
        Summary summary = new Summary(2, "ns", List.of(row(FALLS, true, null), row(null), row(new Trend(1.1, null, null, 3, 1))));
        run.writeJson("summary.json", summary);
        assertThat(run.summary()).isEqualTo(summary);
        assertThat(Files.readString(run.path().resolve("summary.json"))).doesNotContain("null", "Infinity", "falling", "unsettled");
    }

    private static Summary.Row row(Trend trend, Boolean... settled) {
        return new Summary.Row("Some", "dev.brew.SomeBenchmark.event", "kafka", Map.of(), "f", Map.of(), trend,
                Stream.of(settled).map(state -> new Summary.Trial(1, 1, state, Map.of(), Map.of())).toList());
    }

    private static RunDirectory.Trial trial(int number, WarmUpCurve warmUp) {
        return new RunDirectory.Trial(new TrialInfo("dev.brew.SomeBenchmark.event", Map.of(), number, "", Map.of(), 1, 1,
                List.of("completed"), Map.of(), warmUp), List.of());
    }
}
