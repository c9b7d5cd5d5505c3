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
 * Runs trials of both sides in pairs, each side's into a run directory of its own. A trial that is on disk is not run
 * again, so an interrupted job goes on where it was. For one thread.
 */
final class PairedTrials {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    /** What a trial takes beyond its iterations until one has shown it. */
    private static final double ASSUMED_START_SECONDS = 6;

    private final List<Pairing> pairings;
    private final Map<Side, RunDirectory> runs;
    private final TrialLauncher launcher;
    private final PrintStream out;
    private final InstantSource clock;
    private final BooleanSupplier interrupted;
    private final Map<Case, Double> took = new HashMap<>();

    /** @param interrupted whether a trial that does not end well was ended with the job */
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
     * A trial that did not end well.
     *
     * @param row  its place among the pairings
     * @param why in a line
     */
    record Failure(Side side, int row, int pair, String why) {
    }

    /** Is told what a trial of the row took. */
    @FunctionalInterface
    interface Timed {
        void took(String stem, double seconds) throws IOException;
    }

    /**
     * Runs the pairs {@code from} to {@code to} of {@code rows}.
     *
     * @param timed told after each trial that has ended well
     * @return the first failure, after which nothing more is run
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
                    tell(row, side, pair, left(plan, rows, pair, to));
                    Instant start = clock.instant();
                    Case one = pairings.get(row).of(side);
                    Optional<String> failure = launcher.launch(side, one, pair, runs.get(side));
                    double elapsed = Duration.between(start, clock.instant()).toMillis() / 1000.0;
                    took.put(one, elapsed);
                    if (failure.isEmpty() || !interrupted.getAsBoolean()) { // else the line has an end already
                        out.printf("%s (%.0f s)%n", failure.isPresent() ? "FAILED: " + failure.get()
                                : outcome(side, one, pair), elapsed);
                    }
                    if (failure.isPresent()) {
                        return Optional.of(new Failure(side, row, pair,
                                one.title() + ", trial " + pair + ": " + failure.get()));
                    }
                    timed.took(pairings.get(row).base().stem(), elapsed);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Runs the base's trial of a candidate's that has failed, at once: a full disk, a cluster that is gone or a missing
     * temporary directory fail it as well.
     *
     * @param into   where its files go; no pair counts them
     * @return why it has failed; empty if it has ended well
     */
    Optional<String> control(Failure failure, RunDirectory into) throws IOException, InterruptedException {
        Case one = pairings.get(failure.row()).base();
        out.printf("control: the base again, %s … ", one.title());
        out.flush();
        Optional<String> why = launcher.launch(Side.BASE, one, failure.pair(), into);
        out.println(why.map(reason -> "FAILED: " + reason).orElse("it ends well"));
        return why;
    }

    private boolean isDone(int row, Side side, int pair) throws IOException {
        return runs.get(side).trial(pairings.get(row).of(side).stem(), pair).isPresent();
    }

    private void tell(int row, Side side, int pair, double seconds) {
        out.printf("pair %d, %s, %s, this stage done about %s … ", pair, side, pairings.get(row).of(side).title(),
                CLOCK.format(clock.instant().plusMillis(Math.round(1000 * seconds)).atZone(ZoneId.systemDefault())));
        out.flush();
    }

    private String outcome(Side side, Case one, int pair) throws IOException {
        return runs.get(side).trial(one.stem(), pair).map(RunDirectory.Trial::completed)
                .map(completed -> String.format(Locale.ROOT, "p50 %.1f µs, p99 %.1f µs", completed.p50() / 1e3,
                        completed.p99() / 1e3))
                .orElse("no figures");
    }

    private double left(RegressPlan plan, List<Integer> rows, int pair, int to) throws IOException {
        double seconds = 0;
        for (int i = pair; i <= to; i++) {
            for (int row : rows) {
                for (Side side : Side.values()) {
                    Case one = pairings.get(row).of(side);
                    seconds += isDone(row, side, i) ? 0
                            : took.getOrDefault(one, one.seconds() + ASSUMED_START_SECONDS);
                }
            }
        }
        return seconds;
    }

    /** Both sides' trials of a row, of the pairs {@code from} to {@code to}. */
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
