package dev.brew.delivery.suite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One run at a time on a machine: two would measure each other. JMH's own lock is held only during a trial, so that
 * another run could slip in between two of them. The operating system frees it however the process ends.
 */
public final class RunLock implements AutoCloseable {

    private static final String NAME = "delivery-benchmarks.lock";

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it.
     *
     * @throws TakenException if another run has it; the message says so
     * @throws IOException    if its file cannot be written
     */
    public static RunLock acquire() throws IOException, TakenException {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), NAME);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new RunLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // held within this very JVM
        }
        channel.close();
        throw new TakenException("another run is under way on this machine (lock " + file
                + "): two runs would measure each other");
    }

    /** Gives it back. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Somebody else runs. */
    public static final class TakenException extends Exception {
        private static final long serialVersionUID = 1;

        TakenException(String message) {
            super(message);
        }
    }
}
