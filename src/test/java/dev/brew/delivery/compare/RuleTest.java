package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RuleTest {

    private static final Rule RULE = new Rule(0.01, 0.05, 50_000);
    /** Five trials of some 1 ms, 2 % apart. */
    private static final double[] BASE = {1_000_000, 1_020_000, 980_000, 1_010_000, 990_000};

    @Test
    void theEstimateIsTheMedianOfAllRatiosAndTheBoundsAreTheirKthValues() {
        Ratio ratio = Ratio.of(new double[] {1, 2, 4}, new double[] {8, 16, 32}, 0.05);
        // 2 4 4 8 8 8 16 16 32, and k is 1 of 9
        assertThat(ratio.estimate()).isCloseTo(8, within(1e-9));
        assertThat(ratio.lower()).isCloseTo(2, within(1e-9));
        assertThat(ratio.upper()).isCloseTo(32, within(1e-9));
        assertThat(ratio.inverse().lower()).isCloseTo(1 / 32.0, within(1e-9));
    }

    @Test
    void withTooFewTrialsNothingIsBounded() {
        Ratio ratio = Ratio.of(new double[] {1, 1}, new double[] {9, 9}, 0.01);
        assertThat(ratio.lower()).isZero();
        assertThat(ratio.upper()).isInfinite();
        assertThat(verdict(Metric.COMPLETED_P50, new double[] {1e6, 1e6}, new double[] {9e6, 9e6}))
                .isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void worseByMoreThanMarginAndFloorIsARegressionTheOtherWayRoundAnImprovement() {
        assertThat(verdict(Metric.COMPLETED_P50, BASE, times(1.2))).isEqualTo(Verdict.REGRESSION);
        assertThat(verdict(Metric.COMPLETED_P50, times(1.2), BASE)).isEqualTo(Verdict.IMPROVED);
        assertThat(verdict(Metric.COMPLETED_P50, BASE, BASE)).isEqualTo(Verdict.PASS);
    }

    @Test
    void moreOfARateIsBetter() {
        assertThat(verdict(Metric.ACHIEVED_RATE, BASE, times(1.2))).isEqualTo(Verdict.IMPROVED);
        assertThat(verdict(Metric.ACHIEVED_RATE, BASE, times(0.8))).isEqualTo(Verdict.REGRESSION);
        assertThat(verdict(Metric.ACHIEVED_RATE, BASE, BASE)).isEqualTo(Verdict.PASS);
    }

    @Test
    void whatIsAboveTheMarginButBelowTheFloorIsLeftAlone() {
        double[] fast = Arrays.stream(BASE).map(value -> value / 10).toArray(); // 100 µs: 20 % of it are 20 µs
        double[] slower = Arrays.stream(fast).map(value -> value * 1.2).toArray();
        assertThat(verdict(Metric.COMPLETED_P50, fast, slower)).isEqualTo(Verdict.PASS);
        assertThat(new Rule(0.01, 0.05, 0).judge(Metric.COMPLETED_P50, fast, slower).verdict())
                .isEqualTo(Verdict.REGRESSION);
    }

    @Test
    void whatMayBeWorseOrMayNotIsInconclusive() {
        double[] noisy = {700_000, 900_000, 1_100_000, 1_300_000, 1_500_000};
        assertThat(verdict(Metric.SENDER_P99, BASE, noisy)).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(verdict(Metric.SENDER_P99, BASE, times(1.05))).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void aWiderMarginForgives() {
        assertThat(RULE.with(0.25).judge(Metric.COMPLETED_P50, BASE, times(1.2)).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void figuresAreAboveZero() {
        assertThatThrownBy(() -> Ratio.of(new double[] {0}, new double[] {1}, 0.05))
                .hasMessage("figures must be above 0, got 0.0 and 1.0");
        assertThatThrownBy(() -> new Rule(0.5, 0.05, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double[] times(double factor) {
        return Arrays.stream(BASE).map(value -> value * factor).toArray();
    }

    private static Verdict verdict(Metric metric, double[] base, double[] candidate) {
        return RULE.judge(metric, base, candidate).verdict();
    }
}
