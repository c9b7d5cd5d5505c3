package dev.brew.delivery.sweep;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The rate that holds as often as not: by geometric search, bisection (in the geometric middle, since precision is a
 * ratio), and at the edge a staircase, which goes up a step from every rate that held and down one from every rate that
 * did not. One measurement that was lucky or unlucky moves a staircase by a step; it would decide a bisection for good.
 * Steps double when one direction goes on, so that a path which had not settled when it failed is climbed after, and
 * are halved at each turn. The staircase only says what to try; what was found is the maximum-likelihood estimate from all
 * outcomes, since a staircase's last turns follow the machine's mood of the last seconds. Pure arithmetic: it says which
 * rate to try, and is told whether that one held.
 *
 * @see <a href="https://doi.org/10.1121/1.1912375">Levitt, Transformed Up-Down Methods in Psychoacoustics</a>
 * @see <a href="https://doi.org/10.1121/1.1910407">Taylor and Creelman, PEST: Efficient Estimates on Probability
 *      Functions</a>
 * @see <a href="https://doi.org/10.1121/1.385912">Hall, Hybrid Adaptive Procedure for Estimation of Psychometric
 *      Functions</a>
 */
final class RateSearch {

    private static final double FACTOR = 1.5;
    /** Below this rate nothing is searched: fewer than an event a second is no load. */
    private static final double LEAST = 1;
    /** Where bisection ends and the staircase begins: failed ÷ held. */
    private static final double BRACKET = 1.2;
    /** So many steps near the edge are made. */
    private static final int NEAR = 16;
    /** Steps above so many times the precision are not near it. */
    private static final double FAR = 2;
    /** So many in one direction double the step: on the way to the first turn, and later, when it may be a slow spell. */
    private static final int CLIMB = 4;
    private static final int STRAY = 8;
    /** The largest step, as a share. */
    private static final double LARGEST_STEP = 1;
    /** A staircase that never comes to rest ends all the same. */
    private static final int MOST_STEPS = 22;
    /** How fast the chance to hold falls, as a share of the rate: from 73 % so far below the edge to 27 % so far above it. */
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
     * @param start     the first rate to try, in events/s
     * @param max       no rate above this is tried; the search ends where it holds
     * @param precision the staircase's steps until its first turn, as a share: 0.05 for 5 %; afterwards half of it
     */
    RateSearch(double start, double max, double precision) {
        this.step = precision;
        this.next = Math.min(start, max);
        this.max = max;
        this.precision = precision;
    }

    /** True when nothing is left to try. */
    boolean isOver() {
        return near == NEAR || steps == MOST_STEPS || held >= max || held == 0 && failed <= LEAST;
    }

    /** The rate to try, unless the search {@link #isOver}. */
    double next() {
        return next;
    }

    /** Tells whether {@link #next} held. */
    void tell(boolean holds) {
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
        if (step > FAR * precision) { // the edge is elsewhere, or has moved
            near = 0;
            outcomes.clear();
        }
        held = holds ? Math.max(held, next) : held;
        lastHeld = holds;
        steps++;
        next = Math.max(LEAST, Math.min(max, holds ? next * (1 + step) : next / (1 + step)));
    }

    /** What was found when the search {@link #isOver}, in events/s; 0 if nothing held. */
    double edge() {
        return outcomes.isEmpty() || steps == 0 || held >= max ? Math.min(held, max) : mostLikely();
    }

    /**
     * The edge under which the outcomes are likeliest, where the chance to hold falls with the logarithm of the rate along a
     * logistic curve of a fixed slope: the one at which as many rates are expected to hold as did. Never beyond what was
     * tried, also if all of that held.
     */
    private double mostLikely() {
        DoubleSummaryStatistics tried = outcomes.stream().mapToDouble(one -> Math.log(one.rate)).summaryStatistics();
        double low = tried.getMin();
        double high = tried.getMax();
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            double more = outcomes.stream().mapToDouble(one -> (one.held ? 1 : 0)
                    - 1 / (1 + Math.exp((Math.log(one.rate) - middle) / SPREAD))).sum();
            if (more > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.exp(low);
    }
}
