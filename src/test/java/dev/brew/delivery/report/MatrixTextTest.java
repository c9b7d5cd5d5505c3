package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixTextTest {

    private static final Matrix.Row ROW = new Matrix.Row("replay", "row", "replay", "Kafka <has> it.", "Two are asked.",
            "Confirmed if it has.", "depends", "the broker", 12.4, List.of(
            new Matrix.Figure("grpc", "kept", 12_345_678, "bytes"), new Matrix.Figure("kafka", "kept", 0, "bytes"),
            new Matrix.Figure("kafka", "took", 1.23456, "s"), new Matrix.Figure("kafka", "lost", Double.NaN, "events")));
    private static final Matrix MATRIX = new Matrix(7, List.of(ROW));

    @TempDir
    private Path results;

    @Test
    void theTerminalShowsEachFigureAndTheVerdict() {
        assertThat(MatrixText.figures(ROW)).isEqualTo("""
                \s grpc   kept  12,345,678 bytes
                \s kafka  kept           0 bytes
                \s kafka  took        1.23 s
                \s kafka  lost           – events
                \s verdict: depends: the broker (12 s)
                """);
    }

    @Test
    void aRowThatCouldNotBeMeasuredSaysSoEverywhereWithItsNoiseAndItsCriterion() {
        String why = "the largest p99 without a delay is 387.0 ms, and twice that reaches the criterion, 100.0 ms";
        Matrix.Row row = new Matrix.Row("slow", "row", "slow", "It waits.", "Try.", "Confirmed if.",
                Matrix.NOT_MEASURABLE, why, 1, List.of());
        assertThat(row.wasMeasurable()).isFalse();
        assertThat(ROW.wasMeasurable()).isTrue();
        assertThat(MatrixText.figures(row)).isEqualTo("  verdict: not measurable here: " + why + " (1 s)\n");
        assertThat(MatrixText.summary(new Matrix(7, List.of(row)))).isEqualTo(
                "row           slow  not measurable here: " + why + "\n");
        assertThat(MatrixText.markdown(new Matrix(7, List.of(row)))).contains(
                "| **not measurable here**: " + why + " |", "**Verdict: not measurable here: " + why + ".**");
    }

    @Test
    void claimAndCriterionAreBrokenIntoLines() {
        assertThat(MatrixText.claim("A claim.", "word ".repeat(30).trim(), "A criterion.").lines())
                .startsWith("  claim       A claim.").endsWith("  criterion   A criterion.").hasSize(4)
                .allMatch(line -> line.length() <= 112).anyMatch(line -> line.startsWith("              word"));
    }

    @Test
    void theDocumentIsWhatTheCommittedRunSays() throws Exception {
        String document = Files.readString(Path.of("docs/decision-matrix.md"));
        Matcher run = Pattern.compile("results/reference/[\\w-]+").matcher(document);
        assertThat(run.find()).isTrue();
        Matrix matrix = Json.read(Path.of(run.group(), "matrix.json"), Matrix.class);
        assertThat(matrix.rows()).hasSize(13);
        assertThat(document).endsWith(MatrixText.markdown(matrix));
    }

    @Test
    void markdownHasAColumnForEachPath() {
        assertThat(MatrixText.markdown(MATRIX)).startsWith("""
                | row | claim | verdict |
                |---|---|---|
                | [replay](#replay) | Kafka &lt;has> it. | **depends**: the broker |
                """).contains("""
                **Verdict: depends: the broker.**

                | figure | grpc | kafka |
                |---|---:|---:|
                | kept, bytes | 12,345,678 | 0 |
                | took, s |  | 1.23 |
                | lost |  | – |

                `java -jar target/benchmarks.jar matrix --row replay --seed 7`
                """);
    }

    @Test
    void whatLooksLikeMarkdownIsText() {
        Matrix.Row row = new Matrix.Row("a", "row", "a|b", "c\nd", "e*f", "<g>", "refuted", "h\\|i", 1, List.of());
        assertThat(MatrixText.markdown(new Matrix(7, List.of(row)))).startsWith("""
                | row | claim | verdict |
                |---|---|---|
                | [a\\|b](#a) | c<br>d | **refuted**: h\\\\\\|i |
                """).contains("### a\\|b\n", "*Experiment.* e\\*f\n", "*Criterion.* &lt;g>\n");
    }

    @Test
    void aMatrixComesBackFromItsFileAsItWas() throws Exception {
        RunDirectory run = RunDirectory.create(results, Instant.EPOCH, "matrix");
        run.writeJson("matrix.json", MATRIX);
        assertThat(run.matrix()).isEqualTo(MATRIX);
    }

    @Test
    void thePageOfAMatrixRunHasClaimVerdictAndFiguresAndNoEmptyCharts() throws Exception {
        RunDirectory run = RunDirectory.create(results, Instant.EPOCH, "matrix");
        Matrix.Row unsaid = new Matrix.Row("slow", "row", "slow", "It waits.", "Try.", "Confirmed if.",
                Matrix.NOT_MEASURABLE, "noise is near", 1, List.of());
        run.writeJson("matrix.json", new Matrix(7, List.of(ROW, unsaid)));
        run.writeJson("environment.json", Environment.of(List.of("matrix", "--seed", "7"), "1970-01-01T00:00:00Z",
                Map.of("matrix", Map.of("broker.kind", "process"))));
        run.writeJson("status.json", Status.ended(false, List.of(), 1, 1));
        Report.Outcome outcome = Report.write(List.of(run.path()), run.path(), EnumSet.of(Report.Format.HTML));
        assertThat(outcome.problems()).isEmpty();
        String page = Files.readString(run.path().resolve("report.html"));
        assertThat(page).contains("<h2>The decision matrix</h2>", "Kafka &lt;has&gt; it.", "replay: depends: the broker",
                "slow: not measurable here: noise is near",
                "12,345,678", "1 of 1 rows", "matrix --seed 7", "broker.kind").doesNotContain("<figure", "<h2>Results",
                "Kafka <has> it.");
    }
}
