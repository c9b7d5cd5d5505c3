package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedPowerTest {

    private static final PairedRule RULE = new PairedRule(PairedRule.MARGIN, 20_000, PairedRule.LOOKS, 15);
    private static final double LEVEL = 1_000_000;
    private static final int PAIRS = 4;

    @Test
    void whatItSaysItCouldHaveFoundItFindsEightTimesInTen() {
        double deviation = 0.04;
        double[][] typical = typical(deviation);
        double found = new PairedPower().detectable(RULE, Metric.COMPLETED_P50, typical[0], typical[1]);
        SplittableRandom random = new SplittableRandom(1);
        int times = 0;
        int all = 2_000;
        for (int i = 0; i < all; i++) {
            double[] base = new double[RULE.most()];
            double[] candidate = new double[RULE.most()];
            for (int pair = 0; pair < base.length; pair++) {
                base[pair] = LEVEL;
                candidate[pair] = LEVEL * (1 + found) * Math.exp(deviation * random.nextGaussian());
            }
            times += RULE.judge(Metric.COMPLETED_P50, base, candidate).verdict() == Verdict.REGRESSION ? 1 : 0;
        }
        assertThat((double) times / all).isBetween(0.77, 0.83);
    }

    @Test
    void aRateThatFallsIsFoundAsWell() {
        double[][] typical = typical(0.04);
        PairedPower power = new PairedPower();
        assertThat(power.detectable(RULE, Metric.ACHIEVED_RATE, typical[0], typical[1]))
                .isBetween(0.05, 0.2)
                .isCloseTo(power.detectable(RULE, Metric.COMPLETED_P50, typical[0], typical[1]),
                        org.assertj.core.api.Assertions.within(0.02));
    }

    @Test
    void theFloorAndTheSpreadBoundIt() {
        PairedPower power = new PairedPower();
        double[][] quiet = typical(0.001);
        assertThat(power.detectable(RULE, Metric.COMPLETED_P50, quiet[0], quiet[1])).isBetween(0.049, 0.056);
        double[][] loud = typical(0.2);
        assertThat(power.detectable(RULE, Metric.COMPLETED_P50, loud[0], loud[1])).isGreaterThan(0.2);
        double[][] hopeless = typical(20);
        assertThat(power.detectable(RULE, Metric.COMPLETED_P50, hopeless[0], hopeless[1])).isNegative();
        assertThat(power.detectable(RULE, Metric.COMPLETED_P50, new double[] {1}, new double[] {1})).isNegative();
    }

    /** Pairs with exactly this deviation. */
    private static double[][] typical(double deviation) {
        double[][] typical = new double[2][PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            typical[0][i] = LEVEL;
            typical[1][i] = LEVEL * Math.exp(deviation * Math.sqrt((PAIRS - 1.0) / PAIRS) * (i % 2 == 0 ? 1 : -1));
        }
        return typical;
    }
}
