package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonTest {

    @TempDir
    Path directory;

    @Test
    void aFileWhereADirectoryShouldBeIsCalledAFile() throws IOException {
        Path results = Files.writeString(directory.resolve("results"), "");

        assertThatIOException()
                .isThrownBy(() -> Attempt.to("create a run directory", () -> Files.createDirectories(results)))
                .withMessage("cannot create a run directory: " + results + " is a file, not a directory");
        assertThatIOException().isThrownBy(() -> Attempt.to("create a run directory",
                        () -> Files.createDirectories(results.resolve("one").resolve("two"))))
                .withMessage("cannot create a run directory: " + results + " is a file, not a directory");
        assertThatIOException().isThrownBy(() -> Attempt.to("list runs", () -> Files.list(results)))
                .withMessage("cannot list runs: " + results + " is a file, not a directory");
    }

    @Test
    void aMissingDirectoryIsNamedAndNotTheFileBelowIt() {
        assertThatIOException().isThrownBy(() -> Attempt.to("write x",
                        () -> Files.writeString(directory.resolve("no/such/x"), "")))
                .withMessage("cannot write x: " + directory.resolve("no") + " does not exist");
        assertThatIOException().isThrownBy(() -> Attempt.to("read x",
                        () -> Files.readString(directory.resolve("x"))))
                .withMessage("cannot read x: " + directory.resolve("x") + " does not exist");
    }

    @Test
    void aDirectoryWithoutRightsIsNamedWithItsOwnerAndMode() throws IOException {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        AccessDeniedException refused = new AccessDeniedException(closed.resolve("x").toString()); // root is refused nothing

        assertThat(Reason.of(refused)).isEqualTo("permission denied: " + closed + " (owner " + Files.getOwner(closed)
                + ", r-xr-xr-x)");
    }

    @Test
    void aReasonOfTheSystemKeepsItsFile() {
        assertThat(Reason.of(new FileSystemException("/x/y", null, "No space left on device")))
                .isEqualTo("/x/y: No space left on device");
        assertThat(Reason.of(new FileSystemException("/x/y"))).isEqualTo("FileSystemException at /x/y");
    }

    @Test
    void aDirectoryThatIsThereAlreadyOrIsNotEmptyIsSaidToBeSo() throws IOException {
        Path full = Files.createDirectories(directory.resolve("full/of"));

        assertThatIOException().isThrownBy(() -> Attempt.to("create it", () -> Files.createDirectory(full)))
                .withMessage("cannot create it: " + full + " exists already");
        assertThatIOException().isThrownBy(() -> Attempt.to("delete it", () -> Files.delete(full.getParent())))
                .withMessage("cannot delete it: the directory " + full.getParent() + " is not empty");
    }

    @Test
    void theMoreExactAttemptIsTheOneThatIsTold() {
        assertThatIOException().isThrownBy(() -> Attempt.to("sum up the run",
                        () -> Attempt.to("write a.json", () -> {
                            throw new IOException("No space left on device");
                        })))
                .withMessage("cannot write a.json: No space left on device");
    }

    @Test
    void whatWrapsAFailureIsPassedOverAndWhatHasNoMessageIsNamed() {
        assertThat(Reason.of(new CompletionException(new UncheckedIOException(new MalformedInputException(1)))))
                .isEqualTo("it is not UTF-8 text");
        assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(Reason.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
    }

    @Test
    void aLibrarysMessageEndsInThatOfItsDeepestCause() {
        IOException root = new IOException("Too many open files");
        Exception library = elsewhere(new IllegalStateException("failed to create a child event loop",
                new IllegalStateException("failed to open a new selector", root)));
        assertThat(Reason.of(library)).isEqualTo("failed to create a child event loop: Too many open files");
        assertThat(Reason.of(new ExecutionException(library)))
                .isEqualTo("failed to create a child event loop: Too many open files");
        assertThat(Reason.of(elsewhere(new IllegalStateException("refused: Too many open files.", root))))
                .isEqualTo("refused: Too many open files.");
        assertThat(Reason.of(elsewhere(new IllegalStateException(root)))).isEqualTo("Too many open files");
        assertThat(Reason.of(elsewhere(new IllegalStateException(null, new NoSuchFileException("/no/such/file")))))
                .isEqualTo("/no does not exist");
    }

    @Test
    void aMessageOfThisProjectIsCompleteAsItIs() {
        assertThat(Reason.of(new IOException("no answer from Kafka", new IOException("call timed out"))))
                .isEqualTo("no answer from Kafka");
    }

    /** As if a library had thrown it. */
    private static <T extends Exception> T elsewhere(T failure) {
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement("io.netty.Library", "open", null, 1)});
        return failure;
    }
}
