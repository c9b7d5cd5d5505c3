package dev.brew.delivery.regress;

import dev.brew.delivery.compare.Calibration;
import dev.brew.delivery.compare.Comparison;
import dev.brew.delivery.compare.ComparisonFiles;
import dev.brew.delivery.compare.MeasuredComparison;
import dev.brew.delivery.compare.Metric;
import dev.brew.delivery.compare.PairedRow;
import dev.brew.delivery.compare.PairedRule;
import dev.brew.delivery.compare.RowJudge;
import dev.brew.delivery.compare.TrialRow;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.Machine;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.BlockJvm;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures two jars, or one jar twice, in one job: pairs in random order, until the rule has decided or the time is over.
 * {@link #regress} and {@link #calibrate} are for one thread; {@link #interrupt} may be called by another.
 */
public final class RegressRun {

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int UNDECIDED = 3;
    private static final long SEED_BOUND = 1_000_000_000;
    /** Number of pairs of a comparison that calibrate assumes. */
    private static final int GATED_PAIRS = 5;
    /** A metric that looks worse is measured on for so many budgets at most. */
    private static final int BUDGETS_OF_A_SUSPICION = 2;

    private final Path directory;
    private final Path results;
    private final Map<Side, JarUnderTest> jars;
    private final Pairing.All rows;
    private final Map<Side, RunDirectory> runs = new EnumMap<>(Side.class);
    private final PairLauncher launcher;
    private final PairedRule rule;
    private final InstantSource clock;
    private final PrintStream out;
    private final PrintStream err;
    private final Optional<String> inTurn;
    private RegressPlan plan;
    private volatile boolean stopping;
    private volatile boolean over;

    private RegressRun(Path directory, RegressPlan plan, Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed,
                       Optional<TrialLauncher> trials, Duration deadline, PrintStream out, PrintStream err,
                       InstantSource clock) throws UsageException, IOException {
        this.directory = directory;
        this.results = directory.toAbsolutePath().normalize().getParent();
        this.plan = plan;
        this.jars = jars;
        this.clock = clock;
        this.out = out;
        this.err = err;
        this.rows = pairings(jars, typed);
        this.rule = new PairedRule(plan.margin(), plan.floorNanos(), plan.pairs() > 0 ? List.of(plan.pairs()) : PairedRule.LOOKS,
                Metric.values().length * rows.pairings().size());
        for (Side side : Side.values()) {
            runs.put(side, RunDirectory.make(directory.resolve(side.toString())));
        }
        PairOrder order = new PairOrder(plan.seed());
        Optional<String> whyInTurn = trials.isPresent() ? Optional.of("as asked") : whyInTurn(jars, typed);
        if (whyInTurn.isEmpty()) {
            this.launcher = new SideBySide(rows.pairings(), runs, jars, typed,
                    new SideBySide.Timing(Duration.ofSeconds(plan.budgetSeconds()), deadline), order, sharesBroker(jars, typed), out,
                    clock);
        } else {
            this.launcher = new InTurn(rows.pairings(), runs, trials.orElseGet(() ->
                    new ChildTrial(jars, typed, JvmArguments.ofThisJvm().forMeasuring(), deadline)), order, out, clock,
                    () -> stopping);
        }
        this.inTurn = whyInTurn;
    }

    /** Why the trials of a pair cannot be up at the same time; empty if they can. */
    private static Optional<String> whyInTurn(Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed) {
        for (Side side : Side.values()) {
            if (typed.get(side).plain().isPresent()) {
                return Optional.of(typed.get(side).plain().get() + " is given");
            }
            if (!jars.get(side).blockProtocol().equals(Optional.of(BlockJvm.PROTOCOL))) {
                return Optional.of("the " + side + " is of a build that cannot be measured side by side");
            }
        }
        return Optional.empty();
    }

    /** True if the broker that this program starts is the one that each side would start. */
    private static boolean sharesBroker(Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed) throws IOException {
        Optional<String> own = JarUnderTest.brokerOfThisProgram();
        return typed.values().stream().allMatch(SuiteOptions::hasUsualJvm)
                && jars.values().stream().allMatch(jar -> own.equals(Optional.of(jar.broker())));
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

    static RegressRun create(String kind, RegressOptions options, Optional<TrialLauncher> trials, PrintStream out,
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
                sides.get(Side.CANDIDATE), options.budget().toSeconds(), options.pairs().orElse(0), options.margin(),
                options.floor().toNanos(), JvmArguments.ofThisJvm().recorded(), List.of(), List.of());
        Path directory = RunDirectory.fresh(results, start, kind);
        RunDirectory.open(directory).writeJson(RegressPlan.FILE, plan);
        return new RegressRun(directory, plan, jars, typed, trials, options.deadline(), out, err, clock);
    }

    /**
     * Continues an interrupted job.
     *
     * @param directory of the job
     * @param deadline  longest time of a trial beyond its iterations, or of a block without a word
     * @throws UsageException if there is no job, or a jar has changed
     */
    public static RegressRun resume(Path directory, Duration deadline, PrintStream out, PrintStream err,
                                    InstantSource clock) throws UsageException, IOException {
        return resume(directory, deadline, Optional.empty(), out, err, clock);
    }

    static RegressRun resume(Path directory, Duration deadline, Optional<TrialLauncher> trials, PrintStream out,
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
        return new RegressRun(directory, plan, jars, typed(sides), trials, deadline, out, err, clock);
    }

    static void requireSameJvm(Path directory, List<String> begun, List<String> now) throws UsageException {
        if (!begun.equals(now)) {
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
        try (launcher) {
            Optional<PairLauncher.Failure> failure = pairs();
            if (stopping) {
                return FAILED; // the interrupt ended the children
            }
            if (failure.isPresent()) {
                return failed(failure.get());
            }
        }
        if (!requireSameJars()) {
            return FAILED;
        }
        summarize(List.of());
        return plan.kind().equals("calibrate") ? calibrated() : finish(comparison().judge(sides(), judged(), plan.notes()), strict);
    }

    /** Measures one pair after the other, of the rows that are not decided. */
    private Optional<PairLauncher.Failure> pairs() throws IOException, InterruptedException {
        for (List<Integer> next = next(); !next.isEmpty(); next = next()) {
            int pair = plan.done().size() + 1;
            Instant start = clock.instant();
            Optional<PairLauncher.Failure> failure = launcher.measure(pair, next);
            if (failure.isPresent() || stopping) {
                return failure;
            }
            plan = plan.with(new RegressPlan.Done(next.stream().map(row -> rows.pairings().get(row).base().stem()).toList(),
                    Duration.between(start, clock.instant()).toMillis() / 1000.0), pair == 1 ? launcher.notes() : plan.notes());
            RunDirectory.open(directory).writeJson(RegressPlan.FILE, plan); // at once, for a job that is killed and continued
            afterFirst(pair);
        }
        return Optional.empty();
    }

    /** The first pair shows what the job will take, and what it cannot judge. */
    private void afterFirst(int pair) {
        if (pair > 1) {
            return;
        }
        double seconds = plan.seconds();
        if (plan.kind().equals("calibrate")) {
            out.printf("a pair takes %s; %d pairs take about %s%n", minutes(seconds), fixedPairs(), minutes(fixedPairs() * seconds));
            return;
        }
        int first = rule.nextLook(0);
        out.printf("a pair takes %s; the first look is after %d pairs, about %s%n", minutes(seconds), first,
                minutes(first * seconds));
        if (plan.pairs() == 0 && first * seconds > plan.budgetSeconds()) {
            out.printf("the budget of %s is too small: the rule needs %d pairs, which take %s%n", minutes(plan.budgetSeconds()),
                    first, minutes(first * seconds));
        }
        plan.notes().forEach(out::println);
    }

    /**
     * The rows of the next pair: those that are not decided, until the next look would be after the end of the budget. Rows
     * that look worse get more time.
     */
    private List<Integer> next() throws IOException {
        int done = plan.done().size();
        List<Integer> all = IntStream.range(0, rows.pairings().size()).boxed().toList();
        if (plan.pairs() > 0 || plan.kind().equals("calibrate")) {
            return done < fixedPairs() ? all : List.of();
        }
        if (done < rule.nextLook(0)) {
            return all;
        }
        if (done >= rule.most()) {
            return List.of();
        }
        if (!rule.looks().contains(done)) { // between two looks nothing is decided
            return all.stream().filter(row -> plan.done().get(done - 1).rows().contains(stem(row))).toList();
        }
        List<Integer> open = new ArrayList<>();
        List<Integer> suspected = new ArrayList<>();
        for (int row : all) {
            if (plan.done().get(done - 1).rows().contains(stem(row))) {
                PairedRow judged = judged(row);
                if (!judged.isDecided(rule)) {
                    open.add(row);
                }
                if (!judged.isDecided(rule) && judged.isSuspected(rule)) {
                    suspected.add(row);
                }
            }
        }
        List<Integer> next = after(open) <= plan.budgetSeconds() ? open
                : after(suspected) <= BUDGETS_OF_A_SUSPICION * plan.budgetSeconds() ? suspected : List.<Integer>of();
        out.printf("look after %d pairs, %s: %s%n", done, minutes(plan.seconds()), next.isEmpty() ? open.isEmpty()
                ? "everything is decided" : "the time is over" : "undecided" + (next == suspected ? " and looking worse" : "") + ": "
                + next.stream().map(Pairing.names(rows.pairings())::get).collect(Collectors.joining(", ")));
        return next;
    }

    /** When the next look would be if these rows were measured, in seconds. The start of a pair takes about as long as a row. */
    private double after(List<Integer> some) {
        RegressPlan.Done last = plan.done().get(plan.done().size() - 1);
        return plan.seconds() + (rule.nextLook(plan.done().size()) - plan.done().size()) * last.seconds()
                * (1 + some.size()) / (1 + last.rows().size());
    }

    private int fixedPairs() {
        if (plan.pairs() > 0) {
            return plan.pairs();
        }
        return plan.done().isEmpty() ? 1 : (int) Math.max(GATED_PAIRS, Math.min(RegressOptions.MAX_PAIRS,
                plan.budgetSeconds() / Math.max(1, plan.done().get(0).seconds())));
    }

    private String stem(int row) {
        return rows.pairings().get(row).base().stem();
    }

    private PairedRow judged(int row) throws IOException {
        return new PairedRow(trials(row, Side.BASE), trials(row, Side.CANDIDATE));
    }

    private List<PairedRow> judged() throws IOException {
        List<PairedRow> judged = new ArrayList<>();
        for (int row = 0; row < rows.pairings().size(); row++) {
            judged.add(judged(row));
        }
        return judged;
    }

    /** The trials of the pairs that have the row. */
    private List<RunDirectory.Trial> trials(int row, Side side) throws IOException {
        String stem = rows.pairings().get(row).of(side).stem();
        List<RunDirectory.Trial> trials = new ArrayList<>();
        for (int pair = 1; pair <= plan.done().size(); pair++) {
            if (plan.done().get(pair - 1).rows().contains(stem(row))) {
                int number = pair;
                trials.add(runs.get(side).trial(stem, pair)
                        .orElseThrow(() -> new IOException(side + " " + stem + ": trial " + number + " is not on disk")));
            }
        }
        return trials;
    }

    /**
     * Ends the running trial and starts no other; called from a shutdown hook. Does nothing once the job is over.
     */
    public void interrupt() {
        if (over) {
            return;
        }
        stopping = true;
        launcher.end();
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
            runs.get(side).writeJson("status.json", Status.running(runs.get(side).trials().size(),
                    rule.nextLook(0) * rows.pairings().size()));
        }
        inTurn.ifPresent(why -> out.println("the trials of a pair are measured one after the other, each in a JVM of its own: " + why));
        rows.missing().forEach(row -> out.println("missing from the candidate: " + row.title()));
        rows.extra().forEach(row -> out.println("only in the candidate: " + row.title()));
    }

    private static String minutes(double seconds) {
        return String.format(Locale.ROOT, "%d min %02d s", (long) seconds / 60, (long) seconds % 60);
    }

    private MeasuredComparison comparison() {
        return new MeasuredComparison(plan.seed(), rule);
    }

    private MeasuredComparison.Sides sides() {
        return new MeasuredComparison.Sides(name(Side.BASE), name(Side.CANDIDATE), jars.get(Side.BASE).versions(),
                jars.get(Side.CANDIDATE).versions(), rows.missing().stream().map(Case::stem).toList(),
                rows.extra().stream().map(Case::stem).toList());
    }

    private String name(Side side) {
        return jars.get(side).title() + " " + String.join(" ", plan.jar(side).arguments());
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

    private int failed(PairLauncher.Failure failure) throws IOException, InterruptedException {
        String why = failure.why();
        if (failure.side() == Side.BASE || plan.kind().equals("calibrate")) {
            end(false, Map.of(failure.side(), List.of(why)));
            err.println("the " + failure.side() + " failed, so there is nothing to compare with: " + why);
            return FAILED;
        }
        Optional<String> control = launcher.control(failure, RunDirectory.make(directory.resolve("control")));
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
        Map<String, Path> pages = new LinkedHashMap<>();
        for (Side side : Side.values()) {
            if (runs.get(side).hasTrials()) {
                pages.put("Page of the " + side, runs.get(side).path());
            }
        }
        Report.Outcome report = Report.write(comparison, directory, pages);
        report.problems().forEach(err::println);
        out.println();
        List<String> lines = ComparisonFiles.table(comparison);
        lines.forEach(out::println);
        out.println("seed " + plan.seed() + ", " + minutes(plan.seconds()) + ", " + directory.resolve("report.html"));
        int code = comparison.exitCode(strict);
        if (code != OK) {
            err.println(lines.get(lines.size() - 1));
        }
        return code;
    }

    private int calibrated() throws IOException {
        List<RowJudge> judges = new ArrayList<>();
        for (int row = 0; row < rows.pairings().size(); row++) {
            judges.add(new RowJudge(TrialRow.of(trials(row, Side.BASE)), TrialRow.of(trials(row, Side.CANDIDATE))));
        }
        Calibration found = Calibration.of(Machine.describe(), judges, Math.min(GATED_PAIRS, plan.done().size()), plan.margin(),
                plan.seed());
        RunDirectory.open(results).writeJson(Calibration.FILE, found);
        out.println();
        found.lines().forEach(out::println);
        found.tooNoisy().forEach(err::println);
        out.println("written to " + results.resolve(Calibration.FILE) + "; seed " + plan.seed());
        return found.tooNoisy().isEmpty() ? OK : UNDECIDED;
    }
}
