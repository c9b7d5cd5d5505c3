package dev.brew.delivery.load;

/**
 * The highest rate that holds, by geometric search and then bisection (in the geometric middle, since precision is a
 * ratio). Pure arithmetic: it says which rate to try, and is told whether that one held.
 */
final class RateSearch {

    private static final double FACTOR = 2;
    /** Below this rate nothing is searched: fewer than an event a second is no load. */
    private static final double LEAST = 1;

    private final double max;
    private final double precision;
    private double next;
    private double held;
    private double failed = Double.POSITIVE_INFINITY;

    /**
     * @param start     the first rate to try, in events/s
     * @param max       no rate above this is tried
     * @param precision how far the lowest rate that failed may lie above the highest that held: 0.05 for 5 %
     */
    RateSearch(double start, double max, double precision) {
        this.next = Math.min(start, max);
        this.max = max;
        this.precision = precision;
    }

    /** True when nothing is left to try. */
    boolean isOver() {
        return held >= max || failed <= LEAST || held > 0 && failed <= held * (1 + precision);
    }

    /** The rate to try, unless the search {@link #isOver}. */
    double next() {
        return next;
    }

    /** Tells whether {@link #next} held. */
    void tell(boolean holds) {
        if (holds) {
            held = next;
        } else {
            failed = next;
        }
        if (held == 0) {
            next = Math.max(LEAST, failed / FACTOR);
        } else if (Double.isInfinite(failed)) {
            next = Math.min(max, held * FACTOR);
        } else {
            next = Math.sqrt(held * failed);
        }
    }

    /** The lowest rate that failed has held after all: the search goes on above it. */
    void reopen() {
        next = failed;
        failed = Double.POSITIVE_INFINITY;
        tell(true);
    }

    /** The highest rate that held; 0 if none did. */
    double held() {
        return held;
    }

    /** The lowest rate that failed; infinite if none did. */
    double failed() {
        return failed;
    }
}
