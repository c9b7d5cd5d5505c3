package dev.brew.delivery.event;

/**
 * The clock of every measurement: nanoseconds since the Unix epoch. It never runs backwards within a JVM.
 * Differences of two readings in one JVM are exact; across JVMs they are only as accurate as the wall clocks.
 */
@FunctionalInterface
public interface NanoClock {

    /** Nanoseconds since 1970-01-01T00:00:00Z. May be called from any thread. */
    long nanos();

    /** This JVM's clock: {@link System#nanoTime()}, anchored to the wall clock once. */
    static NanoClock system() {
        return AnchoredClock.INSTANCE;
    }
}
