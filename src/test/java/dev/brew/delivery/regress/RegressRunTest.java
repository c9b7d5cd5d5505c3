package dev.brew.delivery.regress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.brew.delivery.compare.Calibration;
import dev.brew.delivery.compare.PairedRule;
import dev.brew.delivery.compare.Rule;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.TrialInfo;
import dev.brew.delivery.results.Versions;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.Case;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.runner.BenchmarkList;

/** Jobs whose trials are made up: each side has its level, and each trial its own mood. */
class RegressRunTest {

    private static final List<String> ARGUMENTS =
            List.of("SequentialFanOut|ParallelFanOut", "-p", "recipients=3", "-p", "delay=none");
    private static final int EVENTS = 20_000;
    private static final int ALIKE = 20;

    @TempDir
    private Path folder;
    private Path jar;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> launched = new ArrayList<>();
    /** How much the trials of a name vary: the deviation of the logarithm. */
    private ToDoubleFunction<String> mood = name -> 0.02;
    private Instant now = Instant.parse("2026-11-25T01:00:00Z");

    @BeforeEach
    void makeJar() throws IOException {
        jar = jar("base.jar", "");
    }

    @Test
    void theSameJarTwicePasses() throws Exception {
        assertThat(run(options(ARGUMENTS, 5), level -> 1)).isZero();
        assertThat(launched).hasSize(2 * 2 * 5).doesNotHaveDuplicates();
        JsonNode comparison = json("comparison.json");
        assertThat(comparison.get("verdict").asText()).isIn("PASS", "INCONCLUSIVE");
        assertThat(comparison.get("rows")).hasSize(2);
        assertThat(comparison.get("seed").asLong()).isEqualTo(42);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void whatIsWorseIsNamed() throws Exception {
        assertThat(run(options(ARGUMENTS, 5), stem -> stem.startsWith("Parallel") ? 1.3 : 1)).isEqualTo(1);
        assertThat(launched).hasSize(2 * 2 * 5);
        JsonNode comparison = json("comparison.json");
        assertThat(verdicts(comparison, "Parallel")).contains("completed p50 REGRESSION", "sender p50 REGRESSION");
        assertThat(verdicts(comparison, "Sequential")).noneMatch(name -> name.contains("REGRESSION"));
        assertThat(lastLine(err)).startsWith("REGRESSION: ParallelFanOut recipients=3 completed p50")
                .contains("completed p50")
                .doesNotContain("Sequential");
        assertThat(Files.readString(job().resolve("comparison-junit.xml"))).contains("<failure message=\"REGRESSION: ");
        assertThat(Files.readString(job().resolve("comparison.md"))).contains("| REGRESSION |");
    }

    @Test
    void whatIsBetterIsAnImprovement() throws Exception {
        assertThat(run(options(ARGUMENTS, 5), stem -> 1 / 1.3)).isZero();
        assertThat(json("comparison.json").get("verdict").asText()).isEqualTo("IMPROVED");
    }

    @Test
    void eachSideIsFirstAsOftenAndTheSeedDecidesWhen() {
        PairOrder one = new PairOrder(42);
        for (int row = 0; row < 3; row++) {
            for (int pair = 1; pair < 50; pair += 2) {
                assertThat(one.sides(row, pair)).containsExactlyInAnyOrder(Side.values())
                        .isNotEqualTo(one.sides(row, pair + 1));
            }
        }
        assertThat(order(one)).isEqualTo(order(new PairOrder(42))).isNotEqualTo(order(new PairOrder(43)));
        assertThat(order(one).stream().distinct()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "7", "13", "19"})
    void anInterruptedJobGoesOnAsItWouldHaveGone(int after) throws Exception {
        assertThat(run(options(ARGUMENTS, 5), stem -> stem.startsWith("Parallel") ? 1.3 : 1)).isEqualTo(1);
        List<String> whole = List.copyOf(launched);
        final JsonNode wanted = json("comparison.json");
        launched.clear();
        Path first = job();
        Files.move(first, folder.resolve("whole"));

        RegressRun[] interrupted = new RegressRun[1];
        TrialLauncher launcher = (side, one, trial, run) -> {
            if (launched.size() == after) {
                interrupted[0].interrupt();
                return Optional.of("killed");
            }
            return launch(side, one, trial, run, stem -> stem.startsWith("Parallel") ? 1.3 : 1);
        };
        interrupted[0] = RegressRun.create("regress", options(ARGUMENTS, 5), Optional.of(launcher), print(out),
                print(err),
                clock());
        assertThat(interrupted[0].measure(false)).isEqualTo(1);
        assertThat(launched).hasSize(after);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("interrupted; --resume").doesNotContain("FAILED");
        assertThat(json("base/status.json").get("state").asText()).isEqualTo("INTERRUPTED");
        assertThat(json("candidate/status.json").get("problems").get(0).asText()).matches("interrupted after \\d+ trials");

        Optional<TrialLauncher> healthy = Optional.of((side, one, trial, run) ->
                launch(side, one, trial, run, stem -> stem.startsWith("Parallel") ? 1.3 : 1));
        assertThat(RegressRun.resume(job(), Duration.ofMinutes(5), healthy, print(out), print(err), clock())
                .measure(false))
                .isEqualTo(1);
        assertThat(launched).isEqualTo(whole);
        assertThat(json("comparison.json")).isEqualTo(wanted);
    }

    @Test
    void aCandidateThatFailsIsARegressionInOneLine() throws Exception {
        TrialLauncher launcher = (side, one, trial, run) -> side == Side.CANDIDATE && trial == 3
                ? Optional.of("event x is not over within 30 s: billing has not received it")
                : launch(side, one, trial, run, stem -> 1);
        assertThat(RegressRun.create("regress", options(ARGUMENTS, 5), Optional.of(launcher), print(out), print(err),
                clock()).measure(false)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).hasLineCount(1)
                .startsWith("REGRESSION: the candidate failed: ParallelFanOut ")
                .contains(", trial 3: event x is not over within 30 s: billing has not received it");
        assertThat(json("comparison.json").get("failures")).hasSize(1);
        assertThat(json("candidate/status.json").get("state").asText()).isEqualTo("INVALID");
        assertThat(Files.readString(job().resolve("comparison-junit.xml"))).contains("failures=\"1\"")
                .contains("billing has not received it");
    }

    @Test
    void aCauseThatFailsTheBaseAsWellIsNobodysRegression() throws Exception {
        boolean[] full = new boolean[1];
        TrialLauncher launcher = (side, one, trial, run) -> {
            full[0] |= side == Side.CANDIDATE && trial == 3;
            return full[0] ? Optional.of("No space left on device") : launch(side, one, trial, run, stem -> 1);
        };
        assertThat(RegressRun.create("regress", options(ARGUMENTS, 5), Optional.of(launcher), print(out), print(err),
                clock()).measure(false)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).singleElement().asString()
                .startsWith("the candidate failed, and so does the base right after it, so this is no regression: ")
                .endsWith(", trial 3: No space left on device; the base: No space left on device");
        assertThat(job().resolve("comparison.json")).doesNotExist();
    }

    @Test
    void aBaseThatFailsIsNoVerdictOnTheCandidate() throws Exception {
        TrialLauncher launcher = (side, one, trial, run) -> side == Side.BASE ? Optional.of("exit code 3")
                : launch(side, one, trial, run, stem -> 1);
        assertThat(RegressRun.create("regress", options(ARGUMENTS, 5), Optional.of(launcher), print(out), print(err),
                clock()).measure(false)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("the base failed, so there is nothing to compare with");
        assertThat(job().resolve("comparison.json")).doesNotExist();
        assertThat(json("base/status.json").get("state").asText()).isEqualTo("INVALID");
        assertThat(json("base/status.json").get("problems").get(0).asText()).endsWith(", trial 1: exit code 3");
        assertThat(json("candidate/status.json").get("state").asText()).isEqualTo("VALID");
    }

    @Test
    void aJobThatBreaksDoesNotSayForEverThatItRuns() throws Exception {
        TrialLauncher launcher = (side, one, trial, run) -> {
            throw new IOException("no space left on device");
        };
        RegressRun broken = RegressRun.create("regress", options(ARGUMENTS, 5), Optional.of(launcher), print(out), print(err),
                clock());
        assertThatThrownBy(() -> broken.measure(false)).isInstanceOf(IOException.class);
        for (Side side : Side.values()) {
            assertThat(json(side + "/status.json").get("state").asText()).isEqualTo("INVALID");
            assertThat(json(side + "/status.json").get("problems").get(0).asText())
                    .isEqualTo("the job broke: no space left on device");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "                        ; SequentialFanOut|ParallelFanOut|ProduceToConsume -p recipients=3",
        "-wi 1 -p recipients=1   ; SequentialFanOut|ParallelFanOut|ProduceToConsume -wi 1 -p recipients=1",
        "-p delay=fixed:1ms      ; SequentialFanOut|ParallelFanOut|ProduceToConsume -p recipients=3 -p delay=fixed:1ms",
        "Null -i 2               ; Null -i 2"})
    void whatIsTypedReplacesItsOwnDefaultAndNoOther(String typed, String both) throws Exception {
        List<String> words = typed == null ? List.of() : List.of(typed.split(" "));
        RegressOptions options = new RegressOptions(jar, jar, words, List.of(), List.of(), Optional.empty(), Optional.empty(),
                Duration.ofMinutes(15), PairedRule.MARGIN, RegressOptions.FLOOR, Duration.ofMinutes(5));
        assertThat(String.join(" ", options.benchmarks())).isEqualTo(both);
    }

    @Test
    void itEndsAtTheFirstLookThatHasDecidedEverything() throws Exception {
        assertThat(run(budget(Duration.ofMinutes(15)), stem -> 1)).isZero();
        assertThat(launched).hasSize(2 * 2 * 4);
        assertThat(json("regress.json").get("done")).hasSize(4);
        assertThat(json("comparison.json").get("verdict").asText()).isEqualTo("PASS");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("a pair takes 0 min 40 s; the first look is after 4 pairs, about 2 min 40 s")
                .contains("look after 4 pairs, 2 min 40 s: everything is decided");
    }

    @Test
    void whatIsDecidedIsNotMeasuredAgain() throws Exception {
        mood = name -> name.contains("Parallel") ? 0.02 : 0.07;
        assertThat(run(budget(Duration.ofMinutes(15)), stem -> 1)).isZero();
        assertThat(launched.stream().filter(name -> name.contains("Parallel"))).hasSize(2 * 4);
        assertThat(launched.stream().filter(name -> name.contains("Sequential"))).hasSizeGreaterThan(2 * 4);
    }

    @Test
    void theBudgetBuysPairsUntilTheNextLookWouldBeTooLate() throws Exception {
        mood = name -> 0.3; // a pair of both rows takes 40 s, and 10 minutes hold 15 pairs: no look at 16
        assertThat(run(budget(Duration.ofMinutes(10)), stem -> 1)).isZero();
        assertThat(json("regress.json").get("done")).hasSize(12);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("look after 12 pairs, 8 min 00 s: the time is over");
        assertThat(json("comparison.json").get("verdict").asText()).isEqualTo("INCONCLUSIVE");
    }

    @Test
    void whatLooksWorseGetsMoreTimeThanTheBudget() throws Exception {
        mood = name -> 0.05; // 5 minutes hold 7 pairs
        assertThat(run(budget(Duration.ofMinutes(5)), stem -> stem.startsWith("Parallel") ? 1.13 : 1)).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("undecided and looking worse: ParallelFanOut ");
        assertThat(json("regress.json").get("done").size()).isBetween(8, 16);
        assertThat(verdicts(json("comparison.json"), "Parallel")).anyMatch(verdict -> verdict.endsWith(" REGRESSION"));
    }

    @Test
    void aJobThatGoesOnInAnotherJvmIsRefused() throws Exception {
        Path job = folder.resolve("job");
        RegressRun.requireSameJvm(job, List.of("-Xmx1g"), List.of("-Xmx1g"));
        assertThatThrownBy(() -> RegressRun.requireSameJvm(job, List.of("-Xmx1g"), List.of()))
                .isInstanceOf(UsageException.class).hasMessage("--resume " + job
                        + ": the job was begun with -Xmx1g before -jar, not with nothing: its trials would not be alike");
    }

    @Test
    void aBudgetThatIsTooSmallIsSaidAndTheRuleHasItsFourPairs() throws Exception {
        assertThat(run(budget(Duration.ofMinutes(2)), stem -> 1)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("the budget of 2 min 00 s is too small: the rule needs 4 pairs, which take 2 min 40 s");
        assertThat(json("regress.json").get("done")).hasSize(4);
    }

    @Test
    void calibrateFindsTheMargin() throws Exception {
        Optional<TrialLauncher> launcher = Optional.of((side, one, trial, run) ->
                launch(side, one, trial, run, stem -> stem.startsWith("Parallel") && trial % 2 == 0 ? 1.5 : 1));
        assertThat(RegressRun.create("calibrate", calibration(), launcher, print(out), print(err), clock())
                .measure(false)).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("too noisy to gate at 5.0 %: ParallelFanOut_")
                .doesNotContainPattern("Sequential\\S+ completed p50");
        Calibration found = Calibration.read(folder);
        assertThat(found.margins()).hasSize(2 * 5);
        assertThat(found.margins().entrySet()).anyMatch(margin -> margin.getKey().startsWith("Parallel")
                && margin.getKey().endsWith(" completed p50") && margin.getValue() > 0.05);
    }

    @Test
    void aJarThatWasBuiltAnewIsNotResumed() throws Exception {
        RegressRun run = RegressRun.create("regress", options(ARGUMENTS, 5), Optional.empty(), print(out), print(err),
                clock());
        jar("base.jar", "# other\n");
        assertThatThrownBy(() -> RegressRun.resume(run.directory(), Duration.ofMinutes(5), print(out), print(err),
                clock()))
                .isInstanceOf(UsageException.class).hasMessageContaining("the base's jar is not the one that it was");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Parallel -f 3     | -f, -o, -rf and -rff have no meaning here: --pairs or --budget says how many trials "
            + "there are",
        "NoSuch            | no benchmark matches [NoSuch] (-l lists them, help lists the commands)",
        "Parallel -p recipients=0 | -p recipients=0: recipients must be 1..1024, got 0"})
    void whatIsWrongIsNamedBeforeAnythingIsWritten(String arguments, String message) {
        assertThatThrownBy(() -> run(options(List.of(arguments.split(" ")), 5), stem -> 1))
                .isInstanceOf(UsageException.class).hasMessage(message);
        assertThat(folder).isDirectoryNotContaining(Files::isDirectory);
    }

    @Test
    void oneJarWithTwoSettingsIsPairedAcrossThem() throws Exception {
        RegressOptions options = new RegressOptions(jar, jar, all(ARGUMENTS), List.of(),
                List.of("-p", "delay=fixed:1ms"), Optional.of(42L), Optional.of(5), Duration.ofMinutes(15),
                PairedRule.MARGIN, RegressOptions.FLOOR, Duration.ofMinutes(5));
        run(options, stem -> stem.contains("fixed") ? 1.3 : 1);
        assertThat(json("comparison.json").get("verdict").asText()).isEqualTo("REGRESSION");
        assertThat(json("comparison.json").at("/differences/delay").toString()).isEqualTo("[\"none\",\"fixed:1ms\"]");
    }

    @Test
    void whatDiffersHasOneValueOnEachSide() {
        RegressOptions options = new RegressOptions(jar, jar, all(ARGUMENTS), List.of(),
                List.of("-p", "recipients=1,2"), Optional.of(42L), Optional.of(5), Duration.ofMinutes(15),
                PairedRule.MARGIN, RegressOptions.FLOOR, Duration.ofMinutes(5));
        assertThatThrownBy(() -> run(options, stem -> 1)).isInstanceOf(UsageException.class)
                .hasMessage("-p recipients: a parameter that differs between base and candidate must have one value "
                        + "on each side");
    }

    /** How many times the base's level a row of the candidate has. */
    @FunctionalInterface
    private interface Level {
        double of(String stem);
    }

    private int run(RegressOptions options, Level level) throws Exception {
        Optional<TrialLauncher> launcher = Optional.of((side, one, trial, run) -> launch(side, one, trial, run, level));
        return RegressRun.create("regress", options, launcher, print(out), print(err), clock()).measure(false);
    }

    private Optional<String> launch(Side side, Case one, int trial, RunDirectory run, Level level) throws IOException {
        String name = side + " " + one.stem() + " " + trial;
        launched.add(name);
        now = now.plusSeconds(10);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        double micros = 1000 * (side == Side.CANDIDATE ? level.of(one.stem()) : 1)
                * Math.exp(mood.applyAsDouble(name) * random.nextGaussian());
        List<String> series = List.of("completed", "sender");
        List<Histogram> intervals = new ArrayList<>();
        for (String tag : series) {
            Histogram histogram = new Histogram(3);
            histogram.setTag(tag.equals("completed") ? null : tag);
            histogram.setStartTimeStamp(0);
            histogram.setEndTimeStamp((long) (EVENTS * micros / 1000));
            for (int i = 0; i < EVENTS / ALIKE; i++) {
                histogram.recordValueWithCount((long) (1000 * micros * Math.exp(0.3 * random.nextGaussian())), ALIKE);
            }
            intervals.add(histogram);
        }
        run.writeTrial(new TrialInfo(one.benchmark(), one.params(), trial, "2026-11-25T01:00:00Z",
                Map.of("path", "grpc", "delay", one.params().get("delay")), 1, EVENTS, series,
                Map.of()), StoredInterval.of(intervals));
        return Optional.empty();
    }

    private RegressOptions options(List<String> arguments, int pairs) {
        return new RegressOptions(jar, jar, all(arguments), List.of(), List.of(), Optional.of(42L), Optional.of(pairs),
                Duration.ofMinutes(15), PairedRule.MARGIN, RegressOptions.FLOOR, Duration.ofMinutes(5));
    }

    private RegressOptions calibration() {
        return new RegressOptions(jar, jar, all(ARGUMENTS), List.of(), List.of(), Optional.of(42L), Optional.of(6),
                Duration.ofMinutes(15), Rule.MARGIN, RegressOptions.FLOOR, Duration.ofMinutes(5));
    }

    private RegressOptions budget(Duration budget) {
        return new RegressOptions(jar, jar, all(ARGUMENTS), List.of(), List.of(), Optional.of(42L), Optional.empty(),
                budget, PairedRule.MARGIN, RegressOptions.FLOOR, Duration.ofMinutes(5));
    }

    private List<String> all(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("-Ddelivery.results=" + folder);
        return all;
    }

    private static List<Side> order(PairOrder order) {
        List<Side> first = new ArrayList<>();
        for (int pair = 1; pair <= 50; pair += 2) {
            first.add(order.sides(0, pair).get(0));
        }
        return first;
    }

    /** What a jar of this suite is known by. */
    private Path jar(String name, String comment) throws IOException {
        Path path = folder.resolve(name);
        String list = BenchmarkList.BENCHMARK_LIST.substring(1);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            zip.putNextEntry(new ZipEntry(list));
            for (URL part : Collections.list(getClass().getClassLoader().getResources(list))) { // the tests' own, too
                try (InputStream in = part.openStream()) {
                    in.transferTo(zip);
                }
            }
            zip.putNextEntry(new ZipEntry(Versions.ENTRY));
            zip.write((comment + "git.commit=0123456789abcdef\nkafka=4.4.0\n").getBytes(StandardCharsets.UTF_8));
        }
        return path;
    }

    private InstantSource clock() {
        return () -> now;
    }

    private static List<String> verdicts(JsonNode comparison, String row) {
        List<String> verdicts = new ArrayList<>();
        comparison.get("rows").forEach(one -> {
            if (one.get("stem").asText().startsWith(row)) {
                one.get("metrics").forEach(metric ->
                        verdicts.add(metric.get("metric").asText() + " " + metric.get("verdict").asText()));
            }
        });
        return verdicts;
    }

    private Path job() throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(path -> path.getFileName().toString().contains("-regress")).max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(job().resolve(name).toFile());
    }

    private static String lastLine(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).lines().reduce((a, b) -> b).orElse("");
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
