package dev.brew.delivery.sweep;

import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.report.SummaryTable;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.results.SweepFile;
import dev.brew.delivery.run.Run;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sweeps of several paths and numbers of recipients, each path in a fresh JVM; they take turns. Then one table, one
 * sweep.json and one page. Several complete sweeps can run interleaved, each with its own JVMs and run directory, and
 * measure the same path one after another. All sweeps see the same machine state, so a difference between their edges is
 * search error. {@link #run} is for one thread; {@link #interrupt} may be called by another.
 */
public final class SweepRun {

    /** The line that a path's JVM prints at the end of its turn. */
    public static final String TURN_OVER = "-- turn over";
    private static final Duration END = Duration.ofSeconds(10);

    private final List<Case> cases;
    private final int sweeps;
    private final int times;
    private final Duration bound;
    private final Duration patience;
    private final List<String> typed;
    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock;
    private final List<Repeat> repeats;
    private final List<Child> children = new CopyOnWriteArrayList<>();

    /**
     * The sweeps of one path.
     *
     * @param recipients the numbers of recipients, one sweep each
     */
    public record Case(String path, List<Integer> recipients, Starter starter) {

        public Case {
            recipients = List.copyOf(recipients);
        }
    }

    /** Starts the JVM of a path. */
    @FunctionalInterface
    public interface Starter {
        /**
         * Starts it. The JVM prints {@link #TURN_OVER} when it is ready and after each turn, measures after each line on
         * standard input, and ends with standard input.
         *
         * @param directory absolute; gets its trials and edges
         */
        ChildProcess start(Path directory) throws IOException;
    }

    /**
     * @param times    number of complete, interleaved sweeps, 1 or more
     * @param patience a path's JVM that prints nothing for this time is killed
     * @param results  directory that gets the run directories
     * @param typed    arguments that repeat the run
     */
    public SweepRun(List<Case> cases, int times, Duration bound, Duration patience, Path results, List<String> typed,
                    PrintStream out, PrintStream err, InstantSource clock) {
        this.cases = List.copyOf(cases);
        this.sweeps = cases.stream().mapToInt(path -> path.recipients.size()).sum();
        this.times = times;
        this.bound = bound;
        this.patience = patience;
        this.typed = List.copyOf(typed);
        this.out = out;
        this.err = err;
        this.clock = clock;
        this.repeats = IntStream.rangeClosed(1, times).mapToObj(number -> new Repeat(number, results)).toList();
    }

    /**
     * Runs them.
     *
     * @return the exit code: 0 if every sweep has finished, else 1
     * @throws IOException if the results directory cannot be written
     */
    public int run() throws IOException {
        int code = Run.all(repeats.stream().map(repeat -> repeat.run).toList(), clock, err, () -> {
            try {
                takeTurns();
            } finally {
                endChildren();
            }
        });
        apart(repeats.stream().map(repeat -> repeat.rows).toList()).forEach(out::println);
        return code;
    }

    private void takeTurns() throws IOException, InterruptedException {
        for (Case path : cases) { // the sweeps measure a path one after another, so that they see the same machine state
            for (Repeat repeat : repeats) {
                if (!repeat.run.isStopped()) {
                    start(path, repeat);
                }
            }
        }
        while (!children.isEmpty()) {
            for (Child child : children) {
                if (!child.turn()) {
                    children.remove(child);
                    child.repeat.ended(child);
                }
            }
        }
    }

    private List<String> paths() {
        return cases.stream().map(Case::path).toList();
    }

    private void start(Case path, Repeat repeat) throws IOException, InterruptedException {
        Child started = new Child(path, repeat, path.starter.start(repeat.run.directory().path().toAbsolutePath()));
        children.add(started);
        if (repeat.run.isStopped()) { // the interrupt may have come between the two
            started.process.handle().destroy();
        }
        started.relay();
    }

    /** A path's JVM. For the thread that runs the sweeps, except {@link #process}, which an interrupt ends. */
    private final class Child {

        private final Case of;
        private final Repeat repeat;
        private final ChildProcess process;
        private String last = "";
        private String hangs = "";

        Child(Case of, Repeat repeat, ChildProcess process) {
            this.of = of;
            this.repeat = repeat;
            this.process = process;
        }

        /** Lets it measure; false if it has ended. */
        boolean turn() throws InterruptedException {
            process.tell("");
            return relay();
        }

        /** Prints its output until the end of its turn; false if it has ended. */
        boolean relay() throws InterruptedException {
            try {
                for (Optional<String> line = process.next(patience); line.isPresent(); line = process.next(patience)) {
                    if (line.get().equals(TURN_OVER)) {
                        return true;
                    }
                    last = line.get().strip().replaceAll(" +", " ");
                    out.println(repeat.mark(line.get()));
                }
            } catch (TimeoutException e) {
                endHung("nothing was heard of it for " + patience.toSeconds() + " s");
            }
            return false;
        }

        /** Its exit code. Kills a JVM that does not end; its broker ends with it. */
        int exitCode() throws InterruptedException {
            if (!process.waitFor(patience)) {
                endHung("it had not ended " + patience.toSeconds() + " s after its output");
            }
            return process.exitCode();
        }

        private void endHung(String why) {
            process.kill();
            hangs = why + ", so it was ended; " + (last.isEmpty() ? "it has said nothing" : "it said last: " + last);
        }
    }

    /** One of several complete sweeps. */
    private final class Repeat implements Run.Kind {

        private final int number;
        private final Run run;
        private final List<SweepFile.Row> rows = new ArrayList<>();

        Repeat(int number, Path results) {
            this.number = number;
            this.run = new Run(new Run.Plan(results, "sweep", sweeps + " sweeps", sweeps, "sweeps"), this, out, err);
        }

        @Override
        public String mark(String line) {
            return times == 1 ? line : number + ": " + line;
        }

        void ended(Child ended) throws IOException, InterruptedException {
            Case path = ended.of;
            int code = ended.exitCode();
            List<Integer> missing = new ArrayList<>();
            for (int recipients : path.recipients) {
                Path file = run.directory().path().resolve(SweepCase.fileOf(path.path, recipients));
                if (Files.exists(file)) {
                    rows.add(Json.read(file, SweepFile.Row.class));
                    Files.delete(file);
                } else {
                    missing.add(recipients);
                }
            }
            if (!run.isStopped() && (code != 0 || !missing.isEmpty())) {
                run.problem(path.path + ": " + (ended.hangs.isEmpty() ? "its process ended with exit code " + code
                        : ended.hangs)
                        + (missing.isEmpty() ? "" : ", without an edge for N in " + missing));
            }
            run.finished(rows.size());
        }

        @Override
        public void sumUp(RunDirectory directory, boolean interrupted) throws IOException {
            rows.sort(Comparator.comparingInt(row -> paths().indexOf(row.path())));
            if (!rows.isEmpty()) {
                out.println();
                lines(rows, bound).forEach(out::println);
            }
            directory.writeJson(RunDirectory.SWEEP, new SweepFile(SweepFile.SCHEMA, bound.toNanos() / 1e6, rows));
            if (directory.hasTrials()) {
                fixed(directory.writeSummary(typed, run.startedAt())).forEach(out::println);
            }
        }

        @Override
        public Set<Report.Format> report(RunDirectory directory) {
            boolean trials = Files.exists(directory.path().resolve("summary.json"));
            return trials ? EnumSet.allOf(Report.Format.class) : Set.of();
        }
    }

    /** The table of the rates of {@link SweepCase.At}; empty if there are none. */
    private static List<String> fixed(Summary summary) {
        List<Summary.Row> rows = summary.rows().stream().filter(row -> row.benchmark().equals(SweepCase.FIXED)).toList();
        List<String> lines = new ArrayList<>();
        if (!rows.isEmpty()) {
            lines.add("");
            lines.addAll(SummaryTable.lines(new Summary(summary.schema(), summary.unit(), rows)));
        }
        return lines;
    }

    /** The table of edges, with the ratio to the first path of the same run: the machine's speed changes all edges alike. */
    static List<String> lines(List<SweepFile.Row> rows, Duration bound) {
        String first = rows.isEmpty() ? "" : rows.get(0).path();
        Map<Integer, Double> reference = rows.stream().filter(row -> row.path().equals(first) && row.edge() > 0)
                .collect(Collectors.toMap(SweepFile.Row::recipients, SweepFile.Row::edge));
        Table table = new Table("lrrrrrrrrrl", "path", "N", "edge/s", "x", "CPU us", "cores", "p50 ms", "p99 ms", "p99.9 ms",
                "fails at/s", "why");
        for (SweepFile.Row row : rows) {
            boolean found = row.p50() > 0;
            table.add(row.path(), Integer.toString(row.recipients()), number(row.edge(), "%,.0f"),
                    reference.containsKey(row.recipients())
                            ? number(row.edge() / reference.get(row.recipients()), "%.2f") : "-",
                    cpu(row), cores(row),
                    found ? number(row.p50() / 1e6, "%,.1f") : "-", found ? number(row.p99() / 1e6, "%,.1f") : "-",
                    found ? number(row.p999() / 1e6, "%,.1f") : "-",
                    row.failed() == null ? "-" : number(row.failed(), "%,.0f"),
                    row.why() + (row.settled() ? "" : " (not settled)"));
        }
        List<String> lines = new ArrayList<>(table.aligned());
        lines.add("Edge: the rate that holds with probability 0.5. A rate holds if it is not saturated and completed p99 is "
                + "under " + bound.toMillis() + " ms. Latencies: of the highest rate up to it that held.");
        lines.add("x: edge / edge of the first path in the same run. CPU: of sender, recipients and broker for each event, near"
                + " the edge; cores: edge x CPU.");
        lines.add("If a repeated edge differs and its cores do not, the CPU time of an event has changed.");
        return lines;
    }

    /**
     * The table of the differences between several sweeps; empty if no edge was found more than once.
     *
     * @param times the rows of each sweep
     */
    static List<String> apart(List<List<SweepFile.Row>> times) {
        Table table = new Table("lrrrrrrl", "path", "N", "edges/s", "apart", "CPU us", "apart", "cores", "apart");
        for (SweepFile.Row row : times.get(0)) {
            List<SweepFile.Row> same = times.stream().flatMap(List::stream).filter(other -> other.path().equals(row.path())
                    && other.recipients() == row.recipients()).toList();
            if (same.size() == times.size()) { // otherwise a problem names the missing one
                table.add(row.path(), Integer.toString(row.recipients()),
                        all(same, found -> number(found.edge(), "%,.0f")), ratio(same, SweepFile.Row::edge),
                        all(same, SweepRun::cpu),
                        ratio(same, found -> found.cpuMicros() == null ? Double.NaN : found.cpuMicros()),
                        all(same, SweepRun::cores), ratio(same, SweepFile.Row::cores));
            }
        }
        if (times.size() == 1 || table.rows().isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of(""));
        lines.addAll(table.aligned());
        lines.add("apart: the largest / the smallest of " + times.size() + " interleaved sweeps, each with its own JVMs.");
        return lines;
    }

    private static String all(List<SweepFile.Row> rows, Function<SweepFile.Row, String> text) {
        return rows.stream().map(text).collect(Collectors.joining(" "));
    }

    /** Largest ÷ smallest; "-" if a value is unknown, or the smallest is 0. */
    private static String ratio(List<SweepFile.Row> rows, ToDoubleFunction<SweepFile.Row> value) {
        DoubleSummaryStatistics of = rows.stream().mapToDouble(value).summaryStatistics();
        double ratio = of.getMax() / of.getMin(); // NaN if a value is
        return Double.isFinite(ratio) ? number(ratio, "%.2f") : "-";
    }

    private static String cpu(SweepFile.Row row) {
        return row.cpuMicros() == null ? "-" : number(row.cpuMicros(), row.cpuMicros() < 100 ? "%.1f" : "%,.0f");
    }

    private static String cores(SweepFile.Row row) {
        return row.cpuMicros() == null ? "-" : number(row.cores(), "%.2f");
    }

    private static String number(double value, String format) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Ends the run early and keeps the edges that were found; ends the sweeps' JVMs. May be called by another thread. */
    public void interrupt() {
        repeats.forEach(repeat -> repeat.run.stop());
        endChildren();
    }

    private void endChildren() {
        children.forEach(child -> child.process.handle().destroy());
        for (Child child : children) {
            try {
                if (!child.process.waitFor(END)) {
                    child.process.kill();
                }
            } catch (InterruptedException e) {
                child.process.kill();
            }
        }
    }
}
