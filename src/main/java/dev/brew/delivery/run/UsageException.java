package dev.brew.delivery.run;

/**
 * An argument on the command line is wrong; the message is one line that names the option and the value. Exit code 2.
 */
public final class UsageException extends Exception {

    private static final long serialVersionUID = 1;

    public UsageException(String message) {
        super(message);
    }
}
