package dev.brew.delivery.suite;

import dev.brew.delivery.bench.OpenLoad;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.jvm.Secrets;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.report.Answer;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.report.SummaryTable;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.run.Run;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.text.AtomicFile;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.EditedLines;
import dev.brew.delivery.text.Few;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.WorkloadParams;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.util.UnCloseablePrintStream;

/**
 * One run of the suite: every case in rounds of one trial each, then the summary and JMH's own files. {@link #run} is for
 * one thread; {@link #interrupt} may be called by another.
 */
public final class SuiteRun {

    private static final Duration FORK_GRACE = Duration.ofSeconds(8);
    private static final int MAX_SEED = 1_000_000_000;

    private final SuiteOptions options;
    private final List<Case> cases;
    private final List<String> leftOut;
    private final PrintStream out;
    private final InstantSource clock;
    private final Map<Case, BenchmarkParams> params = new LinkedHashMap<>();
    private final Map<Case, List<BenchmarkResult>> data = new LinkedHashMap<>();
    private final ForkLog forkLog = new ForkLog();
    private final Run run;
    /** False for a plain run of JMH, whose trials are forks. */
    private final boolean blocks;
    private int ended;

    /**
     * Plans a run. Writes nothing; starts only the JVM of {@code -jvm}, to check it.
     *
     * @throws UsageException if the options select no valid run
     */
    public SuiteRun(SuiteOptions options, PrintStream out, PrintStream err, InstantSource clock)
            throws UsageException {
        this.options = options;
        Plan plan = Plan.of(options, BenchmarkList.defaultList()).requireBrokers(options.system(), System.getenv());
        this.cases = plan.cases();
        this.leftOut = plan.leftOut();
        this.out = out;
        this.clock = clock;
        Preflight.check(options);
        this.blocks = options.plain().isEmpty() && cases.stream().noneMatch(each -> each.params().containsKey(OpenLoad.RATE));
        options.requireFit(blocks);
        int trials = cases.stream().mapToInt(Case::trials).sum();
        String title = blocks ? options.blocks().stream().mapToObj(count -> count + (count == 1 ? " block" : " blocks"))
                .findFirst().orElse("blocks") + " of " + cases.size() + (cases.size() == 1 ? " row" : " rows")
                + (options.blocks().isPresent() ? "" : " in " + options.budget().toSeconds() + " s")
                : trials + " trials of " + cases.size() + " benchmarks";
        this.run = new Run(new Run.Plan(options.results(), options.label(), title,
                blocks ? options.blocks().orElse(1) : trials, blocks ? "blocks" : "trials"), new Ending(), out, err);
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if every trial has succeeded and is on disk, else 1
     * @throws IOException if the results directory cannot be written
     */
    public int run() throws IOException {
        TrialRun.keepQuietAboutUnsafe();
        System.gc(); // shrinks the heap, which begins with 1/64 of the machine's memory; it grows again by need
        return run.run(clock, () -> {
            announce();
            runRounds();
        });
    }

    /**
     * Ends the run early and keeps the trials that have finished; called from a shutdown hook. No trial starts after
     * this. Forks get SIGTERM first, so that they can delete their topics on a cluster, and are killed after 8 seconds.
     */
    public void interrupt() {
        run.stop();
        List<ProcessHandle> forks = ProcessHandle.current().children().toList(); // brokers end with their forks
        forks.forEach(ProcessHandle::destroy);
        CompletableFuture.allOf(forks.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, FORK_GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
        forks.forEach(ProcessHandle::destroyForcibly);
        run.closeInterrupted(); // with -f 0 the run's own thread may still be measuring
    }

    private void announce() {
        leftOut.forEach(out::println);
        announceBroker();
    }

    /** Prints the choice of broker=auto; every fork chooses the same. */
    private void announceBroker() {
        if (cases.stream().anyMatch(each -> each.params().containsKey("broker"))) {
            KafkaOptions.of("all", options.system()).unused(Brokers.client(options.system())).ifPresent(out::println);
        }
        cases.stream().map(Case::params).filter(params -> "auto".equals(params.get("broker"))).map(Brokers.Wanted::of)
                .distinct().forEach(wanted -> {
                    Brokers.Choice choice = Brokers.choose(wanted, options.system(), System.getenv());
                    out.printf("%s: %s (%s)%n", wanted, choice.broker(), choice.why());
                });
    }

    private Path logFile() {
        return options.jmh().getOutput().hasValue() ? Path.of(options.jmh().getOutput().get())
                : run.directory().path().resolve("jmh.log");
    }

    private void runRounds() throws Exception {
        Secrets secrets = options.secrets();
        OutputStream file = Attempt.to("write JMH's output to " + logFile(), () -> Files.newOutputStream(logFile()));
        try (PrintStream log = new PrintStream(new EditedLines(file, secrets::hide, secrets.longest(), forkLog::see), true,
                StandardCharsets.UTF_8)) {
            if (blocks) {
                runBlocks(log);
            } else {
                runRounds(log);
            }
        }
    }

    private void runBlocks(PrintStream log) throws Exception {
        int seed = options.seed().orElseGet(() -> new SecureRandom().nextInt(MAX_SEED));
        out.printf("Order of rows: --seed %d%n", seed);
        BlockProgress progress = new BlockProgress(out, log, clock, ZoneId.systemDefault(), options.budget(),
                options.leastBlocks(), options.blocks(), options.slices(), cases);
        for (int block = 1; progress.hasNext() && !stopped(); block++) {
            if (run.directory().hasTrials()) { // if this process is killed, the blocks that are done are summed up
                run.unlessClosed(() -> run.directory().writeSummary(options.typed(), run.startedAt()));
            }
            forkLog.forget();
            progress.starts(block);
            BlockRun.Outcome outcome = new BlockRun(new BlockJvm.Block(Optional.empty(), options, cases,
                    31L * seed + block, run.directory(), block, BlockJvm.Around.ALONE), progress).run();
            if (run.isStopped()) {
                return; // the interrupt ended the block's JVM
            }
            List<String> problems = enter(block, outcome);
            progress.ended(problems);
            run.finished(ended, Math.max(progress.expected(), block));
            if (block == 1 && outcome.results().isEmpty()) {
                return; // the next blocks would fail, too
            }
        }
    }

    /** Enters a block; the rows that it has measured whole count even if others failed. */
    private List<String> enter(int block, BlockRun.Outcome outcome) throws IOException {
        List<String> found = new ArrayList<>(outcome.problems());
        for (Map.Entry<Case, BenchmarkResult> row : outcome.results().entrySet()) {
            params.put(row.getKey(), row.getValue().getParams());
            data.computeIfAbsent(row.getKey(), key -> new ArrayList<>()).add(MergedIteration.of(row.getValue()));
            missing(run.directory().trial(row.getKey().stem(), block), labels(row.getValue())).ifPresent(problem ->
                    found.add(row.getKey().title() + ": " + problem));
        }
        found.replaceAll(forkLog::explain);
        found.forEach(problem -> run.problem("block " + block + ": " + problem));
        ended += found.isEmpty() ? 1 : 0;
        return found;
    }

    private void runRounds(PrintStream log) throws IOException {
        Progress progress = new Progress(out, clock, ZoneId.systemDefault(), cases);
        int rounds = cases.stream().mapToInt(Case::trials).max().orElse(0);
        for (int trial = 1; trial <= rounds; trial++) {
            for (Case next : cases) {
                if (trial <= next.trials() && !stopped()) {
                    progress.starts(next, trial);
                    forkLog.forget();
                    TrialRun ran = TrialRun.run(CaseOptions.of(next, trial, options, run.directory().path()), jmhOutput(log));
                    progress.ended(next, enter(next, trial, ran));
                }
            }
        }
    }

    private OutputFormat jmhOutput(OutputStream log) throws IOException {
        PrintStream open = new UnCloseablePrintStream(log, StandardCharsets.UTF_8);
        return MergedOutput.of(OutputFormatFactory.createFormatInstance(open,
                options.jmh().verbosity().orElse(Defaults.VERBOSITY)));
    }

    /** True if a trial has failed and {@code -foe true} was given, or if the run was interrupted. */
    private boolean stopped() {
        return run.isStopped() || run.hasProblems() && options.jmh().shouldFailOnError().orElse(false);
    }

    /** Enters a trial, and returns its outcome for the progress line. */
    private String enter(Case of, int trial, TrialRun ran) throws IOException {
        if (run.isStopped()) { // the interrupt ended the fork
            return "interrupted";
        }
        List<String> found = new ArrayList<>(ran.problems());
        if (found.isEmpty()) {
            params.put(of, ran.params().orElseThrow());
            List<BenchmarkResult> forks = data.computeIfAbsent(of, key -> new ArrayList<>());
            ran.data().forEach(fork -> forks.add(MergedIteration.of(fork)));
        }
        String outcome = found.isEmpty() ? check(of, trial, ran, found) : "";
        found.replaceAll(forkLog::explain);
        found.forEach(problem -> run.problem(of.title() + ", trial " + trial + ": " + problem));
        ended += found.isEmpty() ? 1 : 0;
        run.finished(ended);
        return found.isEmpty() ? outcome : "FAILED: " + String.join("; ", found);
    }

    /** The files or metrics of the profiler that are not there: JMH ignores a profiler that fails. */
    private static Optional<String> missing(Optional<RunDirectory.Trial> written, Set<String> labels) {
        if (written.isEmpty()) {
            return Optional.of("the trial has written no files");
        }
        TreeSet<String> absent = new TreeSet<>(Series.toldToJmh(written.get().info().series()));
        absent.removeAll(labels);
        return absent.isEmpty() ? Optional.empty() : Optional.of("metrics did not come: " + Few.of(absent, ", "));
    }

    private static Set<String> labels(BenchmarkResult result) {
        return result.getIterationResults().stream().flatMap(each -> each.getRawSecondaryResults().keys().stream())
                .collect(Collectors.toSet());
    }


    private String check(Case of, int trial, TrialRun ran, List<String> found) throws IOException {
        Optional<RunDirectory.Trial> written = run.directory().trial(of.stem(), trial);
        missing(written, ran.labels()).ifPresent(found::add);
        if (written.isEmpty()) {
            return "";
        }
        Quantiles completed = written.get().completed();
        return String.format(Locale.ROOT, "p50 %.1f µs, p99 %.1f µs", completed.p50() / 1e3, completed.p99() / 1e3);
    }

    /** The end of a run of the suite. */
    private final class Ending implements Run.Kind {

        @Override
        public void sumUp(RunDirectory directory, boolean interrupted) throws IOException {
            System.gc(); // as at the start: the sums and pictures need less than what the trials' results have left behind
            CompletableFuture<Optional<String>> json = interrupted ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.supplyAsync(() -> writeJson(directory)); // beside the summary: they take as long
            try {
                writeSummary(directory);
            } finally {
                json.join().ifPresent(run::failure);
                if (!interrupted) {
                    writeResultFile(directory);
                }
            }
        }

        @Override
        public Set<Report.Format> report(RunDirectory directory) {
            boolean trials = Files.exists(directory.path().resolve("summary.json"));
            return trials ? EnumSet.allOf(Report.Format.class) : Set.of();
        }

        @Override
        public String progress(int finished, Run.Plan plan, int asked) {
            if (blocks) {
                return finished + " of " + asked + (asked == 1 ? " block" : " blocks");
            }
            return finished + " of " + plan.asked()
                    + (cases.stream().allMatch(Case::forked) ? " trials" : " runs without a fresh JVM");
        }
    }

    private void writeSummary(RunDirectory directory) throws IOException {
        Files.deleteIfExists(directory.path().resolve(CaseOptions.RESULT_OF_TRIAL));
        if (!directory.hasTrials()) {
            return;
        }
        Summary summary = directory.writeSummary(options.typed(), run.startedAt());
        Environment environment = directory.environment();
        List<String> conditions = summary.rows().stream().flatMap(row -> environment.conditions(row.stem()).stream())
                .distinct().toList();
        run.notes(conditions);
        out.println();
        SummaryTable.lines(summary, conditions).forEach(out::println);
        Answer.lines(summary, environment).forEach(out::println);
    }

    /** Writes JMH's file once, and not after every trial: it holds all trials. Returns why it could not be written. */
    private Optional<String> writeJson(RunDirectory directory) {
        Path json = directory.path().resolve("jmh.json");
        return Run.attempt(json + " could not be written",
                () -> AtomicFile.write(json, temporary -> ResultFile.writeJson(results()::iterator, temporary)));
    }

    private void writeResultFile(RunDirectory directory) {
        ResultFile.of(options.jmh()).ifPresent(file -> Run.attempt(file.option() + " could not be written",
                () -> file.write(results().toList(), directory.path(), out)).ifPresent(run::failure));
    }

    /** Each result is merged when it is its turn. */
    private Stream<RunResult> results() {
        return data.entrySet().stream().map(entry -> new MergedRun(withForks(params.get(entry.getKey()), entry.getKey()),
                entry.getValue()));
    }

    /** The number of forks for JMH's result file: JMH itself ran one fork at a time. */
    private BenchmarkParams withForks(BenchmarkParams ran, Case of) {
        int forks = blocks ? data.get(of).size() : of.forked() ? of.trials() : 0;
        IterationParams one = ran.getMeasurement();
        IterationParams measurement = blocks
                ? new IterationParams(one.getType(), options.slices(), one.getTime(), one.getBatchSize()) : one;
        WorkloadParams workload = new WorkloadParams();
        of.params().forEach((name, value) -> workload.put(name, value, 0));
        return new BenchmarkParams(ran.getBenchmark(), ran.generatedBenchmark(), ran.shouldSynchIterations(),
                ran.getThreads(), ran.getThreadGroups(), ran.getThreadGroupLabels(),
                forks, ran.getWarmupForks(), ran.getWarmup(), measurement,
                ran.getMode(), workload, ran.getTimeUnit(), ran.getOpsPerInvocation(), ran.getJvm(),
                JvmArguments.withoutSecrets(List.copyOf(ran.getJvmArgs())),
                ran.getJdkVersion(), ran.getVmName(), ran.getVmVersion(), ran.getJmhVersion(), ran.getTimeout());
    }
}
