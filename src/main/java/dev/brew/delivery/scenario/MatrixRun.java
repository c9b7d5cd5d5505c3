package dev.brew.delivery.scenario;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.report.MatrixText;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.run.Run;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One run of the decision matrix: each scenario in turn. {@link #run} is for one thread; {@link #interrupt} may be called
 * by another.
 */
public final class MatrixRun {

    private final List<Scenario> scenarios;
    private final long seed;
    private final List<String> typed;
    private final PrintStream out;
    private final InstantSource clock;
    private final List<Matrix.Row> rows = new ArrayList<>();
    private final Run run;
    private Map<String, String> settings = Map.of();

    /**
     * Plans a run; starts and writes nothing.
     *
     * @param results directory that gets the run directory
     * @param typed   arguments that repeat the run
     */
    public MatrixRun(List<Scenario> scenarios, long seed, Path results, List<String> typed, PrintStream out,
                     PrintStream err, InstantSource clock) {
        this.scenarios = List.copyOf(scenarios);
        this.seed = seed;
        this.typed = List.copyOf(typed);
        this.out = out;
        this.clock = clock;
        this.run = new Run(new Run.Plan(results, "matrix", scenarios.size() + " rows, seed " + seed, scenarios.size(), "rows"),
                new Ending(), out, err);
    }

    /**
     * Runs it.
     *
     * @return 0 if every row was run and is on disk, whatever its verdict: {@value Matrix#NOT_MEASURABLE} is a finding about
     *         the machine, and no failure; else 1
     * @throws IOException if the results directory cannot be written
     */
    public int run() throws IOException {
        return run.run(clock, this::measure);
    }

    /** Ends the run early and keeps the rows that have finished. May be called by another thread. */
    public void interrupt() {
        run.interrupt();
    }

    /** Processes write below the run's directory, so that a killed run leaves files nowhere else. */
    private void measure() throws IOException {
        Path files = Attempt.to("create the directory of the processes' files",
                () -> Files.createDirectories(run.directory().path().resolve("processes")));
        try (ExperimentContext context = new ExperimentContext(seed, files, NanoClock.system())) {
            for (int i = 0; i < scenarios.size() && !run.isStopped(); i++) {
                measure(i, context);
            }
            settings = context.settings();
        } finally {
            if (!run.hasProblems()) { // otherwise the files hold the logs that show the reason
                delete(files);
            }
        }
    }

    private void measure(int index, ExperimentContext context) throws IOException {
        Scenario scenario = scenarios.get(index);
        Claim claim = scenario.claim();
        out.printf("%n[%d/%d] %s (%s)%n%s", index + 1, scenarios.size(), claim.title(), claim.name(),
                MatrixText.claim(claim.text(), claim.experiment(), claim.criterion()));
        out.flush();
        long begin = System.nanoTime();
        try {
            Scenario.Finding finding = scenario.run(context);
            Matrix.Row row = row(claim, finding, (System.nanoTime() - begin) / 1e9);
            rows.add(row);
            out.print(MatrixText.figures(row));
            run.directory().writeJson("matrix.json", new Matrix(seed, rows));
            run.finished(rows.size());
        } catch (Exception e) {
            if (run.isStopped()) {
                return; // the interrupt is the cause
            }
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            String problem = claim.name() + ": " + Reason.of(e);
            run.problem(problem);
            out.println("  FAILED: " + problem);
        }
    }

    private static Matrix.Row row(Claim claim, Scenario.Finding finding, double seconds) {
        return new Matrix.Row(claim.name(), claim.kind().toString(), claim.title(), claim.text(), claim.experiment(),
                claim.criterion(), finding.verdict().outcome().toString(), finding.verdict().why(), seconds,
                finding.figures());
    }

    /** The end of a run of the matrix. */
    private final class Ending implements Run.Kind {

        @Override
        public void sumUp(RunDirectory directory, boolean interrupted) throws IOException {
            directory.writeJson("environment.json",
                    Environment.of(typed, run.startedAt().toString(), Map.of("matrix", settings)));
            if (!rows.isEmpty()) {
                Matrix matrix = new Matrix(seed, rows);
                out.printf("%n%s", MatrixText.summary(matrix));
                directory.write("matrix.md", MatrixText.markdown(matrix));
            }
        }

        @Override
        public Set<Report.Format> report(RunDirectory directory) {
            return rows.isEmpty() ? Set.of() : Set.of(Report.Format.HTML);
        }

        @Override
        public String progress(int finished, Run.Plan plan, int asked) {
            long noisy = rows.stream().filter(row -> !row.wasMeasurable()).count();
            return Run.Kind.super.progress(finished, plan, asked) + (noisy == 0 ? ""
                    : " (" + noisy + " of them " + Matrix.NOT_MEASURABLE + ": try again on an idle machine)");
        }
    }

    private static void delete(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
