package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.SweepFile;
import dev.brew.delivery.suite.Case;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sweep whose paths are shells that say what a path's JVM says. */
@Timeout(60)
class SweepRunIT {

    private static final String READY = "echo '" + SweepRun.TURN_OVER + "'; read turn; ";
    private static final String FINDS_ITS_EDGE = READY + "cp \"$0\" \"$1/sweep-null-n1.json\"";

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aPathThatHangsIsNamedWithWhatItSaidLastAndTheOthersGoOn() throws Exception {
        assertThat(run(path("kafka", READY + "echo '  kafka   N = 1   holds'; exec sleep 600"), path("null", FINDS_ITS_EDGE)))
                .isEqualTo(1);
        assertThat(err).asString().isEqualTo("kafka: nothing was heard of it for 2 s, so it was ended; it said last: "
                + "kafka N = 1 holds, without an edge for N in [1]\n");
        assertThat(out).asString().contains("null  1       5").contains("INVALID: 1 of 2 sweeps");
        assertThat(status().state()).isEqualTo(Status.State.INVALID);
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive) // a concurrent test has others
                .map(child -> child.info().command().orElse("")).filter(command -> command.endsWith("/sleep"))).isEmpty();
    }

    @Test
    void aPathThatIsSilentFromTheStartOrDoesNotEndIsNamedToo() throws Exception {
        assertThat(run(path("kafka", "exec sleep 600"), path("null", FINDS_ITS_EDGE + "; exec sleep 600 >&-"))).isEqualTo(1);
        assertThat(err).asString().isEqualTo("""
                kafka: nothing was heard of it for 2 s, so it was ended; it has said nothing, without an edge for N in [1]
                null: it had not ended 2 s after its output, so it was ended; it has said nothing
                """);
    }

    @Test
    void withoutAnEdgeThereIsNoTable() throws Exception {
        assertThat(run(path("null", READY + "exit 3"))).isEqualTo(1);
        assertThat(err).asString().isEqualTo("null: its process ended with exit code 3, without an edge for N in [1]\n");
        assertThat(out).asString().doesNotContain("Edge:").doesNotContain("edge/s");
    }

    @Test
    void aSweepThatBreaksDoesNotSayForEverThatItRuns() throws Exception {
        assertThat(run(new SweepRun.Case("null", List.of(1),
                directory -> ChildProcess.start(new ProcessBuilder("/no/such/java"))))).isEqualTo(1);
        assertThat(status().state()).isEqualTo(Status.State.INVALID);
        assertThat(status().problems()).singleElement().asString().startsWith("the run broke: ").contains("/no/such/java");
        assertThat(err).asString().hasLineCount(1);
    }

    private SweepRun.Case path(String name, String script) throws IOException {
        Path row = Files.writeString(folder.resolve("row.json"),
                dev.brew.delivery.results.Json.write(new SweepFile.Row("null", 1,
                "none", 256, 5, 5, 1, 1, 1, null, "", true, 1.0)));
        return new SweepRun.Case(name, List.of(1), directory -> ChildProcess.start(new ProcessBuilder("bash", "-c", script,
                row.toString(), directory.toString()).redirectError(ProcessBuilder.Redirect.INHERIT)));
    }

    private int run(SweepRun.Case... paths) throws Exception {
        return new SweepRun(List.of(paths), 1, Duration.ofMillis(50), Duration.ofSeconds(2), folder.resolve("results"),
                List.of(),
                print(out), print(err), InstantSource.system()).run();
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private Status status() throws IOException {
        try (Stream<Path> runs = Files.list(folder.resolve("results"))) {
            return RunDirectory.open(runs.findFirst().orElseThrow()).status();
        }
    }
}
