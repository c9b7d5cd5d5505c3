package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The smallest worsening that a {@link PairedRule} finds, if a metric that looks worse gets all its pairs. It simulates the
 * rule with pairs that vary as much as the measured ones. An instance keeps its samples. Not thread-safe.
 */
final class PairedPower {

    private static final double WANTED = 0.8;
    private static final int REPETITIONS = 500;
    private static final long SEED = 20_000;
    private static final int HALVINGS = 10;
    private static final double LARGEST = Math.log(10);

    private final Map<Integer, double[][]> samples = new HashMap<>();

    /**
     * The smallest worsening that {@code rule} finds with a power of 0.8 at the deviation that these pairs show.
     *
     * @param base      a value for each pair, above 0
     * @param candidate likewise
     * @return 0.12 for 12 %; negative if there are too few pairs to know the deviation, or if a factor of ten is not found
     */
    double detectable(PairedRule rule, Metric metric, double[] base, double[] candidate) {
        if (base.length < 2) {
            return Judgement.UNKNOWN;
        }
        double deviation = PairedRule.deviation(base, candidate);
        double level = Median.of(base);
        if (power(rule, metric, deviation, level, LARGEST) < WANTED) {
            return Judgement.UNKNOWN;
        }
        double low = 0;
        double high = LARGEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (power(rule, metric, deviation, level, middle) < WANTED) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.expm1(high);
    }

    /** The share of comparisons that find a worsening of {@code shift}, a logarithm. */
    private double power(PairedRule rule, Metric metric, double deviation, double level, double shift) {
        double worse = metric.isLatency() ? shift : -shift;
        double[] logarithms = new double[rule.most()];
        int found = 0;
        for (double[] sample : samples.computeIfAbsent(rule.most(), PairedPower::draw)) {
            for (int i = 0; i < logarithms.length; i++) {
                logarithms[i] = worse + deviation * sample[i];
            }
            found += rule.decide(metric, logarithms, level) == Verdict.REGRESSION ? 1 : 0;
        }
        return (double) found / REPETITIONS;
    }

    private static double[][] draw(int pairs) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[][] drawn = new double[REPETITIONS][pairs];
        for (double[] sample : drawn) {
            Arrays.setAll(sample, i -> random.nextGaussian());
        }
        return drawn;
    }
}
