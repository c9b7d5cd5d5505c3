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
 * Finds a path's edge: the rate at which it holds as often as not, where to hold means not to be saturated and to keep p99
 * under a bound. Near the edge sixteen rates are measured, a step apart, since a machine has its moods and one measurement
 * decides nothing. One that did not hold while the compiler was busy says nothing of the settled state
 * and is made again. A search can be made step by step, so that several take turns. For one thread.
 */
public final class RateSweep {

    /** Above this share of the time, the compiler was busy: a core is taken from the path for longer than bounds allow. */
    private static final double COMPILING = 0.05;
    private static final int MOST_AGAIN = 3;

    private final Limits limits;
    private final Measurement measurement;
    private final RateSearch search;
    private final NavigableMap<Double, Point> held = new TreeMap<>();
    private final NavigableMap<Double, String> failed = new TreeMap<>();
    private int again;

    /**
     * What is searched.
     *
     * @param bound     on completed p99
     * @param start     the first rate, in events/s
     * @param max       the highest rate, in events/s
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

        /** The same, begun at another rate. */
        public Limits from(double rate) {
            return new Limits(bound, Math.max(1, Math.min(rate, max)), max, precision);
        }
    }

    /** Offers a rate for a while, on settled state. */
    @FunctionalInterface
    public interface Measurement {
        Point at(double rate) throws Exception;
    }

    /**
     * What came of a rate. Latencies are <em>completed</em>, in nanoseconds.
     *
     * @param rates    offered and achieved
     * @param problems empty, or why no figure of this point counts: events that failed, or are missing
     * @param compiling see {@link dev.brew.delivery.results.Scalars#COMPILING}
     */
    public record Point(Throughput.Rates rates, long p50Nanos, long p99Nanos, long p999Nanos, String problems,
                        double compiling) {

        /** Why this rate does not hold; empty if it does. */
        public Optional<String> fails(Duration bound) {
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
     * What was found.
     *
     * @param rate   the edge, in events/s; 0 if no rate held
     * @param at     what was measured at the highest rate that held and is not above the edge; null if none did
     * @param failed the lowest rate above the edge that did not hold, in events/s; infinite if all did
     * @param why    that one did not; empty if all did
     */
    public record Edge(double rate, Point at, double failed, String why) {
    }

    public RateSweep(Limits limits, Measurement measurement) {
        this.limits = limits;
        this.measurement = measurement;
        this.search = new RateSearch(limits.start, limits.max, limits.precision);
    }

    /** True when the {@link #edge} is known. */
    public boolean isOver() {
        return search.isOver();
    }

    /** Measures one more rate, on this thread, or the last one once more. */
    public void step() throws Exception {
        double rate = search.next();
        Point point = measurement.at(rate);
        Optional<String> why = point.fails(limits.bound);
        if (why.isPresent() && point.compiling > COMPILING && again < MOST_AGAIN) {
            again++;
            return;
        }
        again = 0;
        why.ifPresentOrElse(said -> failed.put(rate, said), () -> held.put(rate, point));
        search.tell(why.isEmpty());
    }

    /** What was found once the search {@link #isOver}. */
    public Edge edge() {
        double edge = search.edge();
        Map.Entry<Double, Point> at = held.floorEntry(edge);
        Map.Entry<Double, String> above = failed.ceilingEntry(edge);
        return new Edge(edge, at == null ? null : at.getValue(),
                above == null ? Double.POSITIVE_INFINITY : above.getKey(), above == null ? "" : above.getValue());
    }
}
