package dev.brew.delivery.suite;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Says what is running, how far the run is, and when it will end. For one thread. */
final class Progress {

    /** What a start takes until the first trial has shown it: JVM, broker, connections. */
    private static final double ASSUMED_START_SECONDS = 3;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final PrintStream out;
    private final InstantSource clock;
    private final ZoneId zone;
    private final int trials;
    private double secondsLeft;
    private double startSeconds;
    private int done;
    private Instant trialStart;

    /** @param seconds what all trials' iterations take, without starts */
    Progress(PrintStream out, InstantSource clock, ZoneId zone, int trials, double seconds) {
        this.out = out;
        this.clock = clock;
        this.zone = zone;
        this.trials = trials;
        this.secondsLeft = seconds;
    }

    void starts(String title, int trial) {
        trialStart = clock.instant();
        out.printf("[%d/%d] %s, trial %d, all done about %s … ", done + 1, trials, title, trial,
                CLOCK.format(trialStart.plus(left()).atZone(zone)));
        out.flush();
    }

    /** @param seconds what the trial's iterations were to take */
    void ended(String outcome, double seconds) {
        double took = Duration.between(trialStart, clock.instant()).toMillis() / 1000.0;
        startSeconds += Math.max(0, took - seconds);
        secondsLeft -= seconds;
        done++;
        out.printf("%s (%.0f s)%n", outcome, took);
    }

    private Duration left() {
        double oneStart = done == 0 ? ASSUMED_START_SECONDS : startSeconds / done;
        return Duration.ofMillis(Math.round(1000 * (secondsLeft + (trials - done) * oneStart)));
    }
}
