package dev.brew.delivery.suite;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says what is running, how far the run is, and when it will end. For one thread. */
final class Progress {

    /** What a start takes until a trial has shown it: JVM, connections; a broker takes longer, and shows it soon. */
    private static final double ASSUMED_START_SECONDS = 3;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final PrintStream out;
    private final InstantSource clock;
    private final ZoneId zone;
    private final int trials;
    private final Map<Case, Integer> left = new HashMap<>();
    /** By benchmark, since a broker's start and warm-up are not a listener's: the last one seen, in seconds. */
    private final Map<String, Double> starts = new HashMap<>();
    private int done;
    private Instant trialStart;

    Progress(PrintStream out, InstantSource clock, ZoneId zone, List<Case> cases) {
        this.out = out;
        this.clock = clock;
        this.zone = zone;
        this.trials = cases.stream().mapToInt(Case::trials).sum();
        cases.forEach(one -> left.put(one, one.trials()));
    }

    void starts(Case one, int trial) {
        trialStart = clock.instant();
        out.printf("[%d/%d] %s, trial %d, all done about %s … ", done + 1, trials, one.title(), trial,
                CLOCK.format(trialStart.plus(left()).atZone(zone)));
        out.flush();
    }

    void ended(Case one, String outcome) {
        double took = Duration.between(trialStart, clock.instant()).toMillis() / 1000.0;
        starts.put(one.benchmark(), Math.max(0, took - one.seconds()));
        left.merge(one, -1, Integer::sum);
        done++;
        out.printf("%s (%.0f s)%n", outcome, took);
    }

    private Duration left() {
        double seconds = left.entrySet().stream().mapToDouble(entry -> entry.getValue()
                * (entry.getKey().seconds() + starts.getOrDefault(entry.getKey().benchmark(), ASSUMED_START_SECONDS)))
                .sum();
        return Duration.ofMillis(Math.round(1000 * seconds));
    }
}
