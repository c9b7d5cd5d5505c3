package dev.brew.delivery.load;

import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The schedule of an open loop: the instants at which events are due, independent of the system. Pure arithmetic, for
 * one thread; the same seed gives the same schedule.
 */
@FunctionalInterface
public interface Arrivals {

    /** The largest offered rate, in events/s. A rate is above 0. */
    double MAX_RATE = 1_000_000;

    /** The next event's due instant, in nanoseconds after the schedule's start; never less than the previous one. */
    long nextNanos();

    /** The arrival process of events at a given rate. */
    enum Process {
        /** Even gaps; the first event is due at the start. */
        CONSTANT,
        /** Independent events: exponential gaps, also between the start and the first event. */
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
         * @param rate in events/s
         * @param seed of the random gaps; CONSTANT ignores it
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

    /** Returns {@code rate} if it is in range, else throws an {@link IllegalArgumentException} with the value. */
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
            public long nextNanos() { // a product: in a sum, rounding errors would add up over an hour
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
