package dev.brew.delivery.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * The reason of a failure in words. The message of a {@link FileSystemException} is often a path and nothing else; the
 * reason is then the exception's type. Safe from every thread.
 */
public final class Reason {

    private static final String PROJECT = "dev.brew.delivery.";

    private Reason() {
    }

    /**
     * The reason of {@code failure}; never null, never blank, never a path alone. Messages of other exceptions are
     * returned as they are, several lines included; the name of the type stands in for a missing message. A library's
     * message ends in that of its deepest cause: {@code "Failed to construct kafka consumer: Too many open files"}.
     */
    public static String of(Throwable failure) {
        if (failure instanceof FileSystemException file && file.getFile() != null) {
            return of(file);
        }
        if (failure instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        if (failure instanceof ClosedByInterruptException) {
            return "interrupted";
        }
        boolean wrapper = failure instanceof UncheckedIOException || failure instanceof CompletionException
                || failure instanceof ExecutionException;
        if (wrapper && failure.getCause() != null) {
            return of(failure.getCause());
        }
        String message = failure.getMessage();
        boolean says = message != null && !message.isBlank();
        Throwable cause = failure.getCause();
        if (cause == null || isOurs(failure)) {
            return says ? message : failure.getClass().getSimpleName();
        }
        String root = of(root(cause));
        if (!says || message.equals(cause.toString())) {
            return of(cause);
        }
        return message.contains(root) ? message : message.strip().replaceAll("[.:]$", "") + ": " + root;
    }

    /** The deepest cause; {@code failure} itself if it has none. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** This project's code writes the cause into its messages where it helps; a library's message often lacks it. */
    private static boolean isOurs(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(PROJECT);
    }

    private static String of(FileSystemException e) {
        Path file = Path.of(e.getFile());
        if (e instanceof NoSuchFileException) {
            return missing(file) + " does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied: " + owned(Files.exists(file) ? file : existingParent(file));
        }
        if (e instanceof FileAlreadyExistsException) {
            return file + (Files.isDirectory(file) ? " exists already" : " is a file, not a directory");
        }
        if (e instanceof NotDirectoryException) {
            return file + " is a file, not a directory";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the directory " + file + " is not empty";
        }
        if (e instanceof FileSystemLoopException) {
            return file + " is a loop of symbolic links";
        }
        Path parent = existingParent(file);
        if ("Not a directory".equals(e.getReason()) && !Files.isDirectory(parent)) {
            return parent + " is a file, not a directory";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() + " at " + file : file + ": " + e.getReason();
    }

    /** The outermost part of {@code file} that is missing; {@code file} itself if it has come into being meanwhile. */
    private static Path missing(Path file) {
        Path missing = file;
        for (Path at = file; at != null && Files.notExists(at); at = at.getParent()) {
            missing = at;
        }
        return missing;
    }

    private static Path existingParent(Path file) {
        Path at = file.getParent();
        while (at != null && Files.notExists(at)) {
            at = at.getParent();
        }
        return at == null ? Path.of("").toAbsolutePath() : at;
    }

    /** With owner and mode, as {@code ls -l} shows them: they say what to change. */
    private static String owned(Path file) {
        try {
            return file + " (owner " + Files.getOwner(file) + ", "
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) + ")";
        } catch (IOException | UnsupportedOperationException e) {
            return file.toString(); // its directory may not be read either
        }
    }
}
