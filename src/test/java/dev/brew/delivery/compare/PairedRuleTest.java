package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedRuleTest {

    private static final PairedRule RULE = new PairedRule(0.1, 20_000, List.of(4, 6, 8), 10);
    private static final double MILLISECOND = 1_000_000;
    private static final double PER_SECOND = 1_000;

    @Test
    void itsBoundsAreStudents() {
        Judgement judged = judge(Metric.COMPLETED_P50, 0.10, 0.12, 0.08, 0.10);
        double error = Math.sqrt((0.02 * 0.02 + 0.02 * 0.02) / 3) / 2;
        assertThat(judged.alpha()).isEqualTo(0.1 / 3);
        double student = 2.8; // of three degrees of freedom, exceeded with 1/30: between 2.353 (1/20) and 3.182 (1/40)
        assertThat(judged.ratio().estimate()).isCloseTo(Math.exp(0.1), within(1e-9));
        assertThat(judged.ratio().upper()).isBetween(Math.exp(0.1 + 2.353 * error), Math.exp(0.1 + 3.182 * error));
        assertThat(Math.log(judged.ratio().upper()) - 0.1).isCloseTo(student * error, within(0.1 * error));
        assertThat(0.1 - Math.log(judged.ratio().lower())).isCloseTo(Math.log(judged.ratio().upper()) - 0.1, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"3, 0.05, 2.3534", "3, 0.0005, 12.924", "7, 0.001, 4.7853", "11, 0.01, 2.7181"}) // from a printed table
    void studentsT(int degreesOfFreedom, double error, double value) {
        assertThat(PairedRule.student(degreesOfFreedom, error)).isCloseTo(value, within(1e-3));
    }

    @Test
    void noWorseThanTheMarginPasses() {
        Judgement judged = judge(Metric.COMPLETED_P50, 0.01, -0.02, 0.02, -0.01);
        assertThat(judged.verdict()).isEqualTo(Verdict.PASS);
        assertThat(judged.baseTrials()).isEqualTo(4);
        assertThat(judged.margin()).isEqualTo(0.1);
    }

    @Test
    void worseOrBetterForCertainIsSaidInTheDirectionOfTheMetric() {
        double[] worse = {0.15, 0.151, 0.149, 0.15};
        assertThat(judge(Metric.COMPLETED_P50, worse).verdict()).isEqualTo(Verdict.REGRESSION);
        assertThat(judge(Metric.COMPLETED_P50, worse).alpha()).isEqualTo(0.01 / 10 / 3);
        assertThat(judge(Metric.ACHIEVED_RATE, worse).verdict()).isEqualTo(Verdict.IMPROVED);
        double[] less = {-0.15, -0.151, -0.149, -0.15};
        assertThat(judge(Metric.COMPLETED_P50, less).verdict()).isEqualTo(Verdict.IMPROVED);
        assertThat(judge(Metric.ACHIEVED_RATE, less).verdict()).isEqualTo(Verdict.REGRESSION);
    }

    @Test
    void itLooksOnlyAfterItsNumbersOfPairsAndTheFirstDecisionStands() {
        double[] pairs = {0.02, -0.06, 0.09, -0.05, 0.01, 0.0, 0.3, 0.3};
        assertThat(judge(Metric.COMPLETED_P50, Arrays.copyOf(pairs, 3)).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judge(Metric.COMPLETED_P50, Arrays.copyOf(pairs, 5)).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judge(Metric.COMPLETED_P50, Arrays.copyOf(pairs, 5)).baseTrials()).isEqualTo(5);
        Judgement sixth = judge(Metric.COMPLETED_P50, Arrays.copyOf(pairs, 6));
        assertThat(sixth.verdict()).isEqualTo(Verdict.PASS);
        assertThat(judge(Metric.COMPLETED_P50, pairs)).isEqualTo(sixth);
    }

    @Test
    void aTailHasThreeTimesTheMargin() {
        double[] pairs = {0.1, 0.14, 0.02, 0.06};
        assertThat(judge(Metric.COMPLETED_P50, pairs).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judge(Metric.COMPLETED_P99, pairs).verdict()).isEqualTo(Verdict.PASS);
        assertThat(judge(Metric.COMPLETED_P99, pairs).margin()).isCloseTo(0.3, within(1e-12));
    }

    @Test
    void whatIsBelowTheFloorIsNoRegressionAndPasses() {
        double[] certain = {0.15, 0.151, 0.149, 0.15}; // of 100 µs: 16 µs
        assertThat(RULE.judge(Metric.COMPLETED_P50, base(4, 100_000), candidate(100_000, certain)).verdict())
                .isEqualTo(Verdict.PASS);
        double[] small = {0.04, 0.0401, 0.0399, 0.04}; // below 5 %
        assertThat(judge(Metric.ACHIEVED_RATE, small).verdict()).isEqualTo(Verdict.PASS);
        assertThat(judge(Metric.COMPLETED_P50, small).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void whatLooksWorseIsSuspectedUntilItIsDecided() {
        double[] worse = {0.1, 0.14, 0.02, 0.06};
        assertThat(suspected(Metric.COMPLETED_P50, worse)).isTrue();
        assertThat(suspected(Metric.ACHIEVED_RATE, worse)).isFalse();
        assertThat(suspected(Metric.COMPLETED_P50, 0.15, 0.151, 0.149, 0.15)).as("decided").isFalse();
        assertThat(suspected(Metric.COMPLETED_P50, 0.2, -0.2, 0.2, -0.2)).as("undecided, and not worse").isFalse();
    }

    /** Four pairs with a spread of 5 %: t of three degrees of freedom and 1/30 is 2.8, so a bound is 7 % away. */
    @Test
    void whatIsUndecidedSaysHowManyPairsItTakes() {
        double[] pairs = {0.05, -0.05, 0.04, -0.04};
        Judgement judged = judge(Metric.COMPLETED_P50, pairs).withPairs(Arrays.stream(pairs).map(Math::exp).boxed().toList());
        assertThat(judged.spread()).isCloseTo(Math.sqrt((2 * 0.0025 + 2 * 0.0016) / 3), within(1e-9));
        assertThat(judged.pairsNeeded()).isEqualTo(4);
        double[] worse = {0.13, 0.03, 0.12, 0.04}; // 8 % worse, so less room
        assertThat(judge(Metric.COMPLETED_P50, worse).withPairs(Arrays.stream(worse).map(Math::exp).boxed().toList())
                .pairsNeeded()).isBetween(30, 200);
        double[] beyond = {0.25, 0.05, 0.24, 0.06};
        assertThat(judge(Metric.COMPLETED_P50, beyond).withPairs(Arrays.stream(beyond).map(Math::exp).boxed().toList())
                .pairsNeeded()).isEqualTo(Judgement.MANY);
    }

    @Test
    void theNextLook() {
        assertThat(RULE.nextLook(0)).isEqualTo(4);
        assertThat(RULE.nextLook(4)).isEqualTo(6);
        assertThat(RULE.nextLook(8)).isEqualTo(8);
        assertThat(RULE.most()).isEqualTo(8);
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThatThrownBy(() -> new PairedRule(0, 0, List.of(4), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PairedRule(0.1, 0, List.of(1), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RULE.judge(Metric.COMPLETED_P50, new double[] {1}, new double[] {0}))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("figures must be above 0, got 0.0 and 1.0");
    }

    private static boolean suspected(Metric metric, double... logarithms) {
        double level = metric.isLatency() ? MILLISECOND : PER_SECOND;
        return RULE.isSuspected(metric, base(logarithms.length, level), candidate(level, logarithms));
    }

    private static Judgement judge(Metric metric, double... logarithms) {
        double level = metric.isLatency() ? MILLISECOND : PER_SECOND;
        return RULE.judge(metric, base(logarithms.length, level), candidate(level, logarithms));
    }

    private static double[] base(int pairs, double level) {
        double[] base = new double[pairs];
        Arrays.fill(base, level);
        return base;
    }

    private static double[] candidate(double level, double... logarithms) {
        return Arrays.stream(logarithms).map(value -> level * Math.exp(value)).toArray();
    }
}
