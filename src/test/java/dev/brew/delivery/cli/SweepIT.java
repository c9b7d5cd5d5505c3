package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.brew.delivery.sweep.SweepRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep as a user starts it, on the path that needs no transport. */
class SweepIT {

    @TempDir
    private Path folder;

    @Test
    void everySweepHasAnEdgeAndItsMeasurementsAreTrialsThatThePageDraws() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null", "--recipients", "1,2", "--start", "50", "--max", "200",
                "--each", "1s", "--warmup", "200ms", "--bound", "1s", "--results", folder.toString())) {
            assertThat(sweep.end()).as(sweep.lines().toString()).isZero();
        }
        JsonNode found = json("sweep.json");
        assertThat(found.get("edges")).hasSize(2).allSatisfy(edge -> {
            assertThat(edge.get("path").asText()).isEqualTo("null");
            assertThat(edge.get("edge").asDouble()).isEqualTo(200);
            assertThat(edge.get("cpuMicros").asDouble()).isPositive();
        });
        assertThat(json("status.json").get("state").asText()).isEqualTo("VALID");
        assertThat(json("summary.json").get("rows")).hasSizeGreaterThanOrEqualTo(4).allSatisfy(row ->
                assertThat(row.at("/trials/0/scalars/achieved").asDouble()).isPositive());
        assertThat(run().resolve("report.html")).exists();
        assertThat(json("environment.json").get("settings")).isNotEmpty().allSatisfy(settings -> {
            assertThat(settings.get("jvm.gc").asText()).contains("PS Scavenge");
            assertThat(settings.get("jvm.heap.max.mib").asInt()).isEqualTo(2048);
        });
    }

    @Test
    void pathsTakeTurnsSoThatASlowSpellMeetsAllOfThem() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null,grpc-sequential", "--recipients", "1", "--start", "50",
                "--max", "100", "--each", "1s", "--warmup", "200ms", "--bound", "1s", "--at", "40", "--at-each", "1s",
                "--results", folder.toString())) {
            assertThat(sweep.end()).as(sweep.lines().toString()).isZero();
            assertThat(sweep.lines("compilers")).extracting(line -> line.strip().split(" ")[0])
                    .as("50, 75, 100 and three times 40")
                    .containsExactlyElementsOf(Collections.nCopies(6, List.of("null", "grpc-sequential")).stream()
                            .flatMap(List::stream).toList());
            assertThat(sweep.lines(SweepRun.TURN_OVER)).isEmpty();
        }
        assertThat(json("sweep.json").get("edges")).extracting(edge -> edge.get("path").asText())
                .containsExactly("null", "grpc-sequential");
    }

    @Test
    void twoTimesAreTwoWholeSweepsThatTakeTurnsAndTheTableSaysHowFarApartTheyAre() throws Exception {
        try (Program sweep = Program.start("sweep", "--times", "2", "--path", "null,grpc-sequential", "--recipients", "1",
                "--start", "50", "--max", "100", "--each", "1s", "--warmup", "200ms", "--bound", "1s", "--results",
                folder.toString())) {
            assertThat(sweep.end()).as(sweep.lines().toString()).isZero();
            assertThat(sweep.lines("compilers")).extracting(line -> line.strip().replaceAll(" +", " ").split(" N ")[0])
                    .as("50, 75, 100").containsExactlyElementsOf(Collections.nCopies(3,
                            List.of("1: null", "2: null", "1: grpc-sequential", "2: grpc-sequential")).stream()
                            .flatMap(List::stream).toList());
            assertThat(sweep.lines("100 100")).hasSize(2).allSatisfy(line -> assertThat(line).contains(" 1.00 "));
        }
        try (Stream<Path> runs = Files.list(folder)) {
            assertThat(runs).hasSize(2).allSatisfy(run -> {
                ObjectMapper mapper = new ObjectMapper();
                assertThat(mapper.readTree(run.resolve("sweep.json").toFile()).get("edges")).hasSize(2);
                assertThat(mapper.readTree(run.resolve("status.json").toFile()).get("state").asText()).isEqualTo("VALID");
                assertThat(run.resolve("report.html")).exists();
            });
        }
    }

    @Test
    void flagsOfTheUsersOwnTakeThePlaceOfThePinnedOnes() throws Exception {
        try (Program sweep = Program.start(Map.of("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC -Xmx300m"), "sweep", "--path", "null",
                "--recipients", "1", "--start", "50", "--max", "50", "--each", "1s", "--warmup", "200ms", "--results",
                folder.toString())) {
            assertThat(sweep.end()).as(sweep.lines().toString()).isZero();
        }
        assertThat(json("environment.json").get("settings")).isNotEmpty().allSatisfy(settings -> {
            assertThat(settings.get("jvm.gc").asText()).isEqualTo("Copy, MarkSweepCompact");
            assertThat(settings.get("jvm.heap.max.mib").asInt()).isEqualTo(300);
        });
    }

    @Test
    void itMeasuresFixedRatesAndSharesOfTheEdgeInOneTable() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null", "--recipients", "1", "--start", "50", "--max", "200",
                "--each", "1s", "--warmup", "200ms", "--bound", "1s", "--at", "120,80%", "--at-each", "1s", "--results",
                folder.toString())) {
            assertThat(sweep.end()).as(sweep.lines().toString()).isZero();
            assertThat(sweep.lines("offered/s")).hasSize(1);
        }
        assertThat(json("summary.json").get("rows")).filteredOn(row -> row.get("benchmark").asText().endsWith(".at"))
                .allSatisfy(row -> assertThat(row.get("trials")).hasSize(3))
                .extracting(row -> row.at("/params/rate").asText()).containsExactlyInAnyOrder("120", "160"); // of 200
    }

    @Test
    void aPathThatCannotKeepUpIsGivenUpEarlyAndItsEdgeIsWhatItsDelayAllows() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null", "--recipients", "1", "-p", "delay=fixed:10ms",
                "--start", "200", "--max", "1000", "--each", "1s", "--warmup", "200ms", "--bound", "300ms", "--results",
                folder.toString())) {
            assertThat(sweep.end()).as(sweep.lines().toString()).isZero();
        }
        // one event after another, each 10 ms and what the timer adds
        assertThat(json("sweep.json").at("/edges/0/edge").asDouble()).isBetween(40.0, 110.0);
        assertThat(json("sweep.json").at("/edges/0/why").asText()).matches("saturated: .*|p99 .*");
        assertThat(json("summary.json").findValuesAsText("gave-up")).contains("1.0");
    }

    @Test
    void endedEarlyItKeepsWhatItHasAndLeavesNobody() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null", "--recipients", "1", "--each", "60s", "--warmup",
                "100ms", "--results", folder.toString())) {
            Awaitility.await().atMost(Program.SOON).until(() -> sweep.process().descendants().count() > 0);
            List<ProcessHandle> children = sweep.process().descendants().toList();
            sweep.signal("TERM");
            Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> children.stream().noneMatch(
                    ProcessHandle::isAlive));
        }
        assertThat(json("status.json").get("state").asText()).isEqualTo("INTERRUPTED");
        assertThat(json("sweep.json").get("edges")).isEmpty();
    }

    @Test
    void killedItTakesTheSweepUnderWayWithIt() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null", "--recipients", "1", "--each", "60s", "--warmup",
                "100ms", "--results", folder.toString())) {
            Awaitility.await().atMost(Program.SOON).until(() -> sweep.process().descendants().count() > 0);
            List<ProcessHandle> children = sweep.process().descendants().toList();
            sweep.process().destroyForcibly();
            Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> children.stream().noneMatch(
                    ProcessHandle::isAlive));
        }
    }

    @Test
    void aPathWhoseJvmIsKilledIsNamedAndTheOthersGoOn() throws Exception {
        try (Program sweep = Program.start("sweep", "--path", "null,grpc-sequential", "--recipients", "1", "--start", "50",
                "--max", "100", "--each", "1s", "--warmup", "200ms", "--bound", "1s", "--results", folder.toString())) {
            sweep.until("null            N = 1");
            sweep.process().children().filter(child -> child.info().commandLine().orElse("").endsWith("SweepChild null"))
                    .forEach(ProcessHandle::destroyForcibly);
            assertThat(sweep.end()).as(sweep.lines().toString()).isEqualTo(1);
            assertThat(sweep.lines("null: its process ended with exit code 137, without an edge for N in [1]")).hasSize(1);
        }
        assertThat(json("sweep.json").get("edges")).singleElement()
                .satisfies(edge -> assertThat(edge.get("path").asText()).isEqualTo("grpc-sequential"));
        assertThat(json("status.json").get("state").asText()).isEqualTo("INVALID");
        assertThat(json("summary.json").get("rows")).anySatisfy(row -> // on disk before it is shown
                assertThat(row.at("/params/path").asText()).isEqualTo("null"));
    }

    @Test
    void badUsageIsOneLine() throws Exception {
        assertBad("Invalid value for option '--path' (PATH): path must be one of grpc-sequential, grpc-parallel, kafka, null, "
                + "got 'udp'", "--path", "udp");
        assertBad("-p delay=soon: not a delay: 'soon'", "-p", "delay=soon");
        assertBad("-p x: there are acks, broker", "-p", "x=1");
        assertBad("--precision 1.0: precision must be above 0 and below 1, got 1.0", "--precision", "1");
        assertBad("Invalid value for option '--at' (RATE): not a rate: 'fast'; 500 is one, and 80% of the edge", "--at",
                "200,fast");
        assertBad("--times must be 1..5, got 0", "--times", "0");
        assertBad("--times must be 1..5, got 6", "--times", "6");
        assertBad("--start -1.0: rate must be above 0 and at most 1000000 events/s, got -1.0", "--start", "-1");
    }

    private void assertBad(String line, String... options) throws Exception {
        List<String> all = Stream.concat(Stream.of("sweep", "--results", folder.toString()), Stream.of(options)).toList();
        try (Program sweep = Program.start(all.toArray(new String[0]))) {
            assertThat(sweep.end()).isEqualTo(2);
            assertThat(sweep.lines()).singleElement().asString().startsWith(line);
        }
        assertThat(folder).isEmptyDirectory();
    }

    private Path run() throws IOException {
        try (Stream<Path> runs = Files.list(folder)) {
            return runs.findFirst().orElseThrow();
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(run().resolve(name).toFile());
    }
}
