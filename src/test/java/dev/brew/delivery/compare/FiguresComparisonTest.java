package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.SweepFile;
import dev.brew.delivery.results.SyntheticDisturbance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresComparisonTest {

    private static final Path REFERENCE = Path.of("results/reference/matrix");

    @TempDir
    private Path folder;

    @Test
    void twoDisturbancesAreComparedFigureByFigureAndHaveNoVerdict() throws IOException {
        Path base = new SyntheticDisturbance(folder, 100).path("kafka", 2, 0, 400).path("grpc-parallel", 300, 50, 200).valid();
        Path candidate = new SyntheticDisturbance(folder, 200)
                .path("grpc-parallel", 600, 25, -1, "analytics lost 3 events").path("grpc-sequential", 600, 50, 1).valid();
        FiguresComparison comparison = FiguresComparison.of(base, candidate).orElseThrow();
        assertThat(comparison.exitCode()).isZero();
        assertThat(comparison.lines()).containsExactly(
                "path           figure                               base    candidate  ratio",
                "grpc-parallel  sender-blocked p99 before, ms         1.0          1.0   1.00",
                "grpc-parallel  sender-blocked p99 during, ms       300.2        600.3   2.00",
                "grpc-parallel  sender-blocked p99 after, ms          1.0          1.0   1.00",
                "grpc-parallel  received p99, healthy before, ms      0.5          0.5   1.00",
                "grpc-parallel  received p99, healthy during, ms      0.5          0.5   1.00",
                "grpc-parallel  received p99, healthy after, ms       0.5          0.5   1.00",
                "grpc-parallel  received p99, disturbed before, ms    0.5          0.5   1.00",
                "grpc-parallel  received p99, disturbed during, ms      -            -      -",
                "grpc-parallel  received p99, disturbed after, ms     0.5          0.5   1.00",
                "grpc-parallel  steady again after, s                 0.2  not in time      -",
                "grpc-parallel  backlog, events                       120          120   1.00",
                "grpc-parallel  failed at the sender, events           50           25   0.50",
                "grpc-parallel  silent losses                        none         some      -",
                "differs: rate: 100/s | 200/s",
                "missing from the candidate: kafka",
                "only in the candidate: grpc-sequential",
                "candidate, grpc-parallel: analytics lost 3 events",
                "one disturbance a side: no ratio has an interval, so there is no verdict; ratio is candidate ÷ base");
    }

    @Test
    void disturbancesOfDifferentPathsHaveNothingInCommon() throws IOException {
        Path base = new SyntheticDisturbance(folder, 100).path("kafka", 2, 0, 400).valid();
        Path candidate = new SyntheticDisturbance(folder, 100).valid();
        assertThatThrownBy(() -> FiguresComparison.of(base, candidate)).isInstanceOf(IOException.class)
                .hasMessage("nothing to compare: " + base + " has kafka, " + candidate + " has no path");
    }

    @Test
    void aRecordedRunOfTheMatrixHasItsOwnVerdicts() throws IOException {
        FiguresComparison comparison = FiguresComparison.of(REFERENCE, REFERENCE).orElseThrow();
        assertThat(comparison.exitCode()).isZero();
        assertThat(comparison.lines()).hasSize(15).endsWith("the same verdicts in all 13 rows that both runs have");
        assertThat(comparison.lines().get(0)).matches("row +base +candidate +verdict");
        assertThat(comparison.lines().subList(1, 14)).allMatch(line -> line.matches("[\\w-]+ +(\\w.*\\w) +\\1 +same"));
    }

    @Test
    void aVerdictThatDiffersIsShownWithTheFiguresOfItsRow() throws IOException {
        Path base = matrix("base", row("latency", "confirmed", "", 2), row("replay", "confirmed", "", 1),
                row("old", "confirmed", "", 1));
        Path candidate = matrix("candidate", row("latency", "refuted", "it took longer", 3),
                row("replay", "confirmed", "", 5), row("new", "confirmed", "", 1));
        FiguresComparison comparison = FiguresComparison.of(base, candidate).orElseThrow();
        assertThat(comparison.exitCode()).isEqualTo(1);
        assertThat(comparison.lines()).containsExactly(
                "row      base       candidate  verdict",
                "latency  confirmed  refuted    differs",
                "replay   confirmed  confirmed  same",
                "",
                "latency's title: base confirmed; candidate refuted: it took longer",
                "figure          base  candidate  ratio",
                "kafka, p50, ms     2          3   1.50",
                "missing from the candidate: old",
                "only in the candidate: new",
                "1 of 2 verdicts differ: latency (confirmed, then refuted)");
        comparison.write(folder.resolve("out"));
        assertThat(folder.resolve("out/comparison.md")).content()
                .startsWith("### 1 of 2 verdicts differ: latency (confirmed, then refuted)\n\n| row | base | candidate | ")
                .endsWith("\n| kafka, p50, ms | 2 | 3 | 1.50 |\n\n- missing from the candidate: old\n"
                        + "- only in the candidate: new\n");
    }

    @Test
    void runsOfDifferentKindsAreRefusedByTheirNamesAndKinds() throws IOException {
        Path disturbance = new SyntheticDisturbance(folder, 100).path("kafka", 2, 0, 400).valid();
        Path sweep = run("sweep", "sweep.json");
        Path benchmarks = run("run", "summary.json");
        assertThatThrownBy(() -> FiguresComparison.of(REFERENCE, disturbance)).isInstanceOf(IOException.class)
                .hasMessage("different kinds of run: " + REFERENCE + " is a run of matrix, " + disturbance
                        + " is a run of disturb");
        assertThatThrownBy(() -> FiguresComparison.of(sweep, benchmarks)).isInstanceOf(IOException.class)
                .hasMessage("different kinds of run: " + sweep + " is a run of sweep, " + benchmarks
                        + " is a run of benchmarks");
        assertThatThrownBy(() -> FiguresComparison.of(folder, disturbance)).isInstanceOf(IOException.class)
                .hasMessage("different kinds of run: " + folder + " is a directory of runs, " + disturbance
                        + " is a run of disturb");
        assertThat(FiguresComparison.of(folder, benchmarks)).as("compared by their trials").isEmpty();
    }

    @Test
    void sweepsAreComparedByTheirEdges() throws IOException {
        Path base = sweep("base", 100, edge("kafka", 3, 4000, 250.0, true), edge("kafka", 10, 2000, 400.0, true),
                edge("null", 1, 9, null, true));
        Path candidate = sweep("candidate", 50, edge("kafka", 3, 3000, 275.0, false), edge("null", 1, 18, null, true),
                edge("kafka", 1, 1, 1.0, true));
        FiguresComparison comparison = FiguresComparison.of(base, candidate).orElseThrow();
        assertThat(comparison.exitCode()).isZero();
        assertThat(comparison.lines()).containsExactly(
                "edge                    base/s  candidate/s  ratio  base CPU us  candidate CPU us  ratio",
                "kafka N = 3, 256 bytes   4,000        3,000   0.75          250               275   1.10",
                "null N = 1, 256 bytes        9           18   2.00            -                 -      -",
                "differs: bound of p99: 100.0 ms | 50.0 ms",
                "candidate, kafka N = 3, 256 bytes: not settled",
                "missing from the candidate: kafka N = 10, 256 bytes",
                "only in the candidate: kafka N = 1, 256 bytes",
                SweepComparison.CONCLUSION);
        Path other = sweep("other", 100);
        assertThatThrownBy(() -> FiguresComparison.of(base, other)).isInstanceOf(IOException.class)
                .hasMessageEndingWith(other + " has no edge");
    }

    private static SweepFile.Row edge(String path, int recipients, double edge, Double cpuMicros, boolean settled) {
        return new SweepFile.Row(path, recipients, "none", 256, edge, edge, 1, 2, 3, null, "", settled, cpuMicros);
    }

    private Path sweep(String label, double boundMillis, SweepFile.Row... edges) throws IOException {
        RunDirectory run = RunDirectory.create(folder, Instant.EPOCH, label);
        run.writeJson(RunDirectory.SWEEP, new SweepFile(SweepFile.SCHEMA, boundMillis, List.of(edges)));
        run.writeJson("environment.json", Environment.of(List.of("sweep"), Instant.EPOCH.toString(), Map.of()));
        run.writeJson("status.json", Status.ended(false, List.of(), edges.length, edges.length));
        return run.path();
    }

    private Path run(String label, String file) throws IOException {
        RunDirectory run = RunDirectory.create(folder, Instant.EPOCH, label);
        run.write(file, "{}");
        run.writeJson("status.json", Status.ended(false, List.of(), 1, 1));
        return run.path();
    }

    private Path matrix(String label, Matrix.Row... rows) throws IOException {
        RunDirectory run = RunDirectory.create(folder, Instant.EPOCH, label);
        run.writeJson("matrix.json", new Matrix(1, List.of(rows)));
        run.writeJson("environment.json", Environment.of(List.of("matrix"), Instant.EPOCH.toString(), Map.of()));
        run.writeJson("status.json", Status.ended(false, List.of(), rows.length, rows.length));
        return run.path();
    }

    private static Matrix.Row row(String name, String verdict, String why, double millis) {
        return new Matrix.Row(name, "row", name + "'s title", "claim", "experiment", "criterion", verdict, why, 1,
                List.of(new Matrix.Figure("kafka", "p50", millis, "ms")));
    }
}
