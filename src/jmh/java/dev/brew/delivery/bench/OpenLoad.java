package dev.brew.delivery.bench;

import dev.brew.delivery.load.Arrivals;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The parameters of an open loop: how events are offered. */
@State(Scope.Benchmark)
public class OpenLoad {

    /** The parameter that only the rows of an open loop have. */
    public static final String RATE = "rate";
    /** The value of {@value #RATE} that selects the closed-loop benchmarks. */
    public static final String CLOSED = "none";

    /** Events a second. */
    @Param({"200", "500", "1000"})
    public String rate;

    @Param("constant")
    public String arrivals;

    /** The most events in flight. Further due events wait, and their waiting time counts. */
    @Param("10000")
    public int maxInFlight;

    /** The seed of Poisson arrivals; every iteration has its own schedule. */
    @Param("1")
    public long seed;

    /** The schedule of the iteration {@code number}. */
    Arrivals schedule(int number) {
        return Arrivals.Process.parse(arrivals).at(rate(rate), seed + number);
    }

    /**
     * Reads a rate.
     *
     * @throws IllegalArgumentException if {@code text} is not a number, or out of {@link Arrivals}' range
     */
    static double rate(String text) {
        if (!text.matches("\\d{1,7}(\\.\\d{1,3})?")) {
            throw new IllegalArgumentException("rate must be events/s such as 500 or 0.5 (or none, for a closed loop), "
                    + "got '" + text + "'");
        }
        return Arrivals.requireRate(Double.parseDouble(text));
    }
}
