package dev.brew.delivery.regress;

import dev.brew.delivery.compare.Calibration;
import dev.brew.delivery.compare.Comparison;
import dev.brew.delivery.compare.ComparisonFiles;
import dev.brew.delivery.compare.MeasuredComparison;
import dev.brew.delivery.compare.RowJudge;
import dev.brew.delivery.compare.Rule;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.Machine;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.Case;
import dev.brew.delivery.suite.Plan;
import dev.brew.delivery.suite.Preflight;
import dev.brew.delivery.suite.SuiteOptions;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Measures two jars, or one jar twice, in one job: pairs of trials in random order. The first stage measures all rows, the
 * second one the rows that the first one flagged; then comes the verdict. {@link #regress} and {@link #calibrate} are for one
 * thread; {@link #interrupt} may be called by another.
 */
public final class RegressRun {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int UNDECIDED = 3;
    /** Share of the budget for the first stage; the rest is for the second stage. */
    private static final double FIRST_STAGE_SHARE = 0.6;
    private static final long SEED_BOUND = 1_000_000_000;
    /** Number of pairs of a comparison that calibrate assumes. */
    private static final int GATED_PAIRS = RegressOptions.MIN_PAIRS;

    private final Path directory;
    private final Path results;
    private final Map<Side, JarUnderTest> jars;
    private final Pairing.All rows;
    private final Map<Side, RunDirectory> runs = new EnumMap<>(Side.class);
    private final PairedTrials trials;
    private final PrintStream out;
    private final PrintStream err;
    private RegressPlan plan;
    private volatile boolean stopping;
    private volatile boolean over;

    private RegressRun(Path directory, RegressPlan plan, Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed,
                       Optional<TrialLauncher> launcher, Duration deadline, PrintStream out, PrintStream err,
                       InstantSource clock) throws UsageException, IOException {
        this.directory = directory;
        this.results = directory.toAbsolutePath().normalize().getParent();
        this.plan = plan;
        this.jars = jars;
        this.out = out;
        this.err = err;
        this.rows = pairings(jars, typed);
        for (Side side : Side.values()) {
            runs.put(side, RunDirectory.make(directory.resolve(side.toString())));
        }
        this.trials = new PairedTrials(rows.pairings(), runs,
                launcher.orElseGet(() -> new ChildTrial(jars, typed, JvmArguments.ofThisJvm().forMeasuring(), deadline)),
                out, clock, () -> stopping);
    }

    /**
     * Plans a job and writes the plan; starts nothing.
     *
     * @throws UsageException if the options describe no valid job
     * @throws IOException    if the plan cannot be written
     */
    public static RegressRun regress(RegressOptions options, PrintStream out, PrintStream err, InstantSource clock)
            throws UsageException, IOException {
        return create("regress", options, Optional.empty(), out, err, clock);
    }

    /** As {@link #regress}, for one jar against itself. */
    public static RegressRun calibrate(RegressOptions options, PrintStream out, PrintStream err, InstantSource clock)
            throws UsageException, IOException {
        return create("calibrate", options, Optional.empty(), out, err, clock);
    }

    static RegressRun create(String kind, RegressOptions options, Optional<TrialLauncher> launcher, PrintStream out,
                             PrintStream err, InstantSource clock) throws UsageException, IOException {
        options.requireInRange();
        Map<Side, JarUnderTest> jars = jars(options.base(), options.candidate());
        Map<Side, RegressPlan.Jar> sides = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            List<String> arguments = SuiteOptions.overridden(options.benchmarks(),
                    side == Side.BASE ? options.baseArguments() : options.candidateArguments());
            sides.put(side, new RegressPlan.Jar(jars.get(side).path().toString(), jars.get(side).sha256(), arguments));
        }
        Map<Side, SuiteOptions> typed = typed(sides);
        pairings(jars, typed); // before anything is written
        for (Side side : Side.values()) {
            Preflight.check(typed.get(side));
        }
        Path results = typed.get(Side.BASE).results();
        Instant start = clock.instant();
        RegressPlan plan = new RegressPlan(RegressPlan.SCHEMA, kind, start.toString(),
                options.seed().orElseGet(() -> new SecureRandom().nextLong(SEED_BOUND)), sides.get(Side.BASE),
                sides.get(Side.CANDIDATE), options.budget().toSeconds(), options.pairs().isPresent(),
                options.pairs().orElse(0), 0, List.of(), Map.of(), options.margin().orElse(Rule.MARGIN),
                options.floor().toNanos(),
                kind.equals("regress") && options.margin().isEmpty() ? calibration(results, out) : null,
                JvmArguments.ofThisJvm().recorded());
        Path directory = RunDirectory.fresh(results, start, kind);
        RunDirectory.open(directory).writeJson(RegressPlan.FILE, plan);
        return new RegressRun(directory, plan, jars, typed, launcher, options.deadline(), out, err, clock);
    }

    /**
     * Continues an interrupted job.
     *
     * @param directory of the job
     * @param deadline  longest time of a trial beyond its iterations
     * @throws UsageException if there is no job, or a jar has changed
     */
    public static RegressRun resume(Path directory, Duration deadline, PrintStream out, PrintStream err,
                                    InstantSource clock) throws UsageException, IOException {
        return resume(directory, deadline, Optional.empty(), out, err, clock);
    }

    static RegressRun resume(Path directory, Duration deadline, Optional<TrialLauncher> launcher, PrintStream out,
                             PrintStream err, InstantSource clock) throws UsageException, IOException {
        if (!Files.exists(directory.resolve(RegressPlan.FILE))) {
            throw new UsageException("--resume " + directory + ": there is no " + RegressPlan.FILE);
        }
        RegressPlan plan = Json.read(directory.resolve(RegressPlan.FILE), RegressPlan.class, RegressPlan.SCHEMA);
        requireSameJvm(directory, plan.jvm(), JvmArguments.ofThisJvm().recorded());
        Map<Side, JarUnderTest> jars = jars(Path.of(plan.base().path()), Path.of(plan.candidate().path()));
        for (Side side : Side.values()) {
            if (!jars.get(side).sha256().equals(plan.jar(side).sha256())) {
                throw new UsageException("--resume " + directory + ": the " + side
                        + "'s jar is not the one that it was: "
                        + plan.jar(side).path());
            }
        }
        Map<Side, RegressPlan.Jar> sides = Map.of(Side.BASE, plan.base(), Side.CANDIDATE, plan.candidate());
        return new RegressRun(directory, plan, jars, typed(sides), launcher, deadline, out, err, clock);
    }

    /** @param begun null in files of older builds, which passed no flags on */
    static void requireSameJvm(Path directory, List<String> begun, List<String> now) throws UsageException {
        if (begun != null && !begun.equals(now)) {
            throw new UsageException("--resume " + directory + ": the job was begun with " + flags(begun)
                    + " before -jar, not with " + flags(now) + ": its trials would not be alike");
        }
    }

    private static String flags(List<String> jvm) {
        return jvm.isEmpty() ? "nothing" : String.join(" ", jvm);
    }

    private static Map<Side, JarUnderTest> jars(Path base, Path candidate) throws UsageException, IOException {
        JarUnderTest first = JarUnderTest.read("--base", base);
        JarUnderTest second = candidate.equals(base) ? first : JarUnderTest.read("--candidate", candidate);
        return Map.of(Side.BASE, first, Side.CANDIDATE, second);
    }

    private static Map<Side, SuiteOptions> typed(Map<Side, RegressPlan.Jar> sides) throws UsageException {
        Map<Side, SuiteOptions> typed = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            SuiteOptions options = SuiteOptions.parse(sides.get(side).arguments(), System.getProperties());
            var jmh = options.jmh();
            if (jmh.getForkCount().hasValue() || jmh.getOutput().hasValue() || options.asksForResultFile()) {
                throw new UsageException("-f, -o, -rf and -rff have no meaning here: --pairs or --budget says how many"
                        + " trials there are");
            }
            if (options.jmh().shouldHelp() || options.jmh().shouldList() || options.jmh().shouldListWithParams()
                    || options.jmh().shouldListProfilers() || options.jmh().shouldListResultFormats()) {
                throw new UsageException("-h, -l, -lp, -lprof and -lrf have no meaning here: they list without measuring");
            }
            if (!JvmArguments.withoutSecrets(options.typed()).equals(options.typed())) {
                throw new UsageException("a secret among the benchmarks' options would be kept in " + RegressPlan.FILE
                        + ": give it before -jar");
            }
            typed.put(side, options);
        }
        return typed;
    }

    private static Pairing.All pairings(Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed)
            throws UsageException {
        return Pairing.of(Plan.of(typed.get(Side.BASE), jars.get(Side.BASE).benchmarks())
                        .requireBrokers(typed.get(Side.BASE).system(), System.getenv()).cases(),
                Plan.of(typed.get(Side.CANDIDATE), jars.get(Side.CANDIDATE).benchmarks()).cases());
    }

    private static Calibration calibration(Path results, PrintStream out) throws IOException {
        if (!Calibration.isIn(results)) {
            return null;
        }
        Calibration found = Calibration.read(results);
        if (Machine.isSame(found.machine(), Machine.describe())) {
            return found;
        }
        out.println(results.resolve(Calibration.FILE) + " is of another machine and is not used");
        return null;
    }

    /** The directory of the job. */
    public Path directory() {
        return directory;
    }

    /**
     * Measures the missing trials and judges. The caller has held the {@link RunLock} since before the job was created.
     *
     * @param strict an undecided row is an error
     * @return the exit code: 0; 1 if the candidate is worse or has failed, or the job has failed; 3 if a row is undecided and
     *         {@code strict}, or if calibrate finds the machine too noisy for the given margin
     * @throws IOException if a file cannot be written or read
     */
    public int run(boolean strict) throws IOException, InterruptedException {
        try {
            return measure(strict);
        } finally {
            over = true;
        }
    }

    /** Writes both sides' status.json however the job ends. */
    int measure(boolean strict) throws IOException, InterruptedException {
        announce();
        try {
            return measureAndJudge(strict);
        } catch (IOException | RuntimeException | Error e) {
            List<String> why = stopping ? List.of() : List.of("the job broke: " + Reason.of(e));
            end(stopping, Map.of(Side.BASE, why, Side.CANDIDATE, why));
            throw e;
        }
    }

    private int measureAndJudge(boolean strict) throws IOException, InterruptedException {
        List<Integer> all = IntStream.range(0, rows.pairings().size()).boxed().toList();
        Optional<PairedTrials.Failure> failure = firstStage(all);
        if (failure.isPresent() || stopping) {
            return failed(failure);
        }
        List<RowJudge> first = judges(all, 1, plan.pairs());
        return plan.kind().equals("calibrate") ? calibrated(first) : secondStage(first, strict);
    }

    /**
     * Ends the running trial and starts no other; called from a shutdown hook. Does nothing once the job is over.
     */
    public void interrupt() {
        if (over) {
            return;
        }
        stopping = true;
        ProcessHandle.current().children().forEach(ChildTrial::end);
        try {
            end(true, Map.of());
        } catch (IOException e) {
            err.println("the interrupted job's status could not be written: " + e);
        }
        out.printf("%ninterrupted; --resume %s goes on%n", directory);
    }

    /** Writes the end and its reasons to both sides' status.json. */
    private void end(boolean interrupted, Map<Side, List<String>> problems) throws IOException {
        for (Side side : Side.values()) {
            int ended = runs.get(side).trials().size();
            List<String> all = new ArrayList<>(problems.getOrDefault(side, List.of()));
            if (interrupted) {
                all.add("interrupted after " + ended + " trials");
            }
            runs.get(side).writeJson("status.json", Status.ended(interrupted, all, ended, ended + all.size()));
        }
    }

    private void announce() throws IOException {
        out.printf("%s: %d benchmarks, seed %d, in %s%n", plan.kind(), rows.pairings().size(), plan.seed(), directory);
        for (Side side : Side.values()) {
            out.printf("%-9s %s %s%n", side, jars.get(side).title(), String.join(" ", plan.jar(side).arguments()));
            runs.get(side).writeJson("status.json", Status.running(0, plan.pairs() * rows.pairings().size()));
        }
        rows.missing().forEach(row -> out.println("missing from the candidate: " + row.title()));
        rows.extra().forEach(row -> out.println("only in the candidate: " + row.title()));
    }

    /** The first pair of each row shows how many pairs fit the budget. */
    private Optional<PairedTrials.Failure> firstStage(List<Integer> all) throws IOException, InterruptedException {
        Optional<PairedTrials.Failure> failure = trials.run(plan, all, 1, 1, this::addPairSeconds);
        if (failure.isPresent() || stopping) {
            return failure;
        }
        if (plan.pairs() == 0) {
            write(plan.withPairs(pairs()));
        }
        out.printf("first stage: %d pairs of each, about %s%n", plan.pairs(),
                minutes(sum(plan.pairSeconds()) * plan.pairs()));
        return trials.run(plan, all, 2, plan.pairs(), (stem, seconds) -> { });
    }

    /** Written at once, for a job that is killed and continued. */
    private void addPairSeconds(String stem, double seconds) throws IOException {
        Map<String, Double> sums = new TreeMap<>(plan.pairSeconds());
        sums.merge(stem, seconds, Double::sum);
        write(plan.withPairSeconds(sums));
    }

    private int pairs() {
        double share = plan.kind().equals("calibrate") ? 1 : FIRST_STAGE_SHARE;
        double perPair = sum(plan.pairSeconds());
        int carried = (int) (share * plan.budgetSeconds() / Math.max(1, perPair));
        if (carried < RegressOptions.MIN_PAIRS) {
            out.printf("the budget of %s is too small: this stage may take %s of it, and the rule needs %d pairs, which take "
                            + "%s%n",
                    minutes(plan.budgetSeconds()), minutes(share * plan.budgetSeconds()), RegressOptions.MIN_PAIRS,
                    minutes(RegressOptions.MIN_PAIRS * perPair));
        }
        return Math.max(RegressOptions.MIN_PAIRS, Math.min(RegressOptions.MAX_PAIRS, carried));
    }

    private static double sum(Map<String, Double> seconds) {
        return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static String minutes(double seconds) {
        return String.format(Locale.ROOT, "%d min %02d s", (long) seconds / 60, (long) seconds % 60);
    }

    private void write(RegressPlan changed) throws IOException {
        plan = changed;
        RunDirectory.open(directory).writeJson(RegressPlan.FILE, plan);
    }

    private List<RowJudge> judges(List<Integer> some, int from, int to) throws IOException {
        List<RowJudge> judges = new ArrayList<>();
        for (int row : some) {
            judges.add(trials.judge(row, from, to));
        }
        return judges;
    }

    private MeasuredComparison comparison() {
        return new MeasuredComparison(plan.seed(),
                new Rule(RowJudge.CONFIRM_ALPHA, plan.margin(), plan.floorNanos()),
                Optional.ofNullable(plan.calibration()));
    }

    private MeasuredComparison.Sides sides() {
        return new MeasuredComparison.Sides(name(Side.BASE), name(Side.CANDIDATE), jars.get(Side.BASE).versions(),
                jars.get(Side.CANDIDATE).versions(), rows.missing().stream().map(Case::stem).toList(),
                rows.extra().stream().map(Case::stem).toList());
    }

    private String name(Side side) {
        return jars.get(side).title() + " " + String.join(" ", plan.jar(side).arguments());
    }

    private int secondStage(List<RowJudge> first, boolean strict) throws IOException, InterruptedException {
        if (plan.confirmPairs() == 0) {
            List<String> flagged = comparison().flagged(first);
            write(plan.withSecondStage(plan.fixedPairs() ? plan.pairs() : confirmPairs(flagged), flagged));
        }
        List<Integer> again = IntStream.range(0, first.size())
                .filter(row -> plan.flagged().contains(first.get(row).stem())).boxed().toList();
        int from = plan.pairs() + 1;
        int to = plan.pairs() + plan.confirmPairs();
        if (!again.isEmpty()) {
            out.printf("second stage: %d fresh pairs of what is flagged: %s%n", plan.confirmPairs(),
                    String.join(", ", plan.flagged()));
            Optional<PairedTrials.Failure> failure = trials.run(plan, again, from, to, (stem, seconds) -> { });
            if (failure.isPresent() || stopping) {
                return failed(failure);
            }
        }
        if (!requireSameJars()) {
            return FAILED;
        }
        summarize(List.of());
        return finish(comparison().judge(sides(), first, again.isEmpty() ? List.of() : judges(again, from, to)), strict);
    }

    private int confirmPairs(List<String> flagged) {
        double perPair = flagged.stream().mapToDouble(stem -> plan.pairSeconds().getOrDefault(stem, 0.0)).sum();
        double left = plan.budgetSeconds() - plan.pairs() * sum(plan.pairSeconds());
        return Math.max(RegressOptions.MIN_PAIRS, Math.min(plan.pairs(), (int) (left / Math.max(1, perPair))));
    }

    /** False if a jar was rebuilt during the job: its trials would be of two jars. */
    private boolean requireSameJars() throws IOException {
        for (Side side : Side.values()) {
            if (!jars.get(side).isUnchanged()) {
                String why = "the " + side + "'s jar has changed while it was measured: " + jars.get(side).path();
                err.println(why);
                end(false, Map.of(side, List.of(why)));
                return false;
            }
        }
        return true;
    }

    private int failed(Optional<PairedTrials.Failure> failure) throws IOException, InterruptedException {
        if (stopping) {
            return FAILED; // the interrupt ended the child
        }
        String why = failure.orElseThrow().why();
        if (failure.get().side() == Side.BASE || plan.kind().equals("calibrate")) {
            end(false, Map.of(failure.get().side(), List.of(why)));
            err.println("the " + failure.get().side() + " failed, so there is nothing to compare with: " + why);
            return FAILED;
        }
        Optional<String> control = trials.control(failure.get(), RunDirectory.make(directory.resolve("control")));
        if (control.isPresent() || stopping) {
            control.filter(reason -> !stopping).ifPresent(reason -> err.println("the candidate failed, and so does the base"
                    + " right after it, so this is no regression: " + why + "; the base: " + reason));
            return FAILED;
        }
        summarize(List.of(why));
        return finish(comparison().failed(sides(), why), false);
    }

    /** Completes both run directories for report and compare. */
    private void summarize(List<String> candidateProblems) throws IOException {
        for (Side side : Side.values()) {
            RunDirectory run = runs.get(side);
            int ended = run.trials().size();
            List<String> problems = side == Side.CANDIDATE ? candidateProblems : List.of();
            if (ended > 0) {
                run.writeSummary(plan.jar(side).arguments(), Instant.parse(plan.startedAt()),
                        jars.get(side).versions());
            }
            run.writeJson("status.json", Status.ended(false, problems, ended, ended + problems.size()));
        }
    }

    private int finish(Comparison comparison, boolean strict) throws IOException {
        ComparisonFiles.write(comparison, directory);
        out.println();
        List<String> lines = ComparisonFiles.table(comparison);
        lines.forEach(out::println);
        out.println("seed " + plan.seed() + ", " + directory);
        int code = comparison.exitCode(strict);
        if (code != OK) {
            err.println(lines.get(lines.size() - 1));
        }
        return code;
    }

    private int calibrated(List<RowJudge> first) throws IOException {
        if (!requireSameJars()) {
            return FAILED;
        }
        summarize(List.of());
        Calibration found = Calibration.of(Machine.describe(), first, Math.min(GATED_PAIRS, plan.pairs()),
                plan.margin(),
                plan.seed());
        RunDirectory.open(results).writeJson(Calibration.FILE, found);
        out.println();
        found.lines().forEach(out::println);
        found.tooNoisy().forEach(err::println);
        out.println("written to " + results.resolve(Calibration.FILE) + "; seed " + plan.seed());
        return found.tooNoisy().isEmpty() ? OK : UNDECIDED;
    }
}
