package dev.brew.delivery.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.report.Report;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final Path results;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Fake kind = new Fake();
    private final Run run;

    RunTest(@TempDir Path results) {
        this.results = results;
        this.run = run(kind);
    }

    @Test
    void aRunCountsItsUnitsAndEndsValid() throws Exception {
        List<Status> seen = new ArrayList<>();
        assertThat(measure(() -> {
            seen.add(run.directory().status());
            run.finished(2);
            seen.add(run.directory().status());
        })).isZero();
        assertThat(seen).containsExactly(Status.running(0, 2), Status.running(2, 2));
        assertThat(run.directory().status()).isEqualTo(Status.ended(false, List.of(), 2, 2));
        Path directory = results.resolve("20260102-030405-fake");
        assertThat(text(out)).isEqualTo("2 things, results in " + directory + "\nsummary\n\nVALID: 2 of 2 things, "
                + directory + "\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void aRunThatBreaksKeepsItsUnitsAndNamesTheReason() throws Exception {
        assertThat(measure(() -> {
            run.finished(1);
            throw new AssertionError("cannot be");
        })).isEqualTo(1);
        assertThat(run.directory().status())
                .isEqualTo(Status.ended(false, List.of("the run broke: cannot be"), 1, 2));
        assertThat(text(err)).isEqualTo("the run broke: cannot be\n");
        assertThat(kind.summaries).isEqualTo(1);
    }

    @Test
    void aFailureOfTheSummaryMakesTheRunInvalidAndAFailureOfAnotherFileDoesNot() throws Exception {
        kind.failure = new IOException("disk full");
        assertThat(measure(() -> run.failure("jmh.json could not be written"))).isEqualTo(1);
        assertThat(text(err)).isEqualTo("the run could not be summed up: disk full\njmh.json could not be written\n");
        assertThat(run.directory().status().problems()).containsExactly("the run could not be summed up: disk full");

        Run other = run(new Fake());
        assertThat(Run.underLock(List.of(other), NOW, print(err), () -> other.failure("no csv"))).isEqualTo(1);
        assertThat(other.directory().status().state()).isEqualTo(Status.State.VALID);
    }

    @Test
    void anInterruptReachesTheMeasuringThreadAndIsTheOnlyProblem() throws Exception {
        assertThat(measure(() -> {
            run.finished(1);
            CompletableFuture.runAsync(run::interrupt).join();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            IOException closed = new IOException("closed by interrupt");
            closed.addSuppressed(new IOException("the broker did not stop"));
            throw closed;
        })).isEqualTo(1);
        assertThat(Thread.currentThread().isInterrupted()).as("it would break the writing of files").isFalse();
        assertThat(run.directory().status())
                .isEqualTo(Status.ended(true, List.of("interrupted after 1 of 2 things"), 1, 2));
        assertThat(text(err)).isEqualTo("the broker did not stop\ninterrupted after 1 of 2 things\n");
        assertThat(text(out)).contains("INTERRUPTED: 1 of 2 things, ");
    }

    @Test
    void aRunThatTheShutdownHookHasClosedIsNotOpenedAgain() throws Exception {
        run.closeInterrupted(); // before it has begun: nothing to close
        assertThat(measure(() -> {
            run.stop();
            CompletableFuture.runAsync(run::closeInterrupted).join();
            run.finished(2);
        })).isEqualTo(1);
        assertThat(run.directory().status())
                .isEqualTo(Status.ended(true, List.of("interrupted after 0 of 2 things"), 0, 2));
        assertThat(kind.summaries).isEqualTo(1);
    }

    @Test
    void runsThatShareATerminalMarkTheirLinesAndTheWorstExitCodeCounts() throws Exception {
        Run first = run(new Fake("1: "));
        Run second = run(new Fake("2: "));
        assertThat(Run.underLock(List.of(first, second), NOW, print(err), () -> second.problem("lost"))).isEqualTo(1);
        assertThat(text(out)).contains("1: 2 things, results in ", "2: 2 things, results in ", "1: VALID: ", "2: INVALID: ");
        assertThat(text(err)).isEqualTo("2: lost\n");
        assertThat(second.directory().path().getFileName()).hasToString("20260102-030405-fake-2");
    }

    private int measure(Run.Work work) throws IOException {
        return Run.underLock(List.of(run), NOW, print(err), work);
    }

    private Run run(Run.Kind of) {
        return new Run(new Run.Plan(results, "fake", "2 things", 2, "things"), of, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream from) {
        return from.toString(StandardCharsets.UTF_8);
    }

    private final class Fake implements Run.Kind {

        private final String mark;
        private IOException failure;
        private int summaries;

        Fake() {
            this("");
        }

        Fake(String mark) {
            this.mark = mark;
        }

        @Override
        public void sumUp(RunDirectory directory, boolean interrupted) throws IOException {
            summaries++;
            if (failure != null) {
                throw failure;
            }
            print(out).println("summary");
        }

        @Override
        public Set<Report.Format> report(RunDirectory directory) {
            return Set.of();
        }

        @Override
        public String mark(String line) {
            return mark + line;
        }
    }
}
