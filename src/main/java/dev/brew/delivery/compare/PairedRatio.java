package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.Arrays;

/**
 * The ratio of two rows that were measured side by side in the same blocks, with an exact two-sided interval. It assumes
 * that the logarithms of the blocks' ratios are independent and symmetric about one centre; it assumes no shape.
 *
 * @param estimate   the Hodges-Lehmann estimate: exp of the median of all Walsh averages of the logarithms, which are the
 *                   means of all pairs, each value with itself included; above 0
 * @param lower      lower end of the interval; 0 without an interval
 * @param upper      upper end of the interval; infinite without an interval
 * @param blocks     the number of blocks; 0 if the trials are not paired
 * @param confidence of the interval, at least {@value #CONFIDENCE}: 0.969 of six blocks; 0 without an interval
 */
public record PairedRatio(double estimate, double lower, double upper, int blocks, double confidence) {

    /** The least confidence of an interval. */
    static final double CONFIDENCE = 0.95;
    /** The fewest blocks that give an interval: five of them give a confidence of 0.9375 at most. */
    public static final int BLOCKS_NEEDED = 6;

    /**
     * The ratio of paired values, first ÷ second.
     *
     * @param first  a value for each block, above 0; 1 to 1,000 of them
     * @param second likewise, in the order of the same blocks
     * @throws IllegalArgumentException if the numbers of values differ or are out of range, or a value is not above 0
     */
    public static PairedRatio of(double[] first, double[] second) {
        return ofLogarithms(logarithms(first, second));
    }

    /** As {@link #of(double[], double[])}, of the ratios themselves. */
    static PairedRatio of(double[] ratios) {
        return ofLogarithms(Arrays.stream(ratios).map(Math::log).toArray());
    }

    private static PairedRatio ofLogarithms(double[] logarithms) {
        double[] averages = walshAverages(logarithms);
        int n = logarithms.length;
        int k = SignedRank.rankOfBound(n, (1 - CONFIDENCE) / 2);
        double estimate = Math.exp(Median.of(averages));
        return k == 0 ? new PairedRatio(estimate, 0, Double.POSITIVE_INFINITY, n, 0)
                : new PairedRatio(estimate, Math.exp(averages[k - 1]), Math.exp(averages[averages.length - k]), n,
                        1 - 2 * SignedRank.cdf(n, k - 1));
    }

    /** A ratio of trials that are not paired: it has no interval. */
    static PairedRatio unpaired(double ratio) {
        return new PairedRatio(ratio, 0, Double.POSITIVE_INFINITY, 0, 0);
    }

    /** True if there are enough blocks for an interval. */
    public boolean hasInterval() {
        return confidence > 0;
    }

    /** Of first ÷ second. */
    static double[] logarithms(double[] first, double[] second) {
        if (first.length != second.length) {
            throw new IllegalArgumentException("pairs need as many values on both sides, got " + first.length + " and "
                    + second.length);
        }
        double[] logarithms = new double[first.length];
        for (int i = 0; i < first.length; i++) {
            if (!(first[i] > 0) || !(second[i] > 0)) {
                throw new IllegalArgumentException("figures must be above 0, got " + first[i] + " and " + second[i]);
            }
            logarithms[i] = Math.log(first[i]) - Math.log(second[i]);
        }
        return logarithms;
    }

    /** Ascending. */
    private static double[] walshAverages(double[] values) {
        double[] averages = new double[values.length * (values.length + 1) / 2];
        int next = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = i; j < values.length; j++) {
                averages[next++] = (values[i] + values[j]) / 2;
            }
        }
        Arrays.sort(averages);
        return averages;
    }
}
