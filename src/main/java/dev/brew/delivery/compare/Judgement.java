package dev.brew.delivery.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.List;

/**
 * One metric of one benchmark.
 *
 * @param ratio           candidate ÷ base, whichever direction is worse
 * @param base            the median of the base's trials: nanoseconds, or events a second
 * @param candidate       likewise
 * @param alpha           the error of each of the ratio's bounds
 * @param margin          δ of the rule
 * @param baseTrials      the number of trials
 * @param candidateTrials likewise
 * @param detectable      the smallest worsening that the rule detects with probability 0.8: 0.12 is 12 %;
 *                        {@link #UNKNOWN} with too few trials
 * @param pairs           candidate ÷ base of each pair that was measured side by side, also after the verdict; the file omits
 *                        an empty list
 */
public record Judgement(Metric metric, Verdict verdict, Ratio ratio, double base, double candidate, double alpha,
                        double margin, int baseTrials, int candidateTrials, double detectable,
                        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> pairs) {

    /** The detectable worsening is not computed, or there are too few trials. */
    static final double UNKNOWN = -1;
    /** More pairs take longer than a day. */
    static final int MANY = 1_000;

    /** How much is to be said of it: 1 for the same, 1.2 for 20 % worse or better. */
    double distance() {
        return Math.exp(Math.abs(Math.log(ratio.estimate())));
    }

    Judgement withDetectable(double found) {
        return new Judgement(metric, verdict, ratio, base, candidate, alpha, margin, baseTrials, candidateTrials,
                found, pairs);
    }

    Judgement withPairs(List<Double> measured) {
        return new Judgement(metric, verdict, ratio, base, candidate, alpha, margin, baseTrials, candidateTrials,
                detectable, List.copyOf(measured));
    }

    /** The standard deviation of the logarithms of the pairs; 0 with fewer than two. */
    double spread() {
        double[] ones = new double[pairs.size()];
        Arrays.fill(ones, 1);
        return pairs.size() < 2 ? 0 : PairedRule.deviation(ones, pairs.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /**
     * So many pairs with that spread and that estimate would be certain to be within the margin; {@value #MANY} at most, and so
     * many if the estimate is not within the margin itself.
     */
    int pairsNeeded() {
        double worse = metric.isLatency() ? Math.log(ratio.estimate()) : -Math.log(ratio.estimate());
        double room = Math.log1p(margin) - Math.max(0, worse);
        int needed = 2;
        while (needed < MANY && PairedRule.student(needed - 1, alpha) * spread() / Math.sqrt(needed) >= room) {
            needed++;
        }
        return needed;
    }
}
