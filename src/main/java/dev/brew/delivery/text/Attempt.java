package dev.brew.delivery.text;

import java.io.IOException;

/** Runs an operation on files; the message of a failure names the operation and the reason. */
public final class Attempt {

    private Attempt() {
    }

    /** An operation with a result. */
    @FunctionalInterface
    public interface Task<T> {
        T run() throws IOException;
    }

    /** An operation without a result. */
    @FunctionalInterface
    public interface Action {
        void run() throws IOException;
    }

    /**
     * Runs {@code task}.
     *
     * @param what follows "cannot", as in {@code "write out.csv"}
     * @throws IOException if it fails: {@code "cannot write out.csv: REASON"}. The failure of a nested
     *                     attempt is thrown unchanged, since it is more precise
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

    /** The exception for an operation that is more than one call. */
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
