package dev.brew.delivery.results;

import java.util.List;

/**
 * status.json: whether a run's figures may be used.
 *
 * @param schema   version of this file's form
 * @param state    see {@link State}
 * @param problems every reason why the run is not valid, in words; empty while it runs and when it is valid
 * @param trials   how many trials have ended well
 * @param asked    how many were asked for
 */
public record Status(int schema, State state, List<String> problems, int trials, int asked) {

    static final int SCHEMA = 1;

    /** A file that still says RUNNING belongs to a run that is under way, or was killed. */
    public enum State {
        RUNNING, VALID, INVALID, INTERRUPTED
    }

    /** Under way: {@code trials} of {@code asked} have ended well. */
    public static Status running(int trials, int asked) {
        return new Status(SCHEMA, State.RUNNING, List.of(), trials, asked);
    }

    /** At the end. */
    public static Status ended(boolean interrupted, List<String> problems, int trials, int asked) {
        State state = interrupted ? State.INTERRUPTED : problems.isEmpty() ? State.VALID : State.INVALID;
        return new Status(SCHEMA, state, List.copyOf(problems), trials, asked);
    }
}
