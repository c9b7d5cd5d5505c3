package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.results.Trend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AnswerTest {

    private static final long LEVEL = 1_000_000;

    private final List<Summary.Row> rows = new ArrayList<>();
    private final Map<String, Map<String, String>> settings = new TreeMap<>();
    private String design = "block, seed 7";

    @Test
    void pathsWhoseIntervalIsNarrowAboutOneAreLevel() {
        row("kafka", 10, 0.91, 0.95, 0.97, 0.97, 0.99, 1.04);
        row("grpc-parallel", 10, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).containsExactly("At 10 recipients Kafka takes 0.97 × as long as parallel fan-out "
                + "[0.91, 1.04]: no difference above 9 %.");
    }

    @Test
    void aPathWhoseIntervalLeavesOutOneIsFaster() {
        row("kafka", 3, 1.25, 1.28, 1.31, 1.31, 1.34, 1.38);
        row("grpc-parallel", 3, 1, 1, 1, 1, 1, 1);
        row("grpc-sequential", 3, 2, 2, 2, 2, 2, 2);
        assertThat(sentences()).containsExactly(
                "At 3 recipients Kafka takes 0.66 × as long as sequential fan-out [0.63, 0.69]: Kafka is faster.",
                "At 3 recipients Kafka takes 1.31 × as long as parallel fan-out [1.25, 1.38]: parallel fan-out is faster.",
                "At 3 recipients sequential fan-out takes 2.00 × as long as parallel fan-out [2.00, 2.00]: "
                        + "parallel fan-out is faster.");
    }

    @Test
    void aWideIntervalCannotTell() {
        row("kafka", 1, 0.7, 0.9, 1, 1.1, 1.2, 1.4);
        row("grpc-parallel", 1, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).singleElement().asString().startsWith("At 1 recipient Kafka takes ")
                .endsWith(" [0.70, 1.40]: 6 blocks cannot tell which is faster.");
    }

    @Test
    void fewBlocksHaveNoInterval() {
        row("kafka", 3, 1.5, 1.5, 1.5, 1.5);
        row("grpc-parallel", 3, 1, 1, 1, 1, 1);
        assertThat(sentences()).containsExactly("At 3 recipients Kafka takes 1.50 × as long as parallel fan-out. "
                + "4 blocks: no interval (six are needed).");
    }

    @Test
    void trialsThatHadNotSettledAreNamedAndNotPaired() {
        row("kafka", 3, -9, -9, 1.5, 1.5, 1.5, 1.5);
        row("grpc-parallel", 3, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).containsExactly("At 3 recipients Kafka takes 1.50 × as long as parallel fan-out. "
                + "4 blocks: no interval (six are needed).",
                "Trials that had not settled are not compared: Kafka at 3 recipients (unsettled in 2 of 6 trials).");
    }

    @Test
    void rowsOfOtherParametersAreNotMixed() {
        row("kafka", 3, Map.of("delay", "none", "acks", "1"), null, 1, 1, 1, 1, 1, 1);
        row("kafka", 3, Map.of("delay", "none", "acks", "all"), null, 2, 2, 2, 2, 2, 2);
        row("grpc-parallel", 3, Map.of("delay", "fixed"), null, 1, 1, 1, 1, 1, 1);
        row("grpc-sequential", 3, Map.of("delay", "none"), null, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).hasSize(2)
                .anyMatch(line -> line.startsWith("At 3 recipients Kafka (acks=1, delay=none) takes 1.00 × as long as "
                        + "sequential fan-out (delay=none) "))
                .anyMatch(line -> line.startsWith("At 3 recipients Kafka (acks=all, delay=none) takes 2.00 × "));
    }

    @Test
    void theCrossingHasAnInterval() {
        row("kafka", 1, 2, 2, 2, 2, 2, 2);
        row("kafka", 4, 2, 2, 2, 2, 2, 2);
        row("grpc-sequential", 1, 1, 1, 1, 1, 1, 1);
        row("grpc-sequential", 4, 4, 4, 4, 4, 4, 4);
        assertThat(sentences()).last().isEqualTo("Kafka overtakes sequential fan-out between 2.0 and 2.0 recipients "
                + "(interpolated; estimate 2.0).");
    }

    @Test
    void aBlockThatDoesNotCrossLeavesTheCrossingOpenAbove() {
        row("kafka", 1, 2, 2, 2, 2, 2, 2);
        row("kafka", 4, 2, 2, 2, 2, 2, 5);
        row("grpc-sequential", 1, 1, 1, 1, 1, 1, 1);
        row("grpc-sequential", 4, 4, 4, 4, 4, 4, 4);
        assertThat(sentences()).last().isEqualTo("Kafka does not overtake sequential fan-out below 2.0 recipients; "
                + "6 blocks cannot tell whether it does up to 4.");
    }

    @Test
    void aBlockInWhichThePathIsAheadAtAllNumbersLeavesTheCrossingOpenBelow() {
        row("kafka", 1, 2, 2, 2, 2, 2, 0.9);
        row("kafka", 4, 2, 2, 2, 2, 2, 2);
        row("grpc-sequential", 1, 1, 1, 1, 1, 1, 1);
        row("grpc-sequential", 4, 4, 4, 4, 4, 4, 4);
        assertThat(sentences()).last().isEqualTo(
                "Kafka is ahead of sequential fan-out above 2.0 recipients (interpolated); below, 6 blocks cannot tell.");
    }

    @Test
    void blocksThatContradictEachOtherCannotTellTheCrossing() {
        row("kafka", 1, 2, 2, 2, 0.9, 0.9, 0.9);
        row("kafka", 4, 1.5, 1.5, 1.5, 0.8, 0.8, 0.8);
        row("grpc-parallel", 1, 1, 1, 1, 1, 1, 1);
        row("grpc-parallel", 4, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).last().isEqualTo(
                "6 blocks cannot tell from which number of recipients on Kafka is ahead of parallel fan-out.");
    }

    @Test
    void aPathThatIsAheadAtAllNumbersHasNoCrossing() {
        row("kafka", 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9);
        row("kafka", 4, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8);
        row("grpc-parallel", 1, 1, 1, 1, 1, 1, 1);
        row("grpc-parallel", 4, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).hasSize(2).allMatch(sentence -> sentence.endsWith(": Kafka is faster."));
    }

    @Test
    void aRowThatGetsSlowerIsReported() {
        row("kafka", 10, Map.of(), new Trend(1.4, 1.2, 1.6, 48, 6), 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).containsExactly(
                "The latency of Kafka at 10 recipients rises: 1.40 × over the measurement [1.20, 1.60].");
    }

    @Test
    void trialsOfOtherRunsAreNotPaired() {
        design = "";
        row("kafka", 10, 2, 2, 2, 2, 2, 2);
        row("grpc-parallel", 10, 1, 1, 1, 1, 1, 1);
        assertThat(sentences()).containsExactly("At 10 recipients Kafka takes 2.00 × as long as parallel fan-out.",
                "These ratios have no interval, because the trials of this run are not paired.");
    }

    @Test
    void linesAreWrapped() {
        assertThat(Answer.wrapped("word ".repeat(30).strip())).containsExactly("word ".repeat(22).strip(),
                "word ".repeat(8).strip());
        assertThat(Answer.wrapped("x".repeat(108) + " 9 %.")).containsExactly("x".repeat(108), "9 %.");
    }

    private List<String> sentences() {
        return Answer.sentences(new Summary(2, "ns", rows), new Environment(1, "", List.of(), "", Map.of(), Map.of(),
                settings));
    }

    private void row(String path, int recipients, double... levels) {
        row(path, recipients, Map.of(), null, levels);
    }

    /** A level below 0 is that of a trial that had not settled. */
    private void row(String path, int recipients, Map<String, String> params, Trend trend, double... levels) {
        Map<String, String> all = new TreeMap<>(params);
        all.put("recipients", Integer.toString(recipients));
        String stem = path + all;
        settings.put(stem, Map.of("design", design));
        List<Summary.Trial> trials = new ArrayList<>();
        for (int i = 0; i < levels.length; i++) {
            trials.add(new Summary.Trial(i + 1, 100, levels[i] > 0,
                    Map.of("completed", quantiles(Math.abs(levels[i]) * LEVEL * (i + 1))), Map.of()));
        }
        rows.add(new Summary.Row(stem, "a.B.c", path, all, "f", Map.of("completed", quantiles(levels[0] * LEVEL)), trend,
                trials));
    }

    private static Quantiles quantiles(double p50) {
        long value = Math.round(p50);
        return new Quantiles(100, value, value, value, value, value, value, value);
    }
}
