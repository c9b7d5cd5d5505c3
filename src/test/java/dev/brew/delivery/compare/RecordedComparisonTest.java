package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.TrialInfo;
import dev.brew.delivery.results.Versions;
import dev.brew.delivery.results.WarmUpCurve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run directories as they are on disk, with made-up latencies. */
class RecordedComparisonTest {

    private static final Rule RULE = new Rule(RecordedComparison.ALPHA, Rule.MARGIN, Rule.FLOOR.toNanos());

    @TempDir
    private Path folder;
    private final SplittableRandom random = new SplittableRandom(5);
    private int runs;

    @Test
    void alikeRunsPassAndTheWorseOneIsARegression() throws Exception {
        Path base = run(8, 1000, Map.of("recipients", "1"));
        Comparison same = compare(base, run(8, 1000, Map.of("recipients", "1")));
        assertThat(same.exitCode(false)).isZero();
        Comparison worse = compare(base, run(8, 1250, Map.of("recipients", "1")));
        assertThat(worse.verdict()).isEqualTo(Verdict.REGRESSION);
        assertThat(worse.exitCode(false)).isEqualTo(1);
        assertThat(worse.named(Verdict.REGRESSION)).contains("SomeFanOut recipients=1 completed p50",
                "SomeFanOut recipients=1 achieved rate");
        assertThat(compare(run(8, 1250, Map.of("recipients", "1")), base).verdict()).isEqualTo(Verdict.IMPROVED);
    }

