package dev.brew.delivery.regress;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.suite.Case;
import java.io.IOException;
import java.util.Optional;

/** Runs one trial of one side; a trial that succeeds has written its files to the run directory. */
@FunctionalInterface
interface TrialLauncher {

    /**
     * Runs the trial and waits for its end.
     *
     * @return the reason of a failure, in one line; empty if the trial succeeded
     * @throws IOException if the trial could not be started
     */
    Optional<String> launch(Side side, Case of, int trial, RunDirectory run) throws IOException, InterruptedException;
}
