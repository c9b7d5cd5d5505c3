package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a comparison could have found. A shift moves every difference of logarithms alike, so the bounds of a sample
 * with shift s and deviation σ are s + σ times those of a standard normal sample, and one simulation serves every
 * metric.
 */
final class Power {

    private static final double WANTED = 0.8;
    private static final int REPETITIONS = 2_000;
    private static final long SEED = 20_000;
    /** The quantile of the standardized lower bound that is passed with the wanted power, by sizes and errors. */
    private static final Map<String, Double> BOUNDS = new ConcurrentHashMap<>();

    private Power() {
    }

    /**
     * The smallest worsening that {@code rule} flags with a power of 0.8 at the deviation that these trials show.
     *
     * @return 0.12 for 12 %; negative if there are too few trials
     */
    static double detectable(Rule rule, Metric metric, double[] base, double[] candidate) {
        return detectable(rule, metric, base, candidate, 1);
    }

    /** As above, for trials that are screened at {@code screenAlpha} first, with as many other ones. */
    static double detectable(Rule rule, Metric metric, double[] base, double[] candidate, double screenAlpha) {
        if (base.length < 2 || candidate.length < 2
                || MannWhitney.rankOfBound(base.length, candidate.length, rule.alpha()) == 0) {
            return -1;
        }
        double passed = BOUNDS.computeIfAbsent(
                base.length + "/" + candidate.length + "/" + rule.alpha() + "/" + screenAlpha,
                key -> passedBound(base.length, candidate.length, rule.alpha(), screenAlpha));
        double shift = Math.log(1 + rule.margin()) - deviation(base, candidate) * passed;
        double level = Median.of(base);
        return Math.max(Math.exp(shift) - 1, rule.floor(metric, level) / level);
    }

    private static double passedBound(int n, int m, double alpha, double screenAlpha) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] bounds = new double[REPETITIONS];
        for (int i = 0; i < REPETITIONS; i++) {
            bounds[i] = Math.log(Ratio.of(sample(random, n), sample(random, m), alpha).lower());
            if (screenAlpha < 1) {
                bounds[i] = Math.min(bounds[i],
                        Math.log(Ratio.of(sample(random, n), sample(random, m), screenAlpha).lower()));
            }
        }
        Arrays.sort(bounds);
        return bounds[(int) Math.round((1 - WANTED) * REPETITIONS)];
    }

    private static double[] sample(SplittableRandom random, int size) {
        double[] sample = new double[size];
        Arrays.setAll(sample, i -> Math.exp(random.nextGaussian()));
        return sample;
    }

    /** Of the logarithms, within each side. */
    private static double deviation(double[] base, double[] candidate) {
        return Math.sqrt((squares(base) + squares(candidate)) / (base.length + candidate.length - 2));
    }

    private static double squares(double[] values) {
        double mean = Arrays.stream(values).map(Math::log).average().orElseThrow();
        return Arrays.stream(values).map(value -> Math.pow(Math.log(value) - mean, 2)).sum();
    }
}
