package dev.brew.delivery.cli;

import dev.brew.delivery.text.Reason;

/** Exit codes, and the one line on standard error that goes with each. */
final class Exit {

    static final int FAILED = 1;
    static final int USAGE = 2;

    private Exit() {
    }

    /** Prints the first line of {@code message}; returns the exit code of bad usage. */
    static int usage(String message) {
        System.err.println(message.lines().findFirst().orElse("bad usage"));
        return USAGE;
    }

    /** Prints the reason of {@code failure}; returns the exit code of a failed command. */
    static int failed(Exception failure) {
        System.err.println(Reason.of(failure));
        return FAILED;
    }
}
