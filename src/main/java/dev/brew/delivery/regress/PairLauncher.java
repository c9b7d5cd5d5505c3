package dev.brew.delivery.regress;

import dev.brew.delivery.results.RunDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Measures pairs: a trial of each row on both sides. For one thread, except {@link #end}. */
interface PairLauncher extends AutoCloseable {

    /**
     * A failed trial.
     *
     * @param side whose trial it is
     * @param rows the rows that were to be measured, by their places among the pairings
     * @param why  the reason, in one line
     */
    record Failure(Side side, List<Integer> rows, int pair, String why) {
    }

    /**
     * Measures a pair. Trials that succeed have written their files to their side's run directory.
     *
     * @param rows by their places among the pairings
     * @return the first failure, after which nothing more is measured
     * @throws IOException if a trial could not be started
     */
    Optional<Failure> measure(int pair, List<Integer> rows) throws IOException, InterruptedException;

    /**
     * Repeats the rows of a failed trial of the candidate with the base, at once: a full disk, a lost cluster or a missing
     * temporary directory makes the base fail, too.
     *
     * @param into gets the files; no pair counts them
     * @return the reason of a failure; empty if the base succeeds
     */
    Optional<String> control(Failure failure, RunDirectory into) throws IOException, InterruptedException;

    /** What the user should know about metrics that may not be judged, a line for each pair so far that has shown some. */
    List<String> notes();

    /** Ends what runs, and starts nothing more. May be called by any thread. */
    void end();

    /** Ends what the pairs share. */
    @Override
    void close() throws IOException;
}
