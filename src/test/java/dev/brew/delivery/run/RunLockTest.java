package dev.brew.delivery.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {

    @TempDir
    Path directory;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theFilesCanBeLockedByEveryUserAfterTheFirst() throws Exception {
        try (RunLock lock = acquire()) {
            assertThat(lock).isNotNull();
        }
        for (String name : List.of("delivery-benchmarks-run.lock", "jmh.lock")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                    .as(name).isEqualTo("rw-rw-rw-");
        }
        try (RunLock again = acquire()) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void aSecondRunIsRefusedAndSaysWhoHasTheFirst() throws Exception {
        try (RunLock lock = acquire()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(this::acquire).isInstanceOf(RunLock.TakenException.class)
                    .hasMessageStartingWith("another run is under way on this machine (lock "
                            + directory.resolve("delivery-benchmarks-run.lock"))
                    .hasMessageEndingWith("): two runs would measure each other");
        }
    }

    @Test
    void aLockOfJmhsThatIsTakenIsNamedBeforeAnythingIsMeasured() throws Exception {
        Path jmh = directory.resolve("jmh.lock");
        try (FileChannel other = FileChannel.open(jmh, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(other.lock()).isNotNull();
            assertThatThrownBy(this::acquire).isInstanceOf(RunLock.TakenException.class)
                    .hasMessageStartingWith("another JMH run is under way on this machine (lock " + jmh)
                    .hasMessageEndingWith("): two runs would measure each other");
        }
        try (RunLock free = acquire()) { // nor is the run's own lock kept by the refusal
            assertThat(free).isNotNull();
        }
    }

    @Test
    void aLockOfJmhsThatCannotBeOpenedIsOneLineAndTheRunGoesOn() throws Exception {
        Path jmh = Files.createSymbolicLink(directory.resolve("jmh.lock"), directory.resolve("jmh.lock"));
        try (RunLock lock = acquire()) {
            assertThat(lock).isNotNull();
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("JMH's lock " + jmh + " cannot be opened (")
                .endsWith("): another JMH run at the same time would not be noticed\n");
    }

    @Test
    void aMissingTemporaryDirectoryIsNamed() {
        assertThatIOException().isThrownBy(() -> RunLock.acquire(directory.resolve("gone"), System.err))
                .withMessage("cannot open the lock of runs " + directory.resolve("gone/delivery-benchmarks-run.lock")
                        + ": " + directory.resolve("gone") + " does not exist");
    }

    @Test
    void theHolderOfALockIsFoundByItsFile() {
        List<String> locks = List.of("1: POSIX  ADVISORY  WRITE 2337 00:2e:8823 0 EOF",
                "2: FLOCK  ADVISORY  WRITE 812 08:01:77 0 EOF", "2: -> POSIX  ADVISORY  WRITE 99 00:2e:55 0 EOF",
                "3: POSIX  ADVISORY  WRITE 0 00:2e:56 0 EOF");
        assertThat(LockFile.holder(locks, 8823)).hasValue(2337);
        assertThat(LockFile.holder(locks, 55)).isEmpty();
        assertThat(LockFile.holder(locks, 56)).isEmpty();
    }

    private RunLock acquire() throws Exception {
        return RunLock.acquire(directory, new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
