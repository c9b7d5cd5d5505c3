package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.brew.delivery.run.RunLock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fault makes the run fail, is named, and leaves what was finished. */
class FaultyRunIT {

    @TempDir
    private Path results;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void aHealthyRunIsValid() throws Exception {
        assertThat(run("FaultyBenchmark", "-f", "2")).isZero();
        assertThat(status().get("state").asText()).isEqualTo("VALID");
        assertThat(status().get("problems")).isEmpty();
        assertThat(status().get("trials").asInt()).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        files().contains("jmh.json", "summary.json", "environment.json", "jmh.log");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "DROPS_ONE_IN_1000   | event \\S+ is not over within 200 ms: notifications has not received it",
        "DELIVERS_ONE_TWICE  | phase \\w+: phase \\w+, analytics: sent \\d+, received \\d+, lost 0, duplicated \\d+, .*",
        "STAMPS_THE_FUTURE   | sample below zero: \\w+ -\\d+ ns; an event was stamped in the future",
        "THROWS_IN_SETUP     | the setup is broken",
        "THROWS_WHEN_SENDING | the path is broken",
        "DIES                | Forked VM failed with exit code 3",
        "THROWS_AT_THE_END   | the end is broken"})
    void aFaultMakesTheRunFailAndTheHealthyTrialStays(String fault, String problem) throws Exception {
        assertThat(run("FaultyBenchmark", "-f", "1", "-p", "fault=NONE," + fault)).isEqualTo(1);
        assertThat(status().get("state").asText()).isEqualTo("INVALID");
        assertThat(status().get("problems")).hasSize(1);
        String said = status().get("problems").get(0).asText();
        assertThat(said).matches("Faulty .*fault=" + fault + ".*, trial 1: " + problem + ".*");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(said + System.lineSeparator());
        assertThat(status().get("trials").asInt()).isEqualTo(1);
        files().filteredOn(name -> name.endsWith(".hgrm"))
                .singleElement().asString().contains("fault=NONE");
    }

    @Test
    void metricsThatDoNotComeMakeTheRunFail() throws Exception {
        assertThat(run("SilentBenchmark", "-f", "1")).isEqualTo(1);
        assertThat(status().get("problems").get(0).asText())
                .isEqualTo("Silent, trial 1: the trial has written no files");
    }

    @Test
    void aSecondRunAtTheSameTimeIsRefused() throws Exception {
        assertThat(RunLock.during(System.err, () -> run("FaultyBenchmark", "-f", "1"))).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("another run is under way on this machine (lock ");
        assertThat(results).isEmptyDirectory();
    }

    @Test
    void failFastStopsAfterTheFirstFault() throws Exception {
        assertThat(run("FaultyBenchmark", "-f", "2", "-foe", "true", "-p", "fault=THROWS_IN_SETUP")).isEqualTo(1);
        assertThat(status().get("problems")).hasSize(1);
    }

    @Test
    void theResultFileThatWasAskedForHasEveryBenchmark() throws Exception {
        Path csv = results.resolve("asked.csv");
        assertThat(run("FaultyBenchmark", "-f", "1", "-p", "payloadBytes=256,512", "-rf", "csv", "-rff", csv.toString()))
                .isZero();
        assertThat(Files.readString(csv)).contains(",256").contains(",512");
        files().doesNotContain("jmh-trial.txt");
    }

    @Test
    void whatFailsAfterMeasuringIsNamedAndStatusAndPageAreThereAllTheSame() throws Exception {
        Path target = Files.createDirectories(results.resolve("there")).resolve("asked.csv");
        SuiteRun run = suite("FaultyBenchmark", "-f", "1", "-rf", "csv", "-rff", target.toString());
        Files.delete(target.getParent()); // after it was looked for
        assertThat(run.run()).isEqualTo(1);
        assertThat(status().get("state").asText()).isEqualTo("VALID");
        files().contains("report.html", "jmh.json", "summary.json");
        assertThat(err.toString(StandardCharsets.UTF_8)).hasLineCount(1)
                .startsWith("-rff " + target + " could not be written: ");
    }

    @Test
    void withoutForksTheRunSaysThatItHasNoTrials() throws Exception {
        assertThat(run("FaultyBenchmark", "-f", "0")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("VALID: 1 of 1 runs without a fresh JVM, ")
                .contains("Shown and not ranked: no fresh JVM, so no trial (-f 0).").doesNotContain("idle system");
        assertThat(status().get("notes").get(0).asText()).isEqualTo("no fresh JVM, so no trial (-f 0)");
    }

    @Test
    void aRunThatIsToldToStopIsInterruptedWhicheverThreadSumsItUp() throws Exception {
        SuiteRun run = suite("FaultyBenchmark", "-f", "1");
        run.interrupt();
        assertThat(run.run()).isEqualTo(1);
        assertThat(status().get("state").asText()).isEqualTo("INTERRUPTED");
        assertThat(status().get("problems").get(0).asText()).isEqualTo("interrupted after 0 of 1 trials");
    }

    private int run(String... arguments) throws Exception {
        return suite(arguments).run();
    }

    private SuiteRun suite(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("-wi", "1", "-w", "100ms", "-i", "2", "-r", "300ms", "-p",
                "recipients=2", "-Ddelivery.results=" + results));
        all.addAll(List.of(arguments));
        return new SuiteRun(SuiteOptions.parse(all, new Properties()), print(out), print(err), InstantSource.system());
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private JsonNode status() throws IOException {
        return new ObjectMapper().readTree(runDirectory().resolve("status.json").toFile());
    }

    private Path runDirectory() throws IOException {
        try (Stream<Path> runs = Files.list(results)) {
            return runs.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    private ListAssert<String> files() throws IOException {
        try (Stream<Path> files = Files.list(runDirectory())) {
            return assertThat(files.map(file -> file.getFileName().toString()).toList());
        }
    }
}
