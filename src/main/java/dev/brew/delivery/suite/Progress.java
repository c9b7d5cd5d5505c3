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

/** Prints the trial under way, the progress of the run and its expected end. For one thread. */
final class Progress {

    /** Start of a trial (JVM, connections) until the first trial has shown it; a broker takes longer. */
    private static final double ASSUMED_START_SECONDS = 3;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final PrintStream out;
    private final InstantSource clock;
    private final ZoneId zone;
    private final int trials;
    private final Map<Case, Integer> left = new HashMap<>();
    /** Last start by benchmark, in seconds: a broker takes longer than a listener. */
    private final Map<String, Double> starts = new HashMap<>();
    private int done;
    private Instant trialStart;

    Progress(PrintStream out, InstantSource clock, ZoneId zone, List<Case> cases) {
        this.out = out;
        this.clock = clock;
        this.zone = zone;
        this.trials = cases.stream().mapToInt(Case::trials).sum();
        cases.forEach(each -> left.put(each, each.trials()));
    }

    void starts(Case next, int trial) {
        trialStart = clock.instant();
        out.printf("[%d/%d] %s, trial %d, all done about %s … ", done + 1, trials, next.title(), trial,
                CLOCK.format(trialStart.plus(left()).atZone(zone)));
        out.flush();
    }

    void ended(Case last, String outcome) {
        double took = Duration.between(trialStart, clock.instant()).toMillis() / 1000.0;
        starts.put(last.benchmark(), Math.max(0, took - last.seconds()));
        left.merge(last, -1, Integer::sum);
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
