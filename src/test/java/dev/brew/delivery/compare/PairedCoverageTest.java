package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How often the interval of {@link PairedRatio} contains the true ratio, over thousands of simulated runs with fixed seeds.
 *
 * <p>A simulated run has 6, 7 or 10 blocks with two rows. Recorded blocks give the spread: both rows of a block share a level
 * whose logarithm has a standard deviation of 0.2, and the logarithm of a block's ratio has one of 0.02 to 0.05, a new one
 * for each block. Its distribution is normal, or Laplace for heavier tails. In a third kind a slow spell makes one row
 * 1.2 to 1.6 × as slow in one block of each run; either row may meet it.
 *
 * <p>The confidence is 96.9, 95.3 and 95.1 % by arithmetic; the simulated share may differ from it by its own error.
 */
@Execution(ExecutionMode.CONCURRENT) // pure arithmetic, for seconds
class PairedCoverageTest {

    private static final int RUNS = 20_000;
    private static final int[] BLOCKS = {6, 7, 10};
    private static final double RATIO = 1.31;
    private static final double LEVEL = 0.2;
    /** Three standard errors of the simulated share. */
    private static final double ERROR = 3 * Math.sqrt(0.95 * 0.05 / RUNS);

    private final SplittableRandom random = new SplittableRandom(18);

    /** How the logarithm of a block's ratio varies. */
    private enum Spread {
        NORMAL, LAPLACE, SLOW_SPELL
    }

    @ParameterizedTest
    @EnumSource(Spread.class)
    void theIntervalContainsTheTrueRatioAsOftenAsItSays(Spread spread) {
        for (int blocks : BLOCKS) {
            int covered = 0;
            double confidence = 0;
            for (int run = 0; run < RUNS; run++) {
                PairedRatio ratio = run(blocks, spread);
                covered += ratio.lower() <= RATIO && RATIO <= ratio.upper() ? 1 : 0;
                confidence = ratio.confidence();
            }
            assertThat(confidence).isGreaterThanOrEqualTo(0.95);
            assertThat((double) covered / RUNS).as("%d blocks, %s", blocks, spread)
                    .isCloseTo(confidence, within(ERROR));
        }
    }

    private PairedRatio run(int blocks, Spread spread) {
        double[] first = new double[blocks];
        double[] second = new double[blocks];
        for (int i = 0; i < blocks; i++) {
            double level = Math.exp(LEVEL * random.nextGaussian());
            double deviation = 0.02 + 0.03 * random.nextDouble();
            first[i] = level * RATIO * Math.exp(deviation * (spread == Spread.LAPLACE ? laplace() : random.nextGaussian()));
            second[i] = level;
        }
        if (spread == Spread.SLOW_SPELL) {
            (random.nextBoolean() ? first : second)[random.nextInt(blocks)] *= 1.2 + 0.4 * random.nextDouble();
        }
        return PairedRatio.of(first, second);
    }

    /** With a standard deviation of 1. */
    private double laplace() {
        double uniform = random.nextDouble() - 0.5;
        return -Math.signum(uniform) * Math.log(1 - 2 * Math.abs(uniform)) / Math.sqrt(2);
    }
}
