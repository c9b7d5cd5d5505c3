package dev.brew.delivery.sweep;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The search for the rate that holds with probability 0.5. A geometric search and a bisection (at the geometric mean, since
 * precision is a ratio) find the edge roughly. A staircase follows: one step up after a rate that held, one step down after a
 * rate that did not. A single wrong outcome moves a staircase by one step, but would decide a bisection. Steps double while
 * the direction stays the same, so the search follows a path that settles late, and halve at each reversal. The result is the
 * maximum-likelihood estimate over all outcomes of the staircase: its last reversals reflect only the last seconds of the
 * machine. Pure arithmetic, without time or threads.
 *
 * @see <a href="https://doi.org/10.1121/1.1912375">Levitt, Transformed Up-Down Methods in Psychoacoustics</a>
 * @see <a href="https://doi.org/10.1121/1.1910407">Taylor and Creelman, PEST: Efficient Estimates on Probability
 *      Functions</a>
 * @see <a href="https://doi.org/10.1121/1.385912">Hall, Hybrid Adaptive Procedure for Estimation of Psychometric
 *      Functions</a>
 */
final class RateSearch {

    private static final double FACTOR = 1.5;
    /** The lowest rate to try, in events/s. */
    private static final double LEAST = 1;
    /** Bisection ends and the staircase begins at this ratio of failed ÷ held. */
    private static final double BRACKET = 1.2;
    /** Number of steps near the edge. */
    private static final int NEAR = 16;
    /** A step above this multiple of the precision is not near the edge. */
    private static final double FAR = 2;
    /** Steps in one direction that double the step size, before the first reversal and after it. */
    private static final int CLIMB = 4;
    private static final int STRAY = 8;
    /** The largest step, as a share. */
    private static final double LARGEST_STEP = 1;
    /** Upper limit of the steps. */
    private static final int MOST_STEPS = 22;
    /** Scale of the logistic curve, as a share of the rate: 73 % hold this far below the edge, 27 % this far above it. */
    private static final double SPREAD = 0.05;
    private static final int HALVINGS = 60;

    private final double max;
    private final double precision;
    private double next;
    private double held;
    private double failed = Double.POSITIVE_INFINITY;
    private double step;
    private int steps;
    private int near;
    private int inARow;
    private boolean turned;
    private boolean lastHeld;
    private final List<Outcome> outcomes = new ArrayList<>();

    private record Outcome(double rate, boolean held) {
    }

    /**
     * @param start     first rate to try, in events/s
     * @param max       highest rate to try; the search ends if it holds
     * @param precision step of the staircase until its first reversal, as a share: 0.05 for 5 %; afterwards half of it
     */
    RateSearch(double start, double max, double precision) {
        this.step = precision;
        this.next = Math.min(start, max);
        this.max = max;
        this.precision = precision;
    }

    /** True when no rate is left to try. */
    boolean isOver() {
        return near == NEAR || steps == MOST_STEPS || held >= max || held == 0 && failed <= LEAST;
    }

    /** The rate to try, unless the search {@link #isOver}. */
    double next() {
        return next;
    }

    /** Enters whether {@link #next} held. */
    void enter(boolean holds) {
        outcomes.add(new Outcome(next, holds));
        if (held > 0 && failed <= held * BRACKET) {
            step(holds);
        } else {
            bracket(holds);
        }
    }

    private void bracket(boolean holds) {
        if (holds) {
            held = next;
        } else {
            failed = next;
        }
        if (held == 0) {
            next = Math.max(LEAST, failed / FACTOR);
        } else {
            next = Double.isInfinite(failed) ? Math.min(max, held * FACTOR) : Math.sqrt(held * failed);
        }
    }

    private void step(boolean holds) {
        boolean turns = steps > 0 && holds != lastHeld;
        turned |= turns;
        near++;
        inARow = turns ? 1 : inARow + 1;
        if (turns) {
            step = Math.max(precision / 2, step / 2);
        } else if (inARow >= (turned ? STRAY : CLIMB)) {
            step = Math.min(LARGEST_STEP, 2 * step);
        }
        if (step > FAR * precision) { // the edge lies elsewhere, or has moved
            near = 0;
            outcomes.clear();
        }
        held = holds ? Math.max(held, next) : held;
        lastHeld = holds;
        steps++;
        next = Math.max(LEAST, Math.min(max, holds ? next * (1 + step) : next / (1 + step)));
    }

    /** The edge once the search {@link #isOver}, in events/s; 0 if no rate held. */
    double edge() {
        return outcomes.isEmpty() || steps == 0 || held >= max ? Math.min(held, max) : mostLikely();
    }

    /**
     * The edge with the highest likelihood of the outcomes, if the probability to hold is a logistic function of the logarithm
     * of the rate with a fixed slope: at it, the expected number of held rates equals the observed number. Always within the
     * tried rates.
     */
    private double mostLikely() {
        DoubleSummaryStatistics tried = outcomes.stream().mapToDouble(outcome -> Math.log(outcome.rate)).summaryStatistics();
        double low = tried.getMin();
        double high = tried.getMax();
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            double more = outcomes.stream().mapToDouble(outcome -> (outcome.held ? 1 : 0)
                    - 1 / (1 + Math.exp((Math.log(outcome.rate) - middle) / SPREAD))).sum();
            if (more > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp(low);
    }
}
