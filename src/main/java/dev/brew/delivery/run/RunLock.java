package dev.brew.delivery.run;

import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One run at a time on a machine, whoever's it is: two would measure each other. JMH's own lock is taken as well, and for
 * the whole run: JMH holds it only during a trial, so that another JMH could slip in between two of them, and the trial
 * after it would fail. JMH itself is then told not to take it. The operating system frees both however the process ends.
 */
public final class RunLock implements AutoCloseable {

    /** JMH's switch. It is read before this class sets it: who sets it by hand wants no lock of JMH's. */
    public static final String IGNORE_JMH_LOCK = "jmh.ignoreLock";
    private static final boolean JMH_IGNORED = Boolean.getBoolean(IGNORE_JMH_LOCK);
    /** Not the name of earlier versions: their file may be another user's, who alone could write to it. */
    private static final String NAME = "delivery-benchmarks-run.lock";
    private static final String JMH_NAME = "jmh.lock";

    private final LockFile run;
    private final Optional<LockFile> jmh;

    private RunLock(LockFile run, Optional<LockFile> jmh) {
        this.run = run;
        this.jmh = jmh;
    }

    /**
     * Takes it.
     *
     * @param err told if JMH's lock cannot be opened, which does not end the run
     * @throws TakenException if another run, or JMH, has it; the message says who
     * @throws IOException    if the run's own file cannot be opened; the message says why
     */
    public static RunLock acquire(PrintStream err) throws IOException, TakenException {
        return acquire(Path.of(System.getProperty("java.io.tmpdir")), err);
    }

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

    /** Gives it back. */
    @Override
    public void close() throws IOException {
        if (jmh.isPresent()) {
            jmh.get().close();
        }
        run.close();
    }

    /** Somebody else runs. */
    public static final class TakenException extends Exception {
        private static final long serialVersionUID = 1;

        TakenException(String message) {
            super(message);
        }
    }
}