    @Test
    void whatIsUndecidedIsAnErrorOnlyIfStrict() throws Exception {
        Comparison close = compare(run(8, 1000, Map.of()), run(8, 1055, Map.of()));
        assertThat(close.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(close.exitCode(false)).isZero();
        assertThat(close.exitCode(true)).isEqualTo(3);
    }

    @Test
    void missingTrialsAreCounted() throws Exception {
        assertThatThrownBy(() -> compare(run(3, 1000, Map.of()), run(5, 1000, Map.of())))
                .hasMessage("too few trials: SomeFanOut: 2 trials missing (base has 3, candidate 5, and the rule "
                        + "needs 5 of each for 3 metrics)");
    }

    @Test
    @SuppressWarnings("unchecked")
    void moreMetricsNeedMoreTrials() throws Exception {
        Map<String, String>[] rows = IntStream.rangeClosed(10, 21).mapToObj(n -> Map.of("recipients", "" + n))
                .toArray(Map[]::new);
        assertThatThrownBy(() -> compare(run(5, 1000, rows), run(5, 1000, rows)))
                .hasMessageStartingWith("too few trials: SomeFanOut_recipients=10: 2 trials missing ")
                .hasMessageEndingWith("and the rule needs 6 of each for 36 metrics) (and 11 more benchmarks)");
    }

    @Test
    void severalRunsOfOneThingAreOneSet() throws Exception {
        Path set = Files.createDirectory(folder.resolve("set"));
        Files.move(run(4, 1000, Map.of()), set.resolve("a"));
        Files.move(run(4, 1000, Map.of()), set.resolve("b"));
        assertThat(TrialSet.read(set).rows().get(0).trials()).hasSize(8);
        assertThat(compare(set, run(8, 1250, Map.of())).verdict()).isEqualTo(Verdict.REGRESSION);
    }

    @Test
    void benchmarksThatOnlyOneSideHasAreListed() throws Exception {
        Path both = run(8, 1000, Map.of("recipients", "1"), Map.of("recipients", "3"));
        Path one = run(8, 1000, Map.of("recipients", "1"));
        assertThat(compare(both, one).missing()).containsExactly("SomeFanOut_recipients=3");
        assertThat(compare(both, one).exitCode(true)).isEqualTo(3);
        assertThat(compare(one, both).extra()).containsExactly("SomeFanOut_recipients=3");
        assertThatThrownBy(() -> compare(one, run(8, 1000, Map.of("recipients", "9"))))
                .hasMessageStartingWith("nothing to compare: ");
    }

    @Test
    void differentSettingsAreRefusedUnlessTheyAreNamed() throws Exception {
        Path base = run(8, 1000, Map.of("delay", "none"));
        Path other = run(8, 1000, Map.of("delay", "none"), "linger.ms", "5");
        assertThatThrownBy(() -> compare(base, other))
                .hasMessage("different fingerprints: linger.ms 0 | 5 "
                        + "(--allow-different linger.ms compares them all the same)");
        Comparison allowed = RecordedComparison.of(TrialSet.read(base), TrialSet.read(other), Set.of("linger.ms"), RULE,
                Optional.empty());
        assertThat(allowed.differences()).containsEntry("linger.ms", List.of("0", "5"));
        Comparison delayed = RecordedComparison.of(TrialSet.read(base),
                TrialSet.read(run(8, 1300, Map.of("delay", "fixed:1ms"))), Set.of("delay"), RULE, Optional.empty());
        assertThat(delayed.verdict()).isEqualTo(Verdict.REGRESSION);
    }

    @Test
    void figuresOfAnotherMachineAreNoBaseline() throws Exception {
        TrialSet here = TrialSet.read(run(8, 1000, Map.of()));
        Map<String, String> machine = new TreeMap<>(here.machine());
        machine.put("cpu.model", "Abacus");
        TrialSet there = new TrialSet("there", machine, here.versions(), here.rows(), List.of());
        assertThatThrownBy(() -> RecordedComparison.of(here, there, Set.of("machine.cpu.model"), RULE, Optional
                .empty()))
                .hasMessageStartingWith("different machines (machine.cpu.model ").hasMessageContaining("| Abacus)")
                .hasMessageContaining("are no baseline");
        machine.putAll(here.machine());
        machine.put("kernel", "0.1");
        TrialSet updated = new TrialSet("updated", machine, here.versions(), here.rows(), List.of());
        assertThatThrownBy(() -> RecordedComparison.of(here, updated, Set.of(), RULE, Optional.empty()))
                .hasMessageContaining("--allow-different machine.kernel");
        assertThat(RecordedComparison.of(here, updated, Set.of("machine.kernel"), RULE, Optional.empty())
                .exitCode(false))
                .isZero();
    }

    @Test
    void aLittleMemoryMoreIsTheSameMachineAndALimitIsNot() throws Exception {
        TrialSet here = TrialSet.read(run(8, 1000, Map.of()));
        Map<String, String> machine = new TreeMap<>(here.machine());
        machine.put("memory.mib", Long.toString(Long.parseLong(machine.get("memory.mib")) + 1));
        TrialSet rebooted = new TrialSet("rebooted", machine, here.versions(), here.rows(), List.of());
        assertThat(RecordedComparison.of(here, rebooted, Set.of(), RULE, Optional.empty()).exitCode(false)).isZero();

        machine.put("limit.cpu", "1.10 processors");
        TrialSet limited = new TrialSet("limited", machine, here.versions(), here.rows(), List.of());
        assertThatThrownBy(() -> RecordedComparison.of(here, limited, Set.of(), RULE, Optional.empty()))
                .hasMessageMatching("different fingerprints: machine.limit.cpu .* \\| 1\\.10 processors "
                        + "\\(--allow-different machine.limit.cpu compares them all the same\\)");
    }

    @Test
    void aMachineIsNotAllowedToDifferAndTheRefusalSaysSo() throws Exception {
        TrialSet here = TrialSet.read(run(8, 1000, Map.of()));
        Map<String, String> machine = new TreeMap<>(here.machine());
        machine.put("memory.mib", "7");
        TrialSet there = new TrialSet("there", machine, here.versions(), here.rows(), List.of());
        assertThatThrownBy(() -> RecordedComparison.of(here, there, Set.of("machine.memory.mib"), RULE, Optional.empty()))
                .hasMessageEndingWith("; --allow-different does not apply to a machine");
    }

    @Test
    void anotherLibraryIsRefusedAnotherCommitIsWhatIsCompared() throws Exception {
        TrialSet here = TrialSet.read(run(8, 1000, Map.of()));
        Map<String, String> versions = new TreeMap<>(here.versions());
        versions.put("git.commit", "f00");
        versions.put("grpc", "1.99");
        TrialSet other = new TrialSet("other", here.machine(), versions, here.rows(), List.of());
        assertThatThrownBy(() -> RecordedComparison.of(here, other, Set.of(), RULE, Optional.empty()))
                .hasMessageContaining("different fingerprints: versions.grpc ").hasMessageNotContaining("git.commit");
    }

    @Test
    void aCandidateThatFailedIsARegressionWithItsReason() throws Exception {
        Path base = run(8, 1000, Map.of());
        Path failed = run(2, 1000, Map.of());
        RunDirectory.open(failed).writeJson("status.json",
                Status.ended(false, List.of("Some, trial 3: event x is not over within 30 s"), 2, 8));
        Comparison comparison = compare(base, failed);
        assertThat(comparison.exitCode(false)).isEqualTo(1);
        assertThat(ComparisonFiles.headline(comparison)).startsWith("REGRESSION: the candidate failed: ")
                .endsWith("Some, trial 3: event x is not over within 30 s");
        assertThatThrownBy(() -> compare(failed, base)).hasMessageStartingWith("the base is no baseline");
    }

    @Test
    void aPercentileWithTooFewEventsBeyondItIsNotJudged() throws Exception {
        Comparison comparison = compare(run(8, 1000, Map.of()), run(8, 1000, Map.of()));
        assertThat(comparison.rows().get(0).notJudged()).extracting(Comparison.NotJudged::metric)
                .containsExactly(Metric.COMPLETED_P99, Metric.SENDER_P99);
        assertThat(comparison.rows().get(0).notJudged().get(0).reason())
                .isEqualTo("needs 10000 events a trial, the smallest has 1000");
    }

    @Test
    void aSaturatedRowIsNotComparedByLatency() throws Exception {
        // 1000 events in a second, of 2000 that were asked for
        Comparison comparison = compare(run(8, 1000, Map.of("rate", "2000")), run(8, 2000, Map.of("rate", "2000")));
        assertThat(comparison.rows().get(0).metrics()).extracting(Judgement::metric)
                .containsExactly(Metric.ACHIEVED_RATE);
        assertThat(comparison.rows().get(0).notJudged()).hasSize(4)
                .allMatch(one -> one.reason().startsWith("saturated: "));
    }

    @Test
    void aRowThatHadNotSettledIsNotCompared() throws Exception {
        Path settled = run(8, 1000, Map.of());
        Path unsettled = run(8, 2000, Map.of());
        settle(settled, trial -> true);
        settle(unsettled, trial -> trial > 2);
        Comparison.Row row = compare(settled, unsettled).rows().get(0);
        assertThat(row.metrics()).isEmpty();
        assertThat(row.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(row.notJudged()).hasSize(Metric.values().length).allMatch(one -> one.reason().equals("unsettled: "
                + "SomeFanOut of the candidate was measured before it was warm (unsettled in 2 of 8 trials)"));
        assertThat(compare(settled, unsettled).exitCode(false)).isEqualTo(3);
        assertThat(compare(unsettled, settled).rows().get(0).notJudged().get(0).reason())
                .startsWith("unsettled: SomeFanOut of the base was ");
        assertThat(History.of(folder).notes()).contains("SomeFanOut of " + unsettled.getFileName()
                + " is left out: unsettled in 2 of 8 trials");
        settle(unsettled, trial -> true);
        assertThat(compare(settled, unsettled).verdict()).isEqualTo(Verdict.REGRESSION);
    }

    private static void settle(Path run, IntPredicate settled) throws IOException {
        RunDirectory directory = RunDirectory.open(run);
        for (RunDirectory.Trial trial : directory.trials()) {
            TrialInfo info = trial.info();
            directory.writeTrial(new TrialInfo(info.benchmark(), info.params(), info.trial(), info.endedAt(), info.settings(),
                    info.iterations(), info.sent(), info.series(), info.scalars(),
                    new WarmUpCurve(settled.test(info.trial()), 30, List.of())), trial.stored());
        }
    }

    @Test
    void whatRanWithoutAFreshJvmIsNoTrial() throws Exception {
        Path unforked = run(8, 1000, Map.of(), "jmh.forks", "0");
        assertThatThrownBy(() -> TrialSet.read(unforked)).isInstanceOf(IOException.class).hasMessage(unforked
                + " has no trials: SomeFanOut was measured with -f 0, and a trial is a fresh JVM");
        History history = History.of(folder);
        assertThat(history.notes()).contains(unforked.getFileName()
                + " is left out: measured with -f 0, and a trial is a fresh JVM");
    }

    @Test
    void theRunAtWhichALevelChangedIsNamed() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            names.add(run(3, i < 9 ? 1000 : 1300, Map.of()).getFileName().toString());
        }
        History history = History.of(folder);
        assertThat(history.changes()).isNotEmpty().allSatisfy(change -> {
            assertThat(change.run()).isEqualTo(names.get(9));
            assertThat(change.before()).isEqualTo(names.get(8));
            assertThat(change.isWorse()).isTrue();
        });
        assertThat(history.changes().get(0).print()).startsWith("SomeFanOut completed p50: worse by ");
        assertThat(history.isWorse()).isTrue();
    }

