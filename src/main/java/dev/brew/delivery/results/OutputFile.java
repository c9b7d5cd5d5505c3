package dev.brew.delivery.results;

import dev.brew.delivery.text.AtomicFile;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file that the user names for a result, such as {@code -rff FILE} or {@code --json FILE}: checked before the measurement
 * and written after it. Thread-safe.
 */
public final class OutputFile {

    private static final Path STANDARD_OUT = Path.of("/dev/stdout");
    /** The number of links that Linux follows. */
    private static final int MOST_LINKS = 40;

    private OutputFile() {
    }

    /**
     * The reason why {@code typed} cannot be written; empty if it can. Creates a file for this check, and deletes it.
     */
    public static Optional<String> obstacle(Path typed) {
        try {
            return Optional.of(found(typed)).filter(obstacle -> !obstacle.isEmpty());
        } catch (IOException e) {
            return Optional.of(Reason.of(e));
        }
    }

    private static String found(Path typed) throws IOException {
        Path file = destination(typed.toAbsolutePath());
        Path directory = file.getParent();
        if (Files.isSymbolicLink(file) && !Files.exists(file)) {
            return "it is a link that leads back to itself";
        }
        if (directory == null || Files.isDirectory(file)) {
            return "it is a directory, not a file";
        }
        if (Files.exists(file) && !opens(file)) {
            return "no permission to write it";
        }
        if (isThrough(typed) && Files.exists(file)) {
            return "";
        }
        if (!Files.isDirectory(directory)) {
            return "there is no directory " + directory;
        }
        return makesFiles(directory) ? "" : "no permission to write in " + directory;
    }

    /** The target of a link to a file that does not exist yet. */
    private static Path destination(Path typed) throws IOException {
        Path at = typed;
        for (int i = 0; i < MOST_LINKS && Files.isSymbolicLink(at) && !Files.exists(at); i++) {
            at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
        }
        return at;
    }

    /** Opens the file, since permissions are not reliable on a read-only or special file system. */
    private static boolean opens(Path file) {
        if (!Files.isRegularFile(file)) {
            return Files.isWritable(file); // opening a pipe without a reader would block
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean makesFiles(Path directory) {
        try {
            Files.delete(Files.createTempFile(directory, ".write", ".tmp"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** True for a link, a device or a pipe, which is written to and not replaced. */
    private static boolean isThrough(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Writes all of {@code content}. An ordinary file is replaced as a whole, see {@link AtomicFile}; a link, a pipe or a
     * device is written through.
     *
     * @param standardOut this process's standard output, which {@code file} may lead to
     */
    public static void write(Path file, byte[] content, OutputStream standardOut) throws IOException {
        if (Files.exists(STANDARD_OUT) && Files.exists(file) && Files.isSameFile(file, STANDARD_OUT)) {
            standardOut.write(content); // opening a file that output is redirected to would truncate it
            standardOut.flush();
        } else if (isThrough(file)) {
            Files.write(file, content);
        } else {
            AtomicFile.write(file, content);
        }
    }
}
