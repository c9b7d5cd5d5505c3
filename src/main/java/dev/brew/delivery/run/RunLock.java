package dev.brew.delivery.run;

import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Allows one run at a time on a machine, for all users: concurrent runs would measure each other's load. JMH's own
 * lock is also held for the whole run: JMH holds it only during a trial, so another JMH could start between two
 * trials, and the next trial would fail. This class then sets JMH's switch, so that JMH does not take its lock. The
 * operating system frees both locks at every end of the process.
 */
public final class RunLock implements AutoCloseable {

    /** JMH's switch. It is read before this class sets it: if the user sets it, JMH's lock is not used. */
    public static final String IGNORE_JMH_LOCK = "jmh.ignoreLock";
    private static final boolean JMH_IGNORED = Boolean.getBoolean(IGNORE_JMH_LOCK);
    /** Differs from the name in earlier versions, whose file may be writable for another user only. */
    private static final String NAME = "delivery-benchmarks-run.lock";
    private static final String JMH_NAME = "jmh.lock";

    private final LockFile run;
    private final Optional<LockFile> jmh;

    private RunLock(LockFile run, Optional<LockFile> jmh) {
        this.run = run;
        this.jmh = jmh;
    }

    /**
     * Work under the lock.
     *
     * @param <E> the exception that the work throws
     */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        /** Returns an exit code. */
        int run() throws IOException, E;
    }

    /**
     * Holds the lock while {@code work} runs.
     *
     * @param err gets a line if the lock is taken, or if JMH's lock cannot be opened, which does not end the run
     * @return the exit code of {@code work}; 1 if another run, or JMH, holds the lock
     * @throws IOException if the run's own file cannot be opened; the message says why
     */
    public static <E extends Exception> int during(PrintStream err, Work<E> work) throws IOException, E {
        try (RunLock lock = acquire(Path.of(System.getProperty("java.io.tmpdir")), err)) {
            return work.run();
        } catch (TakenException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    /** @throws TakenException if another run, or JMH, holds the lock; the message names the process */
    static RunLock acquire(Path directory, PrintStream err) throws IOException, TakenException {
        Path file = directory.resolve(NAME);
        LockFile run = Attempt.to("open the lock of runs " + file, () -> LockFile.open(file));
        try {
            if (!run.lock()) {
                throw new TakenException("another run is under way on this machine (lock " + file
                        + LockFile.heldBy(file) + "): two runs would measure each other");
            }
            RunLock lock = new RunLock(run, JMH_IGNORED ? Optional.empty() : jmh(directory.resolve(JMH_NAME), err));
            System.setProperty(IGNORE_JMH_LOCK, "true");
            return lock;
        } catch (TakenException e) {
            run.close();
            throw e;
        }
    }

    private static Optional<LockFile> jmh(Path file, PrintStream err) throws IOException, TakenException {
        LockFile jmh;
        try {
            jmh = LockFile.open(file);
        } catch (IOException e) {
            err.println("JMH's lock " + file + " cannot be opened (" + Reason.of(e)
                    + "): another JMH run at the same time would not be noticed");
            return Optional.empty();
        }
        if (!jmh.lock()) {
            jmh.close();
            throw new TakenException("another JMH run is under way on this machine (lock " + file
                    + LockFile.heldBy(file) + "): two runs would measure each other");
        }
        return Optional.of(jmh);
    }

    @Override
    public void close() throws IOException {
        if (jmh.isPresent()) {
            jmh.get().close();
        }
        run.close();
    }

    /** Another run holds the lock. */
    static final class TakenException extends Exception {
        private static final long serialVersionUID = 1;

        TakenException(String message) {
            super(message);
        }
    }
}
