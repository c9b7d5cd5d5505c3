package dev.brew.delivery.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that a command writes when its work is done, and asks for before it begins. */
final class OutputFile {

    private OutputFile() {
    }

    /**
     * The file that {@code text} names.
     *
     * @throws IllegalArgumentException if it cannot be written; the message quotes it and says why
     */
    static Path require(String text) {
        String why;
        try {
            Path file = Path.of(text);
            why = text.isEmpty() ? "it names no file" : obstacle(file.toAbsolutePath());
            if (why.isEmpty()) {
                return file;
            }
        } catch (InvalidPathException e) {
            why = e.getReason();
        }
        throw new IllegalArgumentException("cannot be written: '" + text + "': " + why);
    }

    private static String obstacle(Path file) {
        Path directory = file.getParent();
        if (directory == null || Files.isDirectory(file)) {
            return "it is a directory";
        }
        if (isThrough(file)) {
            return Files.exists(file) && !Files.isWritable(file) ? "no right to write it" : "";
        }
        if (!Files.isDirectory(directory)) {
            return "there is no directory " + directory;
        }
        return Files.exists(file) && !opens(file) ? "no right to write it"
                : makesFiles(directory) ? "" : "no right to write in " + directory;
    }

    /** Only an attempt tells: what a directory's rights say, a read-only or a special file system does not know. */
    private static boolean opens(Path file) {
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

    /** A link, a device or a pipe: it is written through, and never replaced. */
    private static boolean isThrough(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Writes all of it: a reader of an ordinary file sees the old text or the new one. */
    static void write(Path file, String text) throws IOException {
        if (isThrough(file)) {
            Files.writeString(file, text);
            return;
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
