package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shells that say what a child JVM says. */
@Timeout(60)
class ChildProcessIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    /** A task. */
    record Task(String path, int recipients) {
    }

    @Test
    void itIsGivenItsTaskAsOneLineOfJsonAndTheLinesAfterIt() throws Exception {
        try (ChildProcess child = ChildProcess.start(shell("read task; echo \"task $task\"; read line; echo \"line $line\""),
                new Task("null", 3))) {
            child.tell("go");
            assertThat(child.await("task ", LONG)).isEqualTo("{\"path\":\"null\",\"recipients\":3}");
            assertThat(child.await("line ", LONG)).isEqualTo("go");
            assertThat(child.exitCode()).isZero();
        }
    }

    @Test
    void aChildThatSaysNothingIsNotWaitedForLongerThanItIsGiven() throws Exception {
        try (ChildProcess child = ChildProcess.start(shell("exec sleep 600"))) {
            assertThatThrownBy(() -> child.await("READY", Duration.ofMillis(1))).isInstanceOf(IOException.class)
                    .hasMessage("a child process has not said 'READY' within 1 ms; its log is " + log());
            assertThatThrownBy(() -> child.next(Duration.ZERO)).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void oneThatEndsFirstIsNamedWithWhyItsJvmDidNotStart() throws Exception {
        try (ChildProcess child = ChildProcess.start(shell("echo other; echo READY 1; echo last; exit 3"))) {
            assertThat(child.await("READY ", LONG)).isEqualTo("1");
            assertThatThrownBy(() -> child.await("DONE", LONG)).isInstanceOf(IOException.class)
                    .hasMessage("a child process ended before it said 'DONE'; its log is " + log());
            assertThat(child.exitCode()).isEqualTo(3);
        }
        try (ChildProcess child = ChildProcess.start(shell("echo no memory; echo 'Error occurred during initialization of VM'"))) {
            assertThatThrownBy(() -> child.await("READY", LONG)).isInstanceOf(IOException.class).hasMessage("a child process "
                    + "ended before it said 'READY' (its JVM did not start: no memory); its log is " + log());
        }
    }

    @Test
    void theEndOfTheOutputIsFoundByEachCallAndNoLineIsLostBeforeIt() throws Exception {
        try (ChildProcess child = ChildProcess.start(shell("echo a; echo b; exec sleep 600"))) {
            assertThat(child.next(LONG)).contains("a");
            child.kill();
            child.tell("nobody reads it");
            assertThat(child.lastLines()).isSubsetOf("b");
            assertThat(child.lastLines()).isEmpty();
            assertThat(child.next(Duration.ZERO)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void theOutputEndsSoonAfterTheProcessThoughItsOwnChildHoldsIt() throws Exception {
        try (ChildProcess child = ChildProcess.start(shell("sleep 600 & echo $!"))) {
            long pid = Long.parseLong(child.next(LONG).orElseThrow());
            try {
                assertThat(child.next(LONG)).isEmpty();
            } finally {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    private ProcessBuilder shell(String script) {
        return new ProcessBuilder("bash", "-c", script).redirectError(log().toFile());
    }

    private Path log() {
        return folder.resolve("child.log");
    }
}
