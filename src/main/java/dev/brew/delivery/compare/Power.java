package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The smallest worsening that a comparison detects. A shift moves every difference of logarithms by the same amount, so the
 * bounds of a sample with shift s and deviation σ are s + σ times those of a standard normal sample. One simulation therefore
 * serves all metrics with the same numbers of trials and the same errors; an instance keeps the results. Not thread-safe.
 */
final class Power {

    private static final double WANTED = 0.8;
    private static final int REPETITIONS = 2_000;
    private static final long SEED = 20_000;
    /** The quantile of the standardized lower bound that is exceeded with the wanted power. */
    private final Map<Design, Double> bounds = new HashMap<>();

    private record Design(int baseTrials, int candidateTrials, double alpha) {
    }

    /**
     * The smallest worsening that {@code rule} flags with a power of 0.8 at the deviation that these trials show.
     *
     * @return 0.12 for 12 %; negative if there are too few trials
     */
    double detectable(Rule rule, Metric metric, double[] base, double[] candidate) {
        if (base.length < 2 || candidate.length < 2
                || MannWhitney.rankOfBound(base.length, candidate.length, rule.alpha()) == 0) {
            return Judgement.UNKNOWN;
        }
        double bound = bounds.computeIfAbsent(new Design(base.length, candidate.length, rule.alpha()),
                Power::exceededBound);
        double shift = Math.log(1 + rule.margin()) - deviation(base, candidate) * bound;
        double level = Median.of(base);
        return Math.max(Math.exp(shift) - 1, rule.floor(metric, level) / level);
    }

    private static double exceededBound(Design design) {
        int n = design.baseTrials;
        int m = design.candidateTrials;
        SplittableRandom random = new SplittableRandom(SEED);
        double[] bounds = new double[REPETITIONS];
        for (int i = 0; i < REPETITIONS; i++) {
            bounds[i] = Math.log(Ratio.of(sample(random, n), sample(random, m), design.alpha).lower());
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
