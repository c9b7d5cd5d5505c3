package dev.brew.delivery.results;

import java.util.List;

/**
 * How a trial was warmed up: the latency of its own closed loop, look after look.
 *
 * @param settled true if the compilers were at rest and the latency no longer fell; see {@code docs/methodology.md}
 * @param seconds the time that it took, in seconds
 * @param looks   in order of time; empty if the trial was not warmed up
 */
public record WarmUpCurve(boolean settled, double seconds, List<Look> looks) {

    public WarmUpCurve {
        looks = List.copyOf(looks);
    }

    /**
     * A short measurement between two spells of load.
     *
     * @param seconds   since the start of the warm-up, at the end of the look
     * @param micros    median of <em>completed</em> of one sender, µs
     * @param compiling the time that the compilers of all JVMs involved used ÷ elapsed time; each of their threads counts
     */
    public record Look(double seconds, double micros, double compiling) {
    }
}