    @Test
    void aShortHistorySaysHowManyRunsAreMissing() throws Exception {
        run(3, 1000, Map.of());
        run(3, 1000, Map.of());
        assertThat(History.of(folder).notes()).containsExactly("SomeFanOut: 2 runs of this fingerprint, 4 missing");
    }

    @Test
    void aRunOfTheMatrixIsLeftOutOfAHistoryForWhatItIs() throws Exception {
        run(3, 1000, Map.of());
        RunDirectory matrix = RunDirectory.create(folder, Instant.parse("2026-11-26T00:00:00Z"), "matrix");
        matrix.writeJson("status.json", Status.ended(false, List.of(), 9, 9));
        matrix.write("matrix.json", "{}");
        RunDirectory empty = RunDirectory.create(folder, Instant.parse("2026-11-27T00:00:00Z"), "run");
        empty.writeJson("status.json", Status.ended(false, List.of(), 0, 0));
        assertThat(History.of(folder).notes()).containsExactly(
                "20261126-000000-matrix is left out: it is a run of matrix, which has no trials",
                "20261127-000000-run is left out: it has no summary.json, so no trial of it has ended",
                "SomeFanOut: 1 runs of this fingerprint, 5 missing");
    }

    @Test
    void rowsAreInTheOrderOfTheirParametersAsNumbers() throws Exception {
        Path base = run(8, 1000, Map.of("batch", "19200"), Map.of("batch", "6190"));
        assertThat(compare(base, run(8, 1000, Map.of("batch", "6190"), Map.of("batch", "19200"))).rows())
                .extracting(Comparison.Row::stem).containsExactly("SomeFanOut_batch=6190", "SomeFanOut_batch=19200");
        assertThat(RunDirectory.open(base).summary().rows()).extracting(row -> row.params().get("batch"))
                .containsExactly("6190", "19200");
    }

