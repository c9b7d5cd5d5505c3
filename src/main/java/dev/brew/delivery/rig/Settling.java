package dev.brew.delivery.rig;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decides when a path under load has settled: the compilers of its JVMs were busy for less than a fifth of the time in three
 * steps in a row, and the rate of these three steps was not higher than the rate of the three steps before. Until then, the
 * compiler takes CPU time from the path, and compiled code doubles the rate. The rate counts as well because the compiler of
 * a broker that is no child process cannot be asked. A fixed time is no criterion: a path of ten consumers needs more than
 * twice as long as a path of ten calls. Pure arithmetic.
 */
public final class Settling {

    private static final double QUIET = 0.2;
    private static final int STEPS = 3;
    /** The rates of two steps differ by a few percent; three steps are faster only if their mean is higher by this factor. */
    private static final double FASTER = 1.05;

    private final Deque<Double> rates = new ArrayDeque<>();
    private final long mostNanos;
    private long nanos;
    private int quiet;

    /** @param most the longest time to settle; after it, {@link #isOver} is true */
    Settling(Duration most) {
        this.mostNanos = most.toNanos();
    }

    /**
     * Adds one observation.
     *
     * @param rate          events/s
     * @param elapsedNanos  since the observation before
     * @param compiledNanos the compilers' time in that span; the times of several threads add up
     */
    void add(double rate, long elapsedNanos, long compiledNanos) {
        nanos += elapsedNanos;
        quiet = compiledNanos < QUIET * elapsedNanos ? quiet + 1 : 0;
        rates.addLast(rate);
        if (rates.size() > 2 * STEPS) {
            rates.removeFirst();
        }
    }

    /** True if the compilers are at rest and the rate no longer rises. */
    public boolean isSettled() {
        return quiet >= STEPS && rates.size() == 2 * STEPS && rate() <= FASTER * mean(0);
    }

    /** True if the path has settled, or if the longest time is over. */
    boolean isOver() {
        return isSettled() || nanos >= mostNanos;
    }

    /** The time under load. */
    public Duration took() {
        return Duration.ofNanos(nanos);
    }

    /** The mean rate of the last three steps, in events/s; 0 before the first step. */
    public double rate() {
        return mean(Math.max(0, rates.size() - STEPS));
    }

    private double mean(int skipped) {
        return rates.stream().skip(skipped).limit(STEPS).mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
