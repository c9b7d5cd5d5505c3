package dev.brew.delivery.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds a path's edge: the highest rate whose p99 stays under a bound and that is not saturated. A machine has its moods,
 * so a rate that did not hold is tried again, and two of three decide; the edge itself is measured three times. At the end
 * the lowest rate that failed is tried once more: if it holds now, the path had not settled, and the search goes on.
 */
public final class RateSweep {

    private static final int CONFIRMATIONS = 2;
    private static final int STEPS_DOWN = 5;
    private static final int REOPENINGS = 4;

    private final Limits limits;
    private final Measurement measurement;

    /**
     * What is searched.
     *
     * @param bound     on completed p99
     * @param start     the first rate, in events/s
     * @param max       the highest rate, in events/s
     * @param precision of the edge: 0.05 for 5 %
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
     */
    public record Point(Throughput.Rates rates, long p50Nanos, long p99Nanos, long p999Nanos, String problems) {

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
     * @param rate   the highest rate that held, in events/s; 0 if none did
     * @param at     the last measurement of it that held; null if none did
     * @param failed the lowest rate that did not hold, in events/s; infinite if all did
     * @param why    that one did not; empty if all did
     */
    public record Edge(double rate, Point at, double failed, String why) {
    }

    public RateSweep(Limits limits, Measurement measurement) {
        this.limits = limits;
        this.measurement = measurement;
    }

    /** Searches; the measurement is called on this thread. */
    public Edge find() throws Exception {
        RateSearch search = new RateSearch(limits.start, limits.max, limits.precision);
        Edge edge = search(search, new Edge(0, null, 0, ""));
        for (int i = 0; i < REOPENINGS && !Double.isInfinite(edge.failed); i++) {
            Tried again = tryUpToThrice(edge.failed);
            if (again.held == null) {
                break;
            }
            search.reopen();
            edge = search(search, new Edge(0, again.held, 0, edge.why));
        }
        return confirmed(edge);
    }

    private Edge search(RateSearch search, Edge before) throws Exception {
        Point held = before.at;
        String why = before.why;
        while (!search.isOver()) {
            Tried tried = tryUpToThrice(search.next());
            held = tried.held() == null ? held : tried.held();
            why = tried.held() == null ? tried.why() : why;
            search.tell(tried.held() != null);
        }
        return new Edge(search.held(), held, search.failed(), why);
    }

    private Edge confirmed(Edge found) throws Exception {
        Edge edge = found;
        for (int i = 0; i < STEPS_DOWN && edge.rate > 0; i++) {
            Tried confirmed = confirm(edge.rate);
            if (confirmed.held != null) {
                return new Edge(edge.rate, confirmed.held, edge.failed, edge.why);
            }
            edge = new Edge(edge.rate / (1 + limits.precision), edge.at, edge.rate, confirmed.why);
        }
        return edge;
    }

    /** @param held the last measurement that held, null if the rate does not hold; then {@code why} says why */
    private record Tried(Point held, String why) {
    }

    private Tried tryUpToThrice(double rate) throws Exception {
        Point first = measurement.at(rate);
        if (first.fails(limits.bound).isEmpty()) {
            return new Tried(first, "");
        }
        Point second = measurement.at(rate);
        Point third = second.fails(limits.bound).isEmpty() ? measurement.at(rate) : second;
        return third.fails(limits.bound).map(why -> new Tried(null, why)).orElse(new Tried(third, ""));
    }

    /** It has held once: one of two more makes two of three. */
    private Tried confirm(double rate) throws Exception {
        Tried last = null;
        for (int i = 0; i < CONFIRMATIONS; i++) {
            Point point = measurement.at(rate);
            Optional<String> fails = point.fails(limits.bound);
            if (fails.isEmpty()) {
                return new Tried(point, "");
            }
            last = new Tried(null, fails.get());
        }
        return last;
    }
}
