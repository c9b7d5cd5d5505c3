package dev.brew.delivery.suite;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.jvm.Secrets;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.report.SummaryTable;
import dev.brew.delivery.report.WarmUpNotice;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.text.AtomicFile;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.EditedLines;
import dev.brew.delivery.text.Few;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.WorkloadParams;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.util.UnCloseablePrintStream;

/**
 * One run: every case in rounds of one trial each, its results directory, and the verdict. What has ended stays on
 * disk whatever comes after it. {@link #run} is for one thread; {@link #interrupt} may come from another.
 */
public final class SuiteRun {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final Duration FORK_GRACE = Duration.ofSeconds(8);

    private final SuiteOptions options;
    private final List<Case> cases;
    private final List<String> leftOut;
    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock;
    private final Map<Case, BenchmarkParams> params = new LinkedHashMap<>();
    private final Map<Case, List<BenchmarkResult>> data = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final ForkLog forkLog = new ForkLog();
    private final int asked;
    private volatile RunDirectory directory;
    private Instant startedAt;
    private int ended;
    private volatile boolean stopping;
    private boolean closed;

    /**
     * Plans a run; nothing is written, and nothing started but the JVM that was typed, to see whether it starts.
     *
     * @throws UsageException if the options do not make a run
     */
    public SuiteRun(SuiteOptions options, PrintStream out, PrintStream err, InstantSource clock)
            throws UsageException {
        this.options = options;
        Plan plan = Plan.of(options, BenchmarkList.defaultList()).requireBrokers(options.system(), System.getenv());
        this.cases = plan.cases();
        this.leftOut = plan.leftOut();
        this.out = out;
        this.err = err;
        this.clock = clock;
        Preflight.check(options);
        this.asked = cases.stream().mapToInt(Case::trials).sum();
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if every trial asked for has ended well and is on disk, else 1
     * @throws IOException if the results directory cannot be written
     */
    public int run() throws IOException {
        startedAt = clock.instant();
        TrialRun.keepQuietAboutUnsafe();
        try (RunLock lock = RunLock.acquire(err)) {
            directory = RunDirectory.create(options.results(), startedAt, options.label());
            directory.writeJson("status.json", Status.running(0, asked));
            try {
                announce();
                runRounds();
            } catch (IOException | RuntimeException | Error e) { // whatever it is, the run ends in order
                addProblem("the run broke: " + Reason.of(e));
            }
            return close(stopping); // the fork's end, of which the hook is the cause, comes here first as a rule
        } catch (RunLock.TakenException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }

    /**
     * Ends the run early, with what has been finished, and ends its forks; called from a shutdown hook. No trial starts
     * once this has begun. A fork is asked first: it has to delete what it made on a cluster that is somebody else's.
     */
    public void interrupt() {
        stopping = true;
        List<ProcessHandle> forks = ProcessHandle.current().children().toList(); // brokers end with their forks
        forks.forEach(ProcessHandle::destroy);
        CompletableFuture.allOf(forks.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, FORK_GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
        forks.forEach(ProcessHandle::destroyForcibly);
        try {
            if (directory != null) {
                close(true);
            }
        } catch (IOException e) {
            err.println("the interrupted run could not be summed up: " + Reason.of(e));
        }
    }

    private void announce() {
        out.printf("%d trials of %d benchmarks, results in %s%n", asked, cases.size(), directory.path());
        leftOut.forEach(out::println);
        tellBroker();
    }

    /** What broker=auto comes to; every fork decides alike. */
    private void tellBroker() {
        if (cases.stream().anyMatch(one -> one.params().containsKey("broker"))) {
            KafkaOptions.of("all", options.system()).unused(Brokers.client(options.system())).ifPresent(out::println);
        }
        cases.stream().map(Case::params).filter(of -> "auto".equals(of.get("broker"))).map(Brokers.Wanted::of)
                .distinct().forEach(wanted -> {
                    Brokers.Choice choice = Brokers.choose(wanted, options.system(), System.getenv());
                    out.printf("%s: %s (%s)%n", wanted, choice.broker(), choice.why());
                });
    }

    private Path logFile() {
        return options.jmh().getOutput().hasValue() ? Path.of(options.jmh().getOutput().get())
                : directory.path().resolve("jmh.log");
    }

    private void runRounds() throws IOException {
        Secrets secrets = options.secrets();
        OutputStream file = Attempt.to("write JMH's output to " + logFile(), () -> Files.newOutputStream(logFile()));
        try (PrintStream log = new PrintStream(new EditedLines(file, secrets::hide, secrets.longest(), forkLog::see), true,
                StandardCharsets.UTF_8)) {
            runRounds(log);
        }
    }

    private void runRounds(PrintStream log) throws IOException {
        Progress progress = new Progress(out, clock, ZoneId.systemDefault(), cases);
        int rounds = cases.stream().mapToInt(Case::trials).max().orElse(0);
        for (int trial = 1; trial <= rounds; trial++) {
            for (Case one : cases) {
                if (trial <= one.trials() && !stopped()) {
                    progress.starts(one, trial);
                    forkLog.forget();
                    TrialRun ran = TrialRun.run(CaseOptions.of(one, trial, options, directory.path()), jmhOutput(log));
                    progress.ended(one, enter(one, trial, ran));
                }
            }
        }
    }

    private OutputFormat jmhOutput(OutputStream log) throws IOException {
        return OutputFormatFactory.createFormatInstance(new UnCloseablePrintStream(log, StandardCharsets.UTF_8),
                options.jmh().verbosity().orElse(Defaults.VERBOSITY));
    }

    /** True if a trial has failed and {@code -foe true} was asked for, or if the run was interrupted. */
    private synchronized boolean stopped() {
        return stopping || closed || !problems.isEmpty() && options.jmh().shouldFailOnError().orElse(false);
    }

    private synchronized void addProblem(String problem) {
        problems.add(problem);
    }

    /** Takes a trial in, and returns what the progress line says of it. */
    private synchronized String enter(Case one, int trial, TrialRun ran) throws IOException {
        if (stopping || closed) { // what the fork died of is the interruption
            return "interrupted";
        }
        List<String> found = new ArrayList<>(ran.problems());
        if (found.isEmpty()) {
            params.put(one, ran.params().orElseThrow());
            data.computeIfAbsent(one, key -> new ArrayList<>()).addAll(ran.data());
        }
        String outcome = found.isEmpty() ? check(one, trial, ran, found) : "";
        found.replaceAll(forkLog::explain);
        found.forEach(problem -> problems.add(one.title() + ", trial " + trial + ": " + problem));
        ended += found.isEmpty() ? 1 : 0;
        directory.writeJson("status.json", Status.running(ended, asked));
        return found.isEmpty() ? outcome : "FAILED: " + String.join("; ", found);
    }

    /** JMH swallows a profiler that fails: so look whether its metrics and files are there. */
    private String check(Case one, int trial, TrialRun ran, List<String> found) throws IOException {
        var written = directory.trial(one.stem(), trial);
        if (written.isEmpty()) {
            found.add("the trial has written no files");
            return "";
        }
        List<String> series = Series.toldToJmh(written.get().info().series());
        if (!ran.labels().containsAll(series)) {
            TreeSet<String> absent = new TreeSet<>(series);
            absent.removeAll(ran.labels());
            found.add("metrics did not come: " + Few.of(absent, ", "));
        }
        Quantiles completed = written.get().completed();
        return String.format(Locale.ROOT, "p50 %.1f µs, p99 %.1f µs", completed.p50() / 1e3, completed.p99() / 1e3);
    }

    private synchronized int close(boolean interrupted) throws IOException {
        if (closed) {
            return FAILED;
        }
        closed = true;
        if (interrupted) {
            problems.add("interrupted after " + ended + " of " + asked + " trials");
        }
        List<String> conditions = new ArrayList<>();
        attempt("the run could not be summed up", () -> sumUp(conditions)).ifPresent(problems::add);
        List<String> unwritten = interrupted ? List.of() : writeResultFiles();
        Status status = Status.ended(interrupted, problems, ended, asked).noting(conditions);
        directory.writeJson("status.json", status);
        out.printf("%n%s: %d of %d %s, %s%n", status.state(), ended, asked,
                cases.stream().allMatch(Case::forked) ? "trials" : "runs without a fresh JVM", directory.path());
        problems.forEach(err::println);
        unwritten.forEach(err::println);
        boolean whole = interrupted || drawReport();
        return status.state() == Status.State.VALID && whole && unwritten.isEmpty() ? OK : FAILED;
    }

    /** @param conditions gets what sets the run apart, see {@link dev.brew.delivery.results.Conditions} */
    private void sumUp(List<String> conditions) throws IOException {
        Files.deleteIfExists(directory.path().resolve(CaseOptions.RESULT_OF_TRIAL));
        if (!directory.trials().isEmpty()) {
            Summary summary = directory.writeSummary(options.typed(), startedAt);
            Environment environment = directory.environment();
            summary.rows().stream().flatMap(row -> environment.conditions(row.stem()).stream()).distinct()
                    .forEach(conditions::add);
            out.println();
            SummaryTable.lines(summary, conditions).forEach(out::println);
            WarmUpNotice.of(environment, summary.rows()).ifPresent(out::println);
        }
    }

    /** JMH's files, once: not after every trial, since JMH aggregates all samples anew, which may take a minute. */
    private List<String> writeResultFiles() {
        List<String> unwritten = new ArrayList<>();
        Path json = directory.path().resolve("jmh.json");
        attempt(json + " could not be written", () -> AtomicFile.write(json, temporary ->
                ResultFormatFactory.getInstance(ResultFormatType.JSON, temporary.toString()).writeOut(results())))
                .ifPresent(unwritten::add);
        AskedFile.of(options.jmh()).ifPresent(asked -> attempt(asked.option() + " could not be written",
                () -> asked.write(results(), directory.path(), out)).ifPresent(unwritten::add));
        return unwritten;
    }

    /** A step of the end. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** What went wrong in a step, so that the steps after it are made all the same. */
    private static Optional<String> attempt(String failure, Step step) {
        try {
            step.run();
            return Optional.empty();
        } catch (IOException | RuntimeException | Error e) {
            return Optional.of(failure + ": " + Reason.of(e));
        }
    }

    /** The page and its files; false if something of them is missing. Fonts for PNG may be. */
    private boolean drawReport() {
        if (!Files.exists(directory.path().resolve("summary.json"))) {
            return true; // no trial has ended well: said already
        }
        List<String> undrawn = new ArrayList<>();
        attempt("the report could not be drawn", () -> {
            Report.Outcome outcome = Report.write(List.of(directory.path()), directory.path(),
                    EnumSet.allOf(Report.Format.class));
            outcome.written().stream().filter(file -> file.toString().endsWith(".html"))
                    .forEach(page -> out.println("report: " + page));
            outcome.noPng().ifPresent(err::println);
            undrawn.addAll(outcome.problems());
        }).ifPresent(undrawn::add);
        undrawn.forEach(err::println);
        return undrawn.isEmpty();
    }

    private List<RunResult> results() {
        List<RunResult> results = new ArrayList<>();
        data.forEach((one, forks) -> results.add(new RunResult(withForks(params.get(one), one), forks)));
        return results;
    }

    /** JMH ran one fork at a time; its result says how many there were. */
    private static BenchmarkParams withForks(BenchmarkParams ran, Case one) {
        WorkloadParams workload = new WorkloadParams();
        one.params().forEach((name, value) -> workload.put(name, value, 0));
        return new BenchmarkParams(ran.getBenchmark(), ran.generatedBenchmark(), ran.shouldSynchIterations(),
                ran.getThreads(), ran.getThreadGroups(), ran.getThreadGroupLabels(),
                one.forked() ? one.trials() : 0, ran.getWarmupForks(), ran.getWarmup(), ran.getMeasurement(),
                ran.getMode(), workload, ran.getTimeUnit(), ran.getOpsPerInvocation(), ran.getJvm(),
                JvmArguments.withoutSecrets(List.copyOf(ran.getJvmArgs())),
                ran.getJdkVersion(), ran.getVmName(), ran.getVmVersion(), ran.getJmhVersion(), ran.getTimeout());
    }
}
