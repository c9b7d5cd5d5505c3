package dev.brew.delivery.suite;

import dev.brew.delivery.text.Natural;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Prints which block is under way, what is settling, and when the run ends; decides whether another block fits. */
final class BlockProgress implements BlockRun.Watcher {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    /** Between two lines about rows that have not settled. */
    private static final Duration PAUSE = Duration.ofSeconds(20);

    private final PrintStream out;
    private final OutputStream log;
    private final InstantSource clock;
    private final ZoneId zone;
    private final Instant start;
    private final Duration budget;
    private final int least;
    private final OptionalInt asked;
    private final int slices;
    private final Set<String> varying;
    private int block;
    private Instant blockStart;
    private Duration longest = Duration.ZERO;
    private Duration told = Duration.ZERO;
    private Duration settled = Duration.ZERO;
    private int unsettled;

    /**
     * @param budget for the whole run
     * @param least  number of blocks that are made even if they do not fit, at least 1
     * @param asked  number of blocks, if it was given in place of a budget
     * @param slices of each row in a block
     * @param cases  the rows of a block
     */
    BlockProgress(PrintStream out, OutputStream log, InstantSource clock, ZoneId zone, Duration budget, int least,
                  OptionalInt asked, int slices, List<Case> cases) {
        this.out = out;
        this.log = log;
        this.clock = clock;
        this.zone = zone;
        this.start = clock.instant();
        this.budget = budget;
        this.least = least;
        this.asked = asked;
        this.slices = slices;
        this.varying = varying(cases);
    }

    private static Set<String> varying(List<Case> cases) {
        Map<String, Set<String>> values = new TreeMap<>();
        cases.forEach(of -> of.params().forEach((name, value) ->
                values.computeIfAbsent(name, key -> new TreeSet<>()).add(value)));
        values.values().removeIf(some -> some.size() < 2);
        return values.keySet();
    }

    /** The row's name, without the parameters that are the same in all rows. */
    private String name(Case of) {
        Map<String, String> params = new TreeMap<>(of.params());
        params.keySet().retainAll(varying);
        return new Case(of.benchmark(), params, of.trials(), of.forked(), of.seconds()).title();
    }

    /** True if another block fits into the budget, or is still missing. The first {@code least} always fit. */
    boolean hasNext() {
        return asked.isPresent() ? block < asked.getAsInt()
                : block < least || Duration.between(start, clock.instant()).plus(longest).compareTo(budget) <= 0;
    }

    /** The number of blocks that the run will have, as far as it is known. */
    int expected() {
        if (asked.isPresent() || block == 0) {
            return asked.orElse(least);
        }
        Duration left = budget.minus(Duration.between(start, clock.instant()));
        return Math.max(least, block + (int) Math.max(0, left.toMillis() / Math.max(1, longest.toMillis())));
    }

    void starts(int number) {
        int all = expected();
        block = number;
        blockStart = clock.instant();
        told = Duration.ZERO;
        settled = Duration.ZERO;
        out.printf("[block %d%s] opening …%n", number, number == 1 && asked.isEmpty() ? ""
                : " of " + (asked.isPresent() ? "" : "about ") + Math.max(number, all));
    }

    @Override
    public void opened(int rows) {
        out.printf("[block %d] %d rows are open side by side, settling …%n", block, rows);
    }

    @Override
    public void settling(Duration elapsed, List<Case> left) {
        settled = elapsed;
        unsettled = left.size();
        if (!left.isEmpty() && elapsed.minus(told).compareTo(PAUSE) > 0) {
            told = elapsed;
            out.printf("[block %d] %d s, not settled yet: %s%n", block, elapsed.toSeconds(),
                    left.stream().map(this::name).sorted(Natural.ORDER).collect(Collectors.joining(", ")));
        }
    }

    @Override
    public void measuring(int slice) {
        if (slice == 0) {
            out.printf("[block %d] %s, measuring %d slices of each row …%n", block, settled.isZero() ? "not warmed up"
                    : (unsettled == 0 ? "all settled" : unsettled + " NOT SETTLED") + " after " + settled.toSeconds() + " s",
                    slices);
        }
    }

    @Override
    public OutputStream log() {
        return log;
    }

    /** @param problems of the block; empty if it counts whole */
    void ended(List<String> problems) {
        Duration took = Duration.between(blockStart, clock.instant());
        longest = took.compareTo(longest) > 0 ? took : longest;
        out.printf(Locale.ROOT, "[block %d] %s (%d s)%s%n", block, problems.isEmpty() ? "done"
                : "FAILED: " + String.join("; ", problems), took.toSeconds(), hasNext() ? ", all done about "
                + CLOCK.format(clock.instant().plus(longest.multipliedBy(expected() - block)).atZone(zone)) : "");
    }
}
