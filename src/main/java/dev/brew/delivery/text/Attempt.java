package dev.brew.delivery.text;

import java.io.IOException;

/** Does something with files; the message of its failure says what was attempted and why it failed. */
public final class Attempt {

    private Attempt() {
    }

    /** What is attempted, with a result. */
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    /** What is attempted, without a result. */
    @FunctionalInterface
    public interface Action {
        void run() throws IOException;
    }

    /**
     * Runs {@code task}.
     *
     * @param what follows "cannot", as in {@code "write out.csv"}
     * @throws IOException if it fails: {@code "cannot write out.csv: REASON"}. The failure of an attempt within it is
     *                     thrown as it is, since it is the more precise one
     */
    public static <T> T to(String what, Task<T> task) throws IOException {
        try {
            return task.run();
        } catch (FailedException e) {
            throw e;
        } catch (IOException e) {
            throw failed(what, e);
        }
    }

    /** As {@link #to(String, Task)}, without a result. */
    public static void to(String what, Action action) throws IOException {
        to(what, () -> {
            action.run();
            return null;
        });
    }

    /** The failure to be thrown where the attempt is not one call. */
    public static IOException failed(String what, IOException cause) {
        return new FailedException("cannot " + what + ": " + Reason.of(cause), cause);
    }

    private static final class FailedException extends IOException {
        private static final long serialVersionUID = 1;

        FailedException(String message, IOException cause) {
            super(message, cause);
        }
    }
}
