package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * How often the rule for recorded runs is wrong, over thousands of simulated comparisons. Trials vary as those of a shared
 * machine do: each has a level of its own, the machine drifts, now and then a trial is slow as a whole, and a p99 varies three
 * times as much as a p50. Seeds are fixed: it comes out the same every time.
 */
@Execution(ExecutionMode.CONCURRENT) // pure arithmetic, for seconds
class ErrorRateTest {

    private static final int REPETITIONS = 3_000;
    private static final int ROWS = 6;
    private static final List<Metric> METRICS =
            List.of(Metric.COMPLETED_P50, Metric.COMPLETED_P99, Metric.SENDER_P50, Metric.SENDER_P99);
    private static final double DRIFT = 0.08;
    private static final double LEVEL_NANOS = 1_000_000;
    private static final Rule RULE = new Rule(0.01, Rule.MARGIN, Rule.FLOOR.toNanos());

    /**
     * How trials vary.
     *
     * @param p50  deviation of the logarithm
     * @param p99  likewise
     * @param slow the share of trials that are slow as a whole
     */
    private record Machine(double p50, double p99, double slow) {
        double deviation(Metric metric) {
            return switch (metric) {
                case COMPLETED_P50, SENDER_P50 -> p50;
                case COMPLETED_P99, SENDER_P99 -> p99;
                case ACHIEVED_RATE -> throw new IllegalArgumentException("a rate is not simulated");
            };
        }
    }

    private static final Machine ORDINARY = new Machine(0.05, 0.15, 0.01);
    private final SplittableRandom random = new SplittableRandom(2_026);
    private final Machine machine = ORDINARY;

    @Test
    void oneWholeComparisonOf24MetricsInAHundredGivesAFalseAlarmAtMost() {
        double alpha = RecordedComparison.ALPHA / (ROWS * METRICS.size());
        assertThat(share(REPETITIONS, () -> rows(8, 1).stream()
                .anyMatch(row -> row.judge(metric -> RULE.at(alpha)).verdict() == Verdict.REGRESSION)))
                .isLessThanOrEqualTo(0.01);
    }

    /** Without Bonferroni and the margin the same trials cry wolf: the simulation is no kind one. */
    @Test
    void withoutAMarginItWouldCryWolf() {
        Rule naive = new Rule(0.05, 0, 0);
        assertThat(share(500, () -> rows(5, 1).stream()
                .anyMatch(row -> row.judge(metric -> naive).verdict() == Verdict.REGRESSION))).isGreaterThan(0.2);
    }

    @Test
    void whatItSaysItCouldHaveFoundItFindsEightTimesInTen() {
        double deviation = ORDINARY.p50();
        double[] typical = new double[8];
        for (int i = 0; i < typical.length; i++) { // with exactly this deviation
            typical[i] = LEVEL_NANOS * Math.exp(deviation * Math.sqrt(7 / 8.0) * (i % 2 == 0 ? 1 : -1));
        }
        double shift = new Power().detectable(RULE, Metric.COMPLETED_P50, typical, typical);
        double found = share(2_000, () -> {
            return RULE.judge(Metric.COMPLETED_P50, normal(8, deviation, 1), normal(8, deviation, 1 + shift)).verdict()
                    == Verdict.REGRESSION;
        });
        assertThat(found).isBetween(0.77, 0.83);
    }

    private List<RowJudge> rows(int pairs, double factor) {
        List<RowJudge> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            List<Map<Metric, Double>> base = new ArrayList<>();
            List<Map<Metric, Double>> candidate = new ArrayList<>();
            for (int pair = 0; pair < pairs; pair++) {
                double place = (double) pair / pairs;
                boolean baseFirst = random.nextBoolean();
                base.add(trial(place + (baseFirst ? 0 : 0.5) / pairs, 1));
                candidate.add(trial(place + (baseFirst ? 0.5 : 0) / pairs, factor));
            }
            rows.add(new RowJudge(row(base), row(candidate)));
        }
        return rows;
    }

    private static TrialRow row(List<Map<Metric, Double>> trials) {
        return new TrialRow("dev.brew.SomeBenchmark.event", Map.of(), Map.of(), trials, 100_000, false, "");
    }

    private Map<Metric, Double> trial(double place, double factor) {
        double slow = random.nextDouble() < machine.slow() ? 1.3 + 0.4 * random.nextDouble() : 1;
        Map<Metric, Double> trial = new EnumMap<>(Metric.class);
        METRICS.forEach(metric -> trial.put(metric, LEVEL_NANOS * factor * slow * (1 + DRIFT * place)
                * Math.exp(machine.deviation(metric) * random.nextGaussian())));
        return trial;
    }

    private double[] normal(int trials, double deviation, double factor) {
        double[] values = new double[trials];
        for (int i = 0; i < trials; i++) {
            values[i] = LEVEL_NANOS * factor * Math.exp(deviation * random.nextGaussian());
        }
        return values;
    }

    private static double share(int repetitions, java.util.function.BooleanSupplier happens) {
        int count = 0;
        for (int i = 0; i < repetitions; i++) {
            count += happens.getAsBoolean() ? 1 : 0;
        }
        return (double) count / repetitions;
    }
}
