package dev.brew.delivery.rig;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Tells when a path under load has settled: when its JVMs' compilers have been busy for less than a fifth of the time, three
 * looks in a row, and these three were not faster than the three before. Until then the compiler takes a core of two from the
 * path, and what it has compiled doubles the rate. The rate is looked at as well, since nobody can ask the
 * compiler of a broker that is not a child of ours. Seconds do not tell: a path of ten consumers needs more than twice as many as one of calls.
 * Pure arithmetic.
 */
public final class Settling {

    private static final double QUIET = 0.2;
    private static final int LOOKS = 3;
    /** Looks differ by a few percent from each other; three that are faster by more than this, on average, are faster. */
    private static final double FASTER = 1.05;

    private final Deque<Double> rates = new ArrayDeque<>();
    private final long mostNanos;
    private long nanos;
    private int quiet;

    /** @param most how long it may take; then it is over all the same */
    Settling(Duration most) {
        this.mostNanos = most.toNanos();
    }

    /**
     * Adds one observation.
     *
     * @param rate          events/s
     * @param elapsedNanos  how long that was
     * @param compiledNanos for how long compilers were busy meanwhile; several threads count severally
     */
    void add(double rate, long elapsedNanos, long compiledNanos) {
        nanos += elapsedNanos;
        quiet = compiledNanos < QUIET * elapsedNanos ? quiet + 1 : 0;
        rates.addLast(rate);
        if (rates.size() > 2 * LOOKS) {
            rates.removeFirst();
        }
    }

    /** True if the compiler came to rest, and the rate with it. */
    public boolean isSettled() {
        return quiet >= LOOKS && rates.size() == 2 * LOOKS && rate() <= FASTER * mean(0);
    }

    /** True if it has settled, or has had its time. */
    boolean isOver() {
        return isSettled() || nanos >= mostNanos;
    }

    /** How long it was under load. */
    public Duration took() {
        return Duration.ofNanos(nanos);
    }

    /** The mean rate of the last three looks, in events/s; 0 before the first. */
    public double rate() {
        return mean(Math.max(0, rates.size() - LOOKS));
    }

    private double mean(int skipped) {
        return rates.stream().skip(skipped).limit(LOOKS).mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
