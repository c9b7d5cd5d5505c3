package dev.brew.delivery.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * status.json: whether a run's figures may be used.
 *
 * @param schema   version of this file's form
 * @param state    see {@link State}
 * @param problems every reason why the run is not valid, in words; empty while it runs and when it is valid
 * @param trials   the number of trials that have succeeded
 * @param asked    the number of trials that were requested
 * @param notes    how the run differs from trials as they are defined, see {@link Conditions}; the file omits an empty list
 */
public record Status(int schema, State state, List<String> problems, int trials, int asked,
                     @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes) {

    /** A file of an older version has no notes. */
    public Status {
        notes = notes == null ? List.of() : List.copyOf(notes);
    }

    static final int SCHEMA = 1;

    /** RUNNING is the state of a run that is in progress, or was killed. */
    public enum State {
        RUNNING, VALID, INVALID, INTERRUPTED
    }

    /** The status of a run in progress: {@code trials} of {@code asked} have succeeded. */
    public static Status running(int trials, int asked) {
        return new Status(SCHEMA, State.RUNNING, List.of(), trials, asked, List.of());
    }

    /** The status at the end of a run. */
    public static Status ended(boolean interrupted, List<String> problems, int trials, int asked) {
        State state = interrupted ? State.INTERRUPTED : problems.isEmpty() ? State.VALID : State.INVALID;
        return new Status(SCHEMA, state, List.copyOf(problems), trials, asked, List.of());
    }

    /** The same status with notes. */
    public Status noting(List<String> what) {
        return new Status(schema, state, problems, trials, asked, what);
    }
}
