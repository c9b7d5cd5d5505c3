package dev.brew.delivery.regress;

import dev.brew.delivery.compare.RowJudge;
import dev.brew.delivery.compare.TrialRow;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.suite.Case;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Runs trials of both sides in pairs; each side has its own run directory. A trial that is on disk is not run again, so an
 * interrupted job continues after it. For one thread.
 */
final class PairedTrials {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    /** Duration of a trial's start, until the first trial has shown it. */
    private static final double ASSUMED_START_SECONDS = 6;

    private final List<Pairing> pairings;
    private final Map<Side, RunDirectory> runs;
    private final TrialLauncher launcher;
    private final PrintStream out;
    private final InstantSource clock;
    private final BooleanSupplier interrupted;
    private final Map<Case, Double> took = new HashMap<>();

    /** @param interrupted true if a failed trial was ended with the job */
    PairedTrials(List<Pairing> pairings, Map<Side, RunDirectory> runs, TrialLauncher launcher, PrintStream out,
                 InstantSource clock, BooleanSupplier interrupted) {
        this.pairings = pairings;
        this.runs = runs;
        this.launcher = launcher;
        this.out = out;
        this.clock = clock;
        this.interrupted = interrupted;
    }

    /**
     * A failed trial.
     *
     * @param row index of its pairing
     * @param why the reason, in one line
     */
    record Failure(Side side, int row, int pair, String why) {
    }

    /** Gets the duration of each trial. */
    @FunctionalInterface
    interface Timed {
        void took(String stem, double seconds) throws IOException;
    }

    /**
     * Runs the pairs {@code from} to {@code to} of {@code rows}.
     *
     * @param timed called after each successful trial
     * @return the first failure, after which no trial runs
     */
    Optional<Failure> run(RegressPlan plan, List<Integer> rows, int from, int to, Timed timed)
            throws IOException, InterruptedException {
        for (int pair = from; pair <= to; pair++) {
            for (int row : rows) {
                Side first = plan.first(row, pair);
                for (Side side : List.of(first, first == Side.BASE ? Side.CANDIDATE : Side.BASE)) {
                    if (isDone(row, side, pair)) {
                        continue;
                    }
                    announce(row, side, pair, left(plan, rows, pair, to));
                    Instant start = clock.instant();
                    Case next = pairings.get(row).of(side);
                    Optional<String> failure = launcher.launch(side, next, pair, runs.get(side));
                    double elapsed = Duration.between(start, clock.instant()).toMillis() / 1000.0;
                    took.put(next, elapsed);
                    if (failure.isEmpty() || !interrupted.getAsBoolean()) { // otherwise the line has ended already
                        out.printf("%s (%.0f s)%n", failure.isPresent() ? "FAILED: " + failure.get()
                                : outcome(side, next, pair), elapsed);
                    }
                    if (failure.isPresent()) {
                        return Optional.of(new Failure(side, row, pair,
                                next.title() + ", trial " + pair + ": " + failure.get()));
                    }
                    timed.took(pairings.get(row).base().stem(), elapsed);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Repeats a failed trial of the candidate with the base, at once: a full disk, a lost cluster or a missing temporary
     * directory makes the base fail, too.
     *
     * @param into gets the files; no pair counts them
     * @return the reason of a failure; empty if the trial succeeded
     */
    Optional<String> control(Failure failure, RunDirectory into) throws IOException, InterruptedException {
        Case repeated = pairings.get(failure.row()).base();
        out.printf("control: the base again, %s … ", repeated.title());
        out.flush();
        Optional<String> why = launcher.launch(Side.BASE, repeated, failure.pair(), into);
        out.println(why.map(reason -> "FAILED: " + reason).orElse("it ends well"));
        return why;
    }

    private boolean isDone(int row, Side side, int pair) throws IOException {
        return runs.get(side).trial(pairings.get(row).of(side).stem(), pair).isPresent();
    }

    private void announce(int row, Side side, int pair, double seconds) {
        out.printf("pair %d, %s, %s, this stage done about %s … ", pair, side, pairings.get(row).of(side).title(),
                CLOCK.format(clock.instant().plusMillis(Math.round(1000 * seconds)).atZone(ZoneId.systemDefault())));
        out.flush();
    }

    private String outcome(Side side, Case of, int pair) throws IOException {
        return runs.get(side).trial(of.stem(), pair).map(RunDirectory.Trial::completed)
                .map(completed -> String.format(Locale.ROOT, "p50 %.1f µs, p99 %.1f µs", completed.p50() / 1e3,
                        completed.p99() / 1e3))
                .orElse("no figures");
    }

    private double left(RegressPlan plan, List<Integer> rows, int pair, int to) throws IOException {
        double seconds = 0;
        for (int i = pair; i <= to; i++) {
            for (int row : rows) {
                for (Side side : Side.values()) {
                    Case next = pairings.get(row).of(side);
                    seconds += isDone(row, side, i) ? 0
                            : took.getOrDefault(next, next.seconds() + ASSUMED_START_SECONDS);
                }
            }
        }
        return seconds;
    }

    /** The judge of a row's pairs {@code from} to {@code to}. */
    RowJudge judge(int row, int from, int to) throws IOException {
        return new RowJudge(row(row, Side.BASE, from, to), row(row, Side.CANDIDATE, from, to));
    }

    private TrialRow row(int row, Side side, int from, int to) throws IOException {
        List<RunDirectory.Trial> trials = new ArrayList<>();
        for (int pair = from; pair <= to; pair++) {
            String stem = pairings.get(row).of(side).stem();
            int number = pair;
            trials.add(runs.get(side).trial(stem, pair)
                    .orElseThrow(() -> new IOException(side + " " + stem + ": trial " + number + " is not on disk")));
        }
        return TrialRow.of(trials);
    }
}
