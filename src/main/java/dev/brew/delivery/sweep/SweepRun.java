package dev.brew.delivery.sweep;

import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.report.SummaryTable;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Summary;
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
 * sweep.json and one page. The whole can be made more than once side by side, each time in JVMs and a run directory of its
 * own, a rate of one time beside the same path's of the next: how far their edges lie apart is not the machine's drift, for
 * both met the same. {@link #run} is for one thread; {@link #interrupt} may come from another.
 */
public final class SweepRun {

    /** A line of a path's JVM that is for us: it is ready for its next turn. */
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
     * @param recipients a sweep for each of these numbers
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
         * Starts it. It prints {@link #TURN_OVER} when it is ready and after each of its turns, measures when it reads a line, and
         * ends when its standard input ends.
         *
         * @param directory where it writes its trials and edges, absolute
         */
        ChildProcess start(Path directory) throws IOException;
    }

    /**
     * sweep.json.
     *
     * @param schema      version of this file's form
     * @param boundMillis on completed p99
     */
    public record Sweep(int schema, double boundMillis, List<SweepCase.Row> edges) {
        static final int SCHEMA = 1;
    }

    /**
     * @param times   how often the whole is made, side by side; 1 or more
     * @param patience how long a path's JVM may say nothing, else it hangs and is ended
     * @param results where the run directories go
     * @param typed   what was typed
     */
    public SweepRun(List<Case> cases, int times, Duration bound, Duration patience, Path results, List<String> typed, PrintStream out, PrintStream err,
                    InstantSource clock) {
        this.cases = List.copyOf(cases);
        this.sweeps = cases.stream().mapToInt(one -> one.recipients.size()).sum();
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
     * @return the exit code: 0 if every sweep came to its end, else 1
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
        for (Case one : cases) { // a path's times stand side by side, so that they meet the same moments
            for (Repeat repeat : repeats) {
                if (!repeat.run.isStopped()) {
                    start(one, repeat);
                }
            }
        }
        while (!children.isEmpty()) {
            for (Child one : children) {
                if (!one.turn()) {
                    children.remove(one);
                    one.repeat.ended(one);
                }
            }
        }
    }

    private List<String> paths() {
        return cases.stream().map(Case::path).toList();
    }

    private void start(Case one, Repeat repeat) throws IOException, InterruptedException {
        Child started = new Child(one, repeat, one.starter.start(repeat.run.directory().path().toAbsolutePath()));
        children.add(started);
        if (repeat.run.isStopped()) { // the interrupt may have come between the two
            started.process.handle().destroy();
        }
        started.relay();
    }

    /** The JVM of a path. For the thread that runs the sweeps; only its process is thread-safe. */
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

        /** Shows what it prints until its turn is over; false if it has ended. */
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

        /** Its exit code; a JVM that does not end is ended. Its broker ends with it. */
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
        private final List<SweepCase.Row> rows = new ArrayList<>();

        Repeat(int number, Path results) {
            this.number = number;
            this.run = new Run(new Run.Plan(results, "sweep", sweeps + " sweeps", sweeps, "sweeps"), this, out, err);
        }

        @Override
        public String mark(String line) {
            return times == 1 ? line : number + ": " + line;
        }

        void ended(Child ended) throws IOException, InterruptedException {
            Case one = ended.of;
            int code = ended.exitCode();
            List<Integer> missing = new ArrayList<>();
            for (int recipients : one.recipients) {
                Path file = run.directory().path().resolve(SweepCase.fileOf(one.path, recipients));
                if (Files.exists(file)) {
                    rows.add(Json.read(file, SweepCase.Row.class));
                    Files.delete(file);
                } else {
                    missing.add(recipients);
                }
            }
            if (!run.isStopped() && (code != 0 || !missing.isEmpty())) {
                run.problem(one.path + ": " + (ended.hangs.isEmpty() ? "its process ended with exit code " + code : ended.hangs)
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
            directory.writeJson("sweep.json", new Sweep(Sweep.SCHEMA, bound.toNanos() / 1e6, rows));
            if (!directory.trials().isEmpty()) {
                fixed(directory.writeSummary(typed, run.startedAt())).forEach(out::println);
            }
        }

        @Override
        public Set<Report.Format> report(RunDirectory directory) {
            boolean trials = Files.exists(directory.path().resolve("summary.json"));
            return trials ? EnumSet.allOf(Report.Format.class) : Set.of();
        }
    }

    /** The table of what {@link SweepCase.At} asked for; nothing if it was nothing. */
    private static List<String> fixed(Summary summary) {
        List<Summary.Row> rows = summary.rows().stream().filter(row -> row.benchmark().equals(SweepCase.FIXED)).toList();
        List<String> lines = new ArrayList<>();
        if (!rows.isEmpty()) {
            lines.add("");
            lines.addAll(SummaryTable.lines(new Summary(summary.schema(), summary.unit(), rows)));
        }
        return lines;
    }

    /** The table of edges, each beside that of the first path in the same run: a machine's speed moves all of them. */
    public static List<String> lines(List<SweepCase.Row> rows, Duration bound) {
        String first = rows.isEmpty() ? "" : rows.get(0).path();
        Map<Integer, Double> reference = rows.stream().filter(row -> row.path().equals(first) && row.edge() > 0)
                .collect(Collectors.toMap(SweepCase.Row::recipients, SweepCase.Row::edge));
        Table table = new Table("lrrrrrrrrrl", "path", "N", "edge/s", "x", "CPU us", "cores", "p50 ms", "p99 ms", "p99.9 ms",
                "fails at/s", "why");
        for (SweepCase.Row row : rows) {
            boolean found = row.p50() > 0;
            table.add(row.path(), Integer.toString(row.recipients()), number(row.edge(), "%,.0f"),
                    reference.containsKey(row.recipients())
                            ? number(row.edge() / reference.get(row.recipients()), "%.2f") : "-",
                    cpu(row), cores(row),
                    found ? number(row.p50() / 1e6, "%,.1f") : "-", found ? number(row.p99() / 1e6, "%,.1f") : "-",
                    found ? number(row.p999() / 1e6, "%,.1f") : "-",
                    row.failed() == null ? "-" : number(row.failed(), "%,.0f"), row.why() + (row.settled() ? "" : " (not settled)"));
        }
        List<String> lines = new ArrayList<>(table.aligned());
        lines.add("Edge: the rate that holds as often as not; to hold is not to be saturated, and completed p99 under "
                + bound.toMillis() + " ms. Latencies: of the highest rate up to it that held.");
        lines.add("x: edge / that of the first path in the same run. CPU: of sender, recipients and broker for each event, near"
                + " the edge; cores: edge x CPU.");
        lines.add("Where a repeated edge differs and its cores do not, the machine took longer for an event, or less long.");
        return lines;
    }

    /**
     * The table of how far apart the edges of several times are; nothing if no edge was found more than once.
     *
     * @param times of each time, its rows
     */
    static List<String> apart(List<List<SweepCase.Row>> times) {
        Table table = new Table("lrrrrrrl", "path", "N", "edges/s", "apart", "CPU us", "apart", "cores", "apart");
        for (SweepCase.Row row : times.get(0)) {
            List<SweepCase.Row> same = times.stream().flatMap(List::stream).filter(other -> other.path().equals(row.path())
                    && other.recipients() == row.recipients()).toList();
            if (same.size() == times.size()) { // else one of them said why it is missing
                table.add(row.path(), Integer.toString(row.recipients()),
                        all(same, one -> number(one.edge(), "%,.0f")), ratio(same, SweepCase.Row::edge),
                        all(same, SweepRun::cpu), ratio(same, one -> one.cpuMicros() == null ? Double.NaN : one.cpuMicros()),
                        all(same, SweepRun::cores), ratio(same, SweepCase.Row::cores));
            }
        }
        if (times.size() == 1 || table.rows().isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of(""));
        lines.addAll(table.aligned());
        lines.add("apart: the largest / the smallest of " + times.size() + " sweeps that took turns, each in JVMs of its own.");
        return lines;
    }

    private static String all(List<SweepCase.Row> rows, Function<SweepCase.Row, String> text) {
        return rows.stream().map(text).collect(Collectors.joining(" "));
    }

    /** Largest ÷ smallest; "-" where one is not known, or the smallest is 0. */
    private static String ratio(List<SweepCase.Row> rows, ToDoubleFunction<SweepCase.Row> value) {
        DoubleSummaryStatistics of = rows.stream().mapToDouble(value).summaryStatistics();
        double ratio = of.getMax() / of.getMin(); // NaN if one of them is
        return Double.isFinite(ratio) ? number(ratio, "%.2f") : "-";
    }

    private static String cpu(SweepCase.Row row) {
        return row.cpuMicros() == null ? "-" : number(row.cpuMicros(), row.cpuMicros() < 100 ? "%.1f" : "%,.0f");
    }

    private static String cores(SweepCase.Row row) {
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
        children.forEach(one -> one.process.handle().destroy());
        for (Child one : children) {
            try {
                if (!one.process.waitFor(END)) {
                    one.process.kill();
                }
            } catch (InterruptedException e) {
                one.process.kill();
            }
        }
    }
}
