package dev.brew.delivery.event;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The system clock. It is anchored at its first use, so all readers in the JVM share one offset. */
enum AnchoredClock implements NanoClock {
    INSTANCE;

    private final long offset = epochNanos(Instant.now()) - System.nanoTime();

    @Override
    public long nanos() {
        return System.nanoTime() + offset;
    }

    private static long epochNanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
