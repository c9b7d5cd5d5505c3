package dev.brew.delivery.load;

import java.util.Locale;
import java.util.SplittableRandom;

/**
 * When events are due, whatever the system does: the schedule of an open loop. Pure arithmetic, for one thread; the same
 * seed gives the same schedule.
 */
@FunctionalInterface
public interface Arrivals {

    /** Offered rates: above 0 and at most a million events a second. */
    double MAX_RATE = 1_000_000;

    /** The next event's due instant, in nanoseconds after the schedule's start; never less than the one before. */
    long nextNanos();

    /** How events arrive at a rate. */
    enum Process {
        /** Evenly, the first one at the start. */
        CONSTANT,
        /** Independently of each other: exponential gaps, the first one before the first event. */
        POISSON;

        /**
         * Reads {@code constant} or {@code poisson}.
         *
         * @throws IllegalArgumentException if it is neither
         */
        public static Process parse(String text) {
            for (Process process : values()) {
                if (process.toString().equals(text)) {
                    return process;
                }
            }
            throw new IllegalArgumentException("arrivals must be constant or poisson, got '" + text + "'");
        }

        /**
         * A fresh schedule.
         *
         * @param rate in events a second
         * @param seed of the gaps; without meaning for CONSTANT
         * @throws IllegalArgumentException if {@code rate} is out of range
         */
        public Arrivals at(double rate, long seed) {
            requireRate(rate);
            return this == CONSTANT ? constant(rate) : poisson(rate, seed);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code rate} itself if it is in range; else an {@link IllegalArgumentException} that says so. */
    static double requireRate(double rate) {
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw new IllegalArgumentException("rate must be above 0 and at most " + (long) MAX_RATE
                    + " events/s, got " + rate);
        }
        return rate;
    }

    private static Arrivals constant(double rate) {
        double gapNanos = 1e9 / rate;
        return new Arrivals() {
            private long number;

            @Override
            public long nextNanos() { // a product, not a sum: no error adds up over an hour
                return Math.round(number++ * gapNanos);
            }
        };
    }

    private static Arrivals poisson(double rate, long seed) {
        double gapNanos = 1e9 / rate;
        SplittableRandom random = new SplittableRandom(seed);
        return new Arrivals() {
            private double at;

            @Override
            public long nextNanos() {
                at += -gapNanos * Math.log1p(-random.nextDouble());
                return Math.round(at);
            }
        };
    }
}
