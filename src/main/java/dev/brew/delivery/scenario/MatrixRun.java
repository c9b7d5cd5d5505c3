package dev.brew.delivery.scenario;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.report.MatrixText;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Lab;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One run of the decision matrix: each scenario, its results directory, and what came of it. A row that has ended stays
 * on disk whatever comes after it. {@link #run} is for one thread; {@link #interrupt} may come from another.
 */
public final class MatrixRun {

    private static final int OK = 0;
    private static final int FAILED = 1;

    private final List<Scenario> scenarios;
    private final long seed;
    private final Path results;
    private final List<String> typed;
    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock;
    private final List<Matrix.Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private volatile boolean interrupted;
    private volatile Thread runner;
    private RunDirectory directory;

    /**
     * Plans a run; nothing is started and nothing written.
     *
     * @param results where run directories go
     * @param typed   with what it can be repeated
     */
    public MatrixRun(List<Scenario> scenarios, long seed, Path results, List<String> typed, PrintStream out,
                     PrintStream err, InstantSource clock) {
        this.scenarios = List.copyOf(scenarios);
        this.seed = seed;
        this.results = results;
        this.typed = List.copyOf(typed);
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    /**
     * Runs it.
     *
     * @return 0 if every row asked for was run and is on disk, whatever its verdict, {@value Matrix#NOT_MEASURABLE}
     *         too: that is a finding about the machine, and no failure of the program; else 1
     * @throws IOException if the results directory cannot be written
     */
    public int run() throws IOException {
        runner = Thread.currentThread();
        Instant started = clock.instant();
        try (RunLock lock = RunLock.acquire(err)) {
            directory = RunDirectory.create(results, started, "matrix");
            directory.writeJson("status.json", Status.running(0, scenarios.size()));
            out.printf("%d rows, seed %d, results in %s%n", scenarios.size(), seed, directory.path());
            Map<String, String> settings = Map.of();
            try {
                settings = measure();
            } catch (IOException | RuntimeException | Error e) { // whatever it is, the run ends in order
                problems.add("the run broke: " + Reason.of(e));
            }
            directory.writeJson("environment.json", Environment.of(typed, started.toString(), Map.of("matrix", settings)));
            return close();
        } catch (RunLock.TakenException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }

    /** Ends the run early, with the rows that are finished. */
    public void interrupt() {
        interrupted = true;
        if (runner != null) {
            runner.interrupt();
        }
    }

    /** What processes write stands below the run's directory, so that a killed run leaves nothing anywhere else. */
    private Map<String, String> measure() throws IOException {
        Path files = Attempt.to("create the directory of the processes' files",
                () -> Files.createDirectory(directory.path().resolve("processes")));
        try (Lab lab = new Lab(seed, files, NanoClock.system())) {
            for (Scenario scenario : scenarios) {
                if (!interrupted) {
                    measure(scenario, lab);
                }
            }
            return lab.settings();
        } finally {
            if (problems.isEmpty()) { // else they hold the logs that say why
                delete(files);
            }
        }
    }

    private void measure(Scenario scenario, Lab lab) throws IOException {
        Claim claim = scenario.claim();
        out.printf("%n[%d/%d] %s (%s)%n%s", rows.size() + problems.size() + 1, scenarios.size(), claim.title(),
                claim.name(), MatrixText.claim(claim.text(), claim.experiment(), claim.criterion()));
        out.flush();
        long begin = System.nanoTime();
        try {
            Scenario.Finding finding = scenario.run(lab);
            Matrix.Row row = row(claim, finding, (System.nanoTime() - begin) / 1e9);
            rows.add(row);
            out.print(MatrixText.figures(row));
            directory.writeJson("matrix.json", new Matrix(seed, rows));
            directory.writeJson("status.json", Status.running(rows.size(), scenarios.size()));
        } catch (Exception e) {
            if (interrupted) {
                return; // what it died of is the interruption
            }
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            problems.add(claim.name() + ": " + Reason.of(e));
            out.println("  FAILED: " + problems.get(problems.size() - 1));
        }
    }

    private static Matrix.Row row(Claim claim, Scenario.Finding finding, double seconds) {
        return new Matrix.Row(claim.name(), claim.kind().toString(), claim.title(), claim.text(), claim.experiment(),
                claim.criterion(), finding.verdict().outcome().toString(), finding.verdict().why(), seconds,
                finding.figures());
    }

    private int close() throws IOException {
        if (interrupted) {
            Thread.interrupted(); // it has done its work, and would stop the writing of files
            problems.add("interrupted after " + rows.size() + " of " + scenarios.size() + " rows");
        }
        Status status = Status.ended(interrupted, problems, rows.size(), scenarios.size());
        directory.writeJson("status.json", status);
        Matrix matrix = new Matrix(seed, rows);
        if (!rows.isEmpty()) {
            out.printf("%n%s", MatrixText.summary(matrix));
            directory.write("matrix.md", MatrixText.markdown(matrix));
        }
        long unsaid = rows.stream().filter(row -> !row.wasMeasurable()).count();
        out.printf("%n%s: %d of %d rows%s, %s%n", status.state(), rows.size(), scenarios.size(),
                unsaid == 0 ? ""
                        : " (" + unsaid + " of them " + Matrix.NOT_MEASURABLE + ": try again on an idle machine)",
                directory.path());
        problems.forEach(err::println);
        boolean drawn = rows.isEmpty() || interrupted || drawReport();
        return status.state() == Status.State.VALID && drawn ? OK : FAILED;
    }

    private boolean drawReport() throws IOException {
        Report.Outcome outcome = Report.write(List.of(directory.path()), directory.path(),
                EnumSet.of(Report.Format.HTML));
        outcome.written().forEach(page -> out.println("report: " + page));
        outcome.problems().forEach(err::println);
        return outcome.problems().isEmpty();
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
