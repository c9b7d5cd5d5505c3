package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.Arrays;

/**
 * The ratio of the candidate's level to the base's, with one-sided bounds.
 *
 * @param estimate the Hodges-Lehmann estimate: exp of the median of all n·m differences of logarithms
 * @param lower    the ratio is above this with confidence 1 − alpha; 0 if there are too few trials for a bound
 * @param upper    the ratio is below this with confidence 1 − alpha; infinite if there are too few trials for a bound
 */
public record Ratio(double estimate, double lower, double upper) {

    /**
     * The ratio of two samples with a value for each trial.
     *
     * @param base      above 0, 1 to 100 of them
     * @param candidate likewise
     * @param alpha     the error of each bound, above 0, below 0.5
     * @throws IllegalArgumentException if a value is not above 0
     */
    static Ratio of(double[] base, double[] candidate, double alpha) {
        double[] differences = differences(base, candidate);
        int k = MannWhitney.rankOfBound(base.length, candidate.length, alpha);
        return new Ratio(Math.exp(Median.of(differences)),
                k == 0 ? 0 : Math.exp(differences[k - 1]),
                k == 0 ? Double.POSITIVE_INFINITY : Math.exp(differences[differences.length - k]));
    }

    /** ln candidate − ln base over all pairs, ascending. */
    private static double[] differences(double[] base, double[] candidate) {
        double[] differences = new double[base.length * candidate.length];
        int i = 0;
        for (double x : base) {
            for (double y : candidate) {
                if (!(x > 0) || !(y > 0)) {
                    throw new IllegalArgumentException("figures must be above 0, got " + x + " and " + y);
                }
                differences[i++] = Math.log(y) - Math.log(x);
            }
        }
        Arrays.sort(differences);
        return differences;
    }

    /** The ratio of the base's level to the candidate's. */
    Ratio inverse() {
        return new Ratio(1 / estimate, 1 / upper, 1 / lower);
    }
}
