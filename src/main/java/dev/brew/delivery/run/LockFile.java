package dev.brew.delivery.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with an operating system lock, in a directory that users share. The file stays, so every user must be able to
 * lock a file that another user created.
 */
final class LockFile implements AutoCloseable {

    private static final Path LOCKS = Path.of("/proc/locks");
    /**
     * As in {@code 1: POSIX  ADVISORY  WRITE 2337 08:01:8823 0 EOF}; the line of a waiting lock has an arrow and does
     * not match.
     */
    private static final Pattern HELD =
            Pattern.compile("\\d+: \\w+ +\\w+ +\\w+ +(\\d+) +\\p{XDigit}+:\\p{XDigit}+:(\\d+) .*");
    private static final int MAX_COMMAND = 100;

    private final FileChannel channel;
    private final boolean shared;

    private LockFile(FileChannel channel, boolean shared) {
        this.channel = channel;
        this.shared = shared;
    }

    /**
     * Opens the file, or creates it with write permission for all users. It is not opened with {@code CREATE}: Linux
     * then refuses another user's file in a sticky directory (fs.protected_regular), whatever its mode. Another user's
     * file that can only be read is locked in shared mode, which still excludes every exclusive lock.
     */
    static LockFile open(Path file) throws IOException {
        try {
            return new LockFile(FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS), false);
        } catch (NoSuchFileException e) {
            return create(file);
        } catch (AccessDeniedException e) {
            return new LockFile(FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), true);
        }
    }

    private static LockFile create(Path file) throws IOException {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-")); // despite the umask
            } catch (UnsupportedOperationException e) {
                // the file system has no POSIX permissions
            }
            return new LockFile(channel, false);
        } catch (FileAlreadyExistsException e) { // another run created it first, or it is a broken link
            return new LockFile(FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), true);
        }
    }

    /** Locks the file; false if another process or another part of this JVM holds the lock. */
    boolean lock() throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
        } catch (OverlappingFileLockException e) {
            return false; // held within this JVM
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** {@code ", held by process 12 of root: java …"}; empty if the operating system does not report the process. */
    static String heldBy(Path file) {
        try {
            long inode = ((Number) Files.getAttribute(file, "unix:ino")).longValue();
            OptionalLong pid = holder(Files.readAllLines(LOCKS), inode);
            return pid.isEmpty() ? "" : ", held by process " + pid.getAsLong() + ProcessHandle.of(pid.getAsLong())
                    .map(ProcessHandle::info).map(LockFile::describe).orElse("");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return ""; // not Linux
        }
    }

    private static String describe(ProcessHandle.Info info) {
        String command = info.commandLine().or(info::command).map(line -> ": " + (line.length() <= MAX_COMMAND ? line
                : line.substring(0, MAX_COMMAND) + "…")).orElse("");
        return info.user().map(user -> " of " + user).orElse("") + command;
    }

    /**
     * The process that holds a lock on the file {@code inode}. The device is not compared: a layered file system shows
     * another device here than in the file's attributes.
     *
     * @param locks /proc/locks
     */
    static OptionalLong holder(List<String> locks, long inode) {
        return locks.stream().map(HELD::matcher).filter(Matcher::matches)
                .filter(lock -> Long.parseUnsignedLong(lock.group(2)) == inode)
                .mapToLong(lock -> Long.parseLong(lock.group(1))).filter(pid -> pid > 0).findFirst();
    }
}
