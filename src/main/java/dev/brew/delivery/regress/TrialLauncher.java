package dev.brew.delivery.regress;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.suite.Case;
import java.io.IOException;
import java.util.Optional;

/** Runs one trial of one side, so that its files are in the run directory if it has ended well. */
@FunctionalInterface
interface TrialLauncher {

    /**
     * Runs it and waits for its end.
     *
     * @return why it failed, in a line; empty if it has ended well
     * @throws IOException if it could not be started at all
     */
    Optional<String> launch(Side side, Case one, int trial, RunDirectory run) throws IOException, InterruptedException;
}
