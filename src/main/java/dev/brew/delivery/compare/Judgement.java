package dev.brew.delivery.compare;

/**
 * One metric of one benchmark.
 *
 * @param ratio           candidate ÷ base, whichever direction is worse
 * @param base            the median of the base's trials: nanoseconds, or events a second
 * @param candidate       likewise
 * @param alpha           the error of each of the ratio's bounds
 * @param margin          δ that it was judged by
 * @param baseTrials      how many trials it was judged by
 * @param candidateTrials likewise
 * @param detectable      the smallest worsening that would have been found with probability 0.8: 0.12 is 12 %; negative
 *                        if it is not known, for want of trials
 */
record Judgement(Metric metric, Verdict verdict, Ratio ratio, double base, double candidate, double alpha,
                        double margin, int baseTrials, int candidateTrials, double detectable) {

    /** A detectable worsening that nobody has computed, or cannot for want of trials. */
    static final double UNKNOWN = -1;

    /** How much is to be said of it: 1 for the same, 1.2 for 20 % worse or better. */
    double distance() {
        return Math.exp(Math.abs(Math.log(ratio.estimate())));
    }

    Judgement withDetectable(double found) {
        return new Judgement(metric, verdict, ratio, base, candidate, alpha, margin, baseTrials, candidateTrials,
                found);
    }

    Judgement with(Verdict other) {
        return new Judgement(metric, other, ratio, base, candidate, alpha, margin, baseTrials, candidateTrials,
                detectable);
    }
}
