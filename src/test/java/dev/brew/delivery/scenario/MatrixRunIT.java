package dev.brew.delivery.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.scenario.rows.Scenarios;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run around the rows; it takes the machine's lock. */
class MatrixRunIT {

    @TempDir
    private Path results;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aRowWritesItsCriterionBeforeItRunsAndItsFiguresAfterwards() throws Exception {
        assertThat(run(Scenarios.named("sender-knows"))).isZero();
        assertThat(text(out)).containsSubsequence("criterion   Confirmed if over gRPC the fourth got no event",
                "verdict: confirmed", "VALID: 1 of 1 rows", "report: ");
        RunDirectory directory = directory();
        assertThat(directory.status().state()).isEqualTo(Status.State.VALID);
        assertThat(directory.matrix().rows()).extracting(Matrix.Row::ruling).containsExactly("confirmed");
        assertThat(directory.environment().settings().get("matrix")).containsEntry("broker.kind", "process");
        assertThat(directory.path().resolve("processes")).doesNotExist();
    }

    @Test
    void aRowThatBreaksFailsTheRunAndKeepsTheOthers() throws Exception {
        assertThat(run(new Broken(), Scenarios.named("sender-knows"))).isEqualTo(1);
        assertThat(text(err)).contains("broken: on purpose");
        assertThat(directory().status().state()).isEqualTo(Status.State.INVALID);
        assertThat(directory().matrix().rows()).hasSize(1);
    }

    @Test
    void aRowThatCannotBeMeasuredHereIsNoFailureAndIsCounted() throws Exception {
        assertThat(run(new Noisy())).isZero();
        assertThat(text(out)).contains("verdict: not measurable here: noise 60 ms, criterion 100 ms",
                "VALID: 1 of 1 rows (1 of them not measurable here: try again on an idle machine)");
        assertThat(directory().matrix().rows()).extracting(Matrix.Row::verdict).containsExactly("not measurable here");
        assertThat(directory().status().state()).isEqualTo(Status.State.VALID);
    }

    @Test
    void anErrorInARowEndsTheRunInOrder() throws Exception {
        assertThat(run(new Broken() {
            @Override
            public Finding run(ExperimentContext context) {
                throw new AssertionError("cannot be");
            }
        })).isEqualTo(1);
        assertThat(directory().status().state()).isEqualTo(Status.State.INVALID);
        assertThat(text(err)).contains("the run broke: cannot be");
    }

    private int run(Scenario... scenarios) throws IOException {
        return new MatrixRun(List.of(scenarios), 1, results, List.of("matrix"), print(out), print(err),
                InstantSource.system()).run();
    }

    private RunDirectory directory() throws IOException {
        try (Stream<Path> all = Files.list(results)) {
            return RunDirectory.open(all.findFirst().orElseThrow());
        }
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream from) {
        return from.toString(StandardCharsets.UTF_8);
    }

    private static class Broken implements Scenario {

        @Override
        public Claim claim() {
            return new Claim("broken", Claim.Kind.ROW, "broken", "It works.", "Try.", "Confirmed if it works.");
        }

        @Override
        public Finding run(ExperimentContext context) {
            throw new IllegalStateException("on purpose");
        }
    }

    private static final class Noisy implements Scenario {

        @Override
        public Claim claim() {
            return new Claim("noisy", Claim.Kind.ROW, "noisy", "It is quick.", "Try.", "Confirmed if it is quick.");
        }

        @Override
        public Finding run(ExperimentContext context) {
            return new Finding(new Verdict(Verdict.Outcome.NOT_MEASURABLE, "noise 60 ms, criterion 100 ms"), List.of());
        }
    }
}
