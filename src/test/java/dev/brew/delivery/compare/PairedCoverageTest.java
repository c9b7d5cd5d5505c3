package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How often the interval of {@link PairedRatio} contains the true ratio, over thousands of simulated runs with fixed seeds.
 *
 * <p>A simulated run has 6, 7 or 10 blocks with two rows. Recorded blocks give the spread: both rows of a block share a
 * level whose logarithm has a standard deviation of 0.2, and the logarithm of a block's ratio has one of 0.02 to 0.05, a new
 * one for each block. Its distribution is normal, or Laplace for heavier tails. In a third kind a slow spell makes one row
 * 1.2 to 1.6 × as slow in one block of each run; either row may meet it.
 *
 * <p>The exact confidence is 1 − 2 P(W &lt; k), where k is the rank of the bound: 96.9 % with six blocks (k = 1), 95.3 % with
 * seven (k = 3), 95.1 % with ten (k = 9). With six blocks the test requires that at least 95 % of the intervals contain the
 * true ratio. With each number of blocks it requires that their share is the exact confidence, within three standard errors
 * of a share of {@value #RUNS} runs. The next rank, k + 1, would give 93.8, 92.2 and 93.6 %, which is outside.
 */
@Execution(ExecutionMode.CONCURRENT) // pure arithmetic, for seconds
class PairedCoverageTest {

    private static final int RUNS = 20_000;
    /** The exact confidence by number of blocks. */
    private static final Map<Integer, Double> CONFIDENCES =
            new TreeMap<>(Map.of(6, 1 - 2 / 64.0, 7, 1 - 2 * 3 / 128.0, 10, 1 - 2 * 25 / 1024.0));
    private static final double RATIO = 1.31;
    private static final double LEVEL = 0.2;

    private final SplittableRandom random = new SplittableRandom(18);

    /** How the logarithm of a block's ratio varies. */
    private enum Spread {
        NORMAL, LAPLACE, SLOW_SPELL
    }

    @ParameterizedTest
    @EnumSource(Spread.class)
    void theIntervalContainsTheTrueRatioAsOftenAsItSays(Spread spread) {
        CONFIDENCES.forEach((blocks, confidence) -> {
            double error = 3 * Math.sqrt(confidence * (1 - confidence) / RUNS);
            assertThat(coverage(blocks, spread)).as("%d blocks, %s", blocks, spread)
                    .isGreaterThanOrEqualTo(blocks == 6 ? 0.95 : confidence - error)
                    .isCloseTo(confidence, within(error));
        });
    }

    /** The intervals themselves claim no other confidence. */
    @Test
    void theConfidenceIsExact() {
        CONFIDENCES.forEach((blocks, confidence) ->
                assertThat(run(blocks, Spread.NORMAL).confidence()).isCloseTo(confidence, within(1e-12)));
    }

    /** The share of the runs whose interval contains the true ratio. */
    private double coverage(int blocks, Spread spread) {
        int covered = 0;
        for (int run = 0; run < RUNS; run++) {
            PairedRatio ratio = run(blocks, spread);
            covered += ratio.lower() <= RATIO && RATIO <= ratio.upper() ? 1 : 0;
        }
        return (double) covered / RUNS;
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
