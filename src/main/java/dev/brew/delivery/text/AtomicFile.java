package dev.brew.delivery.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Replaces a file as a whole: a reader sees the old content or the new one. The content is written to a temporary file beside
 * the target, since only a rename within one file system is atomic. One writer at a time for each target, on any thread.
 */
public final class AtomicFile {

    private AtomicFile() {
    }

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path file) throws IOException;
    }

    /** As {@link #write(Path, Content)}. */
    public static void write(Path target, byte[] content) throws IOException {
        write(target, temporary -> Files.write(temporary, content));
    }

    /**
     * Writes {@code target} and replaces a file of that name.
     *
     * @throws IOException if the content cannot be written or renamed; the temporary file is deleted then, and a file that was
     *                     at {@code target} is unchanged
     */
    public static void write(Path target, Content content) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        try {
            content.writeTo(temporary);
            rename(temporary, target);
        } catch (Throwable e) {
            deleteAfter(e, temporary);
            throw e;
        }
    }

    private static void deleteAfter(Throwable failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Gives a complete file its name, in the same directory, and replaces a file of that name. */
    public static void rename(Path temporary, Path target) throws IOException {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
