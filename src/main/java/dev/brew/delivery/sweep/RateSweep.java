package dev.brew.delivery.sweep;

import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.Throughput;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds a path's edge: the rate that holds with probability 0.5. A rate holds if the path is not saturated and its p99 stays
 * below a bound. A single measurement is too noisy, so sixteen rates near the edge are measured, a step apart. A rate that
 * failed while the compiler was busy is measured again: it says nothing about the settled state. Each step is one
 * measurement, so several searches can take turns. For one thread.
 */
public final class RateSweep {

    /** The compiler counts as busy above this share of the time: it then takes a core from the path for too long. */
    private static final double COMPILING = 0.05;
    private static final int MOST_AGAIN = 3;

    private final Limits limits;
    private final Measurement measurement;
    private final RateSearch search;
    private final NavigableMap<Double, Point> held = new TreeMap<>();
    private final NavigableMap<Double, String> failed = new TreeMap<>();
    private int again;

    /**
     * The parameters of a search.
     *
     * @param bound     upper bound of completed p99
     * @param start     first rate, in events/s
     * @param max       highest rate, in events/s
     * @param precision first steps at the edge: 0.05 for 5 %
     */
    public record Limits(Duration bound, double start, double max, double precision) {

        public Limits {
            if (bound.isNegative() || bound.isZero()) {
                throw new IllegalArgumentException("bound must be more than 0, got " + bound.toMillis() + " ms");
            }
            Arrivals.requireRate(start);
            Arrivals.requireRate(max);
            if (!(precision > 0 && precision < 1)) {
                throw new IllegalArgumentException("precision must be above 0 and below 1, got " + precision);
            }
        }

        /** The same with another first rate. */
        Limits from(double rate) {
            return new Limits(bound, Math.max(1, Math.min(rate, max)), max, precision);
        }
    }

    /** Measures a rate on a settled path. */
    @FunctionalInterface
    interface Measurement {
        Point at(double rate) throws Exception;
    }

    /**
     * The measurement of one rate. Latencies are <em>completed</em>, in nanoseconds.
     *
     * @param rates     offered and achieved
     * @param problems  failed and missing events, which make every figure of the point invalid; empty if there are none
     * @param compiling see {@link dev.brew.delivery.results.Scalars#COMPILING}
     */
    record Point(Throughput.Rates rates, long p50Nanos, long p99Nanos, long p999Nanos, String problems,
                        double compiling) {

        /** The reason why this rate does not hold; empty if it does. */
        Optional<String> fails(Duration bound) {
            if (!problems.isEmpty()) {
                return Optional.of(problems);
            }
            if (rates.saturated()) {
                return Optional.of(String.format(Locale.ROOT, "saturated: %.1f %% achieved",
                        100 * rates.achieved() / rates.offered()));
            }
            return p99Nanos > bound.toNanos()
                    ? Optional.of(String.format(Locale.ROOT, "p99 %.1f ms", p99Nanos / 1e6)) : Optional.empty();
        }
    }

    /**
     * The result of a search.
     *
     * @param rate   the edge, in events/s; 0 if no rate held
     * @param at     the measurement at the highest rate that held and is not above the edge; null if none did
     * @param failed the lowest rate above the edge that did not hold, in events/s; infinite if all did
     * @param why    the reason why {@code failed} did not hold; empty if all did
     */
    record Edge(double rate, Point at, double failed, String why) {
    }

    RateSweep(Limits limits, Measurement measurement) {
        this.limits = limits;
        this.measurement = measurement;
        this.search = new RateSearch(limits.start, limits.max, limits.precision);
    }

    /** True when the {@link #edge} is known. */
    boolean isOver() {
        return search.isOver();
    }

    /** Measures the next rate on this thread, or the last rate again. */
    void step() throws Exception {
        double rate = search.next();
        Point point = measurement.at(rate);
        Optional<String> why = point.fails(limits.bound);
        if (why.isPresent() && point.compiling > COMPILING && again < MOST_AGAIN) {
            again++;
            return;
        }
        again = 0;
        why.ifPresentOrElse(reason -> failed.put(rate, reason), () -> held.put(rate, point));
        search.enter(why.isEmpty());
    }

    /** The result once the search {@link #isOver}. */
    Edge edge() {
        double edge = search.edge();
        Map.Entry<Double, Point> at = held.floorEntry(edge);
        Map.Entry<Double, String> above = failed.ceilingEntry(edge);
        return new Edge(edge, at == null ? null : at.getValue(),
                above == null ? Double.POSITIVE_INFINITY : above.getKey(), above == null ? "" : above.getValue());
    }
}
