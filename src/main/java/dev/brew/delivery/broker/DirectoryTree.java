package dev.brew.delivery.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deletes a directory while other threads or processes may still write to it or delete it. */
final class DirectoryTree {

    private static final int ATTEMPTS = 20;

    private DirectoryTree() {
    }

    /** @throws IOException if something is still there after several attempts; the message names the directory */
    static void delete(Path root) throws IOException {
        IOException last = null;
        for (int i = 0; i < ATTEMPTS && Files.exists(root); i++) {
            try {
                deleteOnce(root);
            } catch (IOException e) {
                last = e;
            }
        }
        if (Files.exists(root)) {
            throw new IOException("cannot delete " + root, last);
        }
    }

    /**
     * As {@link #delete}, repeated until the directory is absent after a pause: a writer may create it again.
     *
     * @param pause between two attempts
     * @throws IOException if it cannot be deleted, or is created again each time
     */
    static void deleteForGood(Path root, Runnable pause) throws IOException {
        int left = ATTEMPTS;
        do {
            delete(root);
            pause.run();
        } while (Files.exists(root) && --left > 0);
        if (Files.exists(root)) {
            throw new IOException(root + " is created again each time it is deleted");
        }
    }

    private static void deleteOnce(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(root)) {
            deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return;
        } catch (UncheckedIOException e) { // another process deleted a file during the walk
            throw e.getCause();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