    private static Comparison compare(Path base, Path candidate) throws IOException {
        return RecordedComparison.of(TrialSet.read(base), TrialSet.read(candidate), Set.of(), RULE, Optional.empty());
    }

    @SafeVarargs
    private Path run(int trials, double micros, Map<String, String>... rows) throws IOException {
        RunDirectory run = RunDirectory.create(folder, Instant.parse("2026-11-25T00:00:00Z").plusSeconds(runs++),
                "run");
        for (Map<String, String> params : rows) {
            trials(run, trials, micros, params, Map.of("linger.ms", "0"));
        }
        return end(run, trials);
    }

    private Path run(int trials, double micros, Map<String, String> params, String setting, String value)
            throws IOException {
        RunDirectory run = RunDirectory.create(folder, Instant.parse("2026-11-25T00:00:00Z").plusSeconds(runs++),
                "run");
        trials(run, trials, micros, params, Map.of(setting, value));
        return end(run, trials);
    }

    private static Path end(RunDirectory run, int trials) throws IOException {
        run.writeSummary(List.of(), Instant.EPOCH, Versions.all());
        run.writeJson("status.json", Status.ended(false, List.of(), trials, trials));
        return run.path();
    }

    private void trials(RunDirectory run, int trials, double micros, Map<String, String> params,
                        Map<String, String> settings) throws IOException {
        List<String> series = Series.of(List.of("analytics"));
        for (int trial = 1; trial <= trials; trial++) {
            double level = micros * Math.exp(0.02 * random.nextGaussian());
            List<Histogram> intervals = new ArrayList<>();
            for (String name : series) {
                Histogram histogram = new Histogram(3);
                histogram.setTag(name.equals("completed") ? null : name);
                histogram.setStartTimeStamp(0);
                histogram.setEndTimeStamp((long) level);
                for (int i = 0; i < 1000; i++) {
                    histogram.recordValue((long) (1000 * level * Math.exp(0.2 * random.nextGaussian())));
                }
                intervals.add(histogram);
            }
            run.writeTrial(new TrialInfo("dev.brew.SomeFanOutBenchmark.event", params, trial, "2026-11-25T00:00:00Z",
                    settings, 1, 1000, series, params.containsKey("rate")
                    ? Map.of(Scalars.OFFERED, Double.valueOf(params.get("rate")), Scalars.ACHIEVED, 1e6 / level)
                    : Map.of()), StoredInterval.of(intervals));
        }
    }
}
