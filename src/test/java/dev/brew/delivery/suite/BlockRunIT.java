package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ListAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run of blocks keeps what was measured whole, whatever happens to a row, a block or the run. */
class BlockRunIT {

    @TempDir
    private Path results;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void eachRowOfEachBlockIsATrialAndJmhsResultHasABlockForAFork() throws Exception {
        assertThat(suite("--blocks", "2", "-p", "payloadBytes=256,512").run()).as(err.toString()).isZero();
        assertThat(json("status.json").get("state").asText()).isEqualTo("VALID");
        assertThat(json("status.json").get("trials").asInt()).isEqualTo(2);
        JsonNode jmh = json("jmh.json");
        assertThat(jmh).hasSize(2).allSatisfy(row -> {
            assertThat(row.get("forks").asInt()).isEqualTo(2);
            assertThat(row.get("measurementIterations").asInt()).isEqualTo(3);
            assertThat(row.at("/primaryMetric/rawDataHistogram")).hasSize(2).allSatisfy(fork -> assertThat(fork).hasSize(3));
            assertThat(row.at("/secondaryMetrics/sender:p0.50/score").asDouble()).isPositive();
        });
        JsonNode rows = json("summary.json").get("rows");
        assertThat(rows).hasSize(2).allSatisfy(row -> assertThat(row.get("trials")).hasSize(2));
        files().contains("report.html", "jmh.log").noneMatch(name -> name.startsWith("block-"));
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("2 blocks of 2 rows, results in ", "Order of rows: --seed 7",
                "VALID: 2 of 2 blocks, ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "DROPS_ONE_IN_1000 | .*event \\S+ is not over within 200 ms: notifications has not received it.*",
        "THROWS_IN_SETUP   | .*the setup is broken",
        "THROWS_AT_THE_END | .*the end is broken"})
    void aRowThatFailsLeavesTheOtherRowsOfItsBlock(String fault, String reason) throws Exception {
        assertThat(suite("--blocks", "1", "-p", "fault=NONE," + fault).run()).isEqualTo(1);
        assertThat(json("status.json").get("state").asText()).isEqualTo("INVALID");
        assertThat(json("status.json").get("problems")).singleElement().satisfies(problem ->
                assertThat(problem.asText()).matches("block 1: Faulty .*fault=" + fault + ".*: " + reason));
        files().filteredOn(name -> name.endsWith(".hgrm")).singleElement().asString().contains("fault=NONE");
        assertThat(json("jmh.json")).hasSize(1);
    }

    @Test
    void aRowOfInterpretedCodeIsUnsettledAndNotSlow() throws Exception {
        assertThat(suite("--blocks", "1", "-p", "fault=NONE", "-Ddelivery.warmup=10", "-jvmArgsAppend", "-Xint").run())
                .as(err.toString()).isZero();
        assertThat(json("summary.json").at("/rows/0/trials/0/settled").asBoolean(true)).isFalse();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("unsettled");
    }

    @Test
    void aBlockWhoseJvmDiesIsLostAndTheRunSaysSo() throws Exception {
        assertThat(suite("--blocks", "2", "-p", "fault=NONE,DIES").run()).isEqualTo(1);
        assertThat(json("status.json").get("problems")).singleElement().satisfies(problem -> // the second would die, too
                assertThat(problem.asText()).isEqualTo("block 1: its JVM ended before the block was done (exit code 3)"));
    }

    @Test
    void anInterruptKeepsTheBlocksThatAreDone() throws Exception {
        SuiteRun run = suite("--blocks", "9");
        CompletableFuture<Integer> code = CompletableFuture.supplyAsync(() -> {
            try {
                return run.run();
            } catch (IOException e) {
                return -1;
            }
        });
        Awaitility.await().until(() -> out.toString(StandardCharsets.UTF_8).contains("[block 2 of 9]"));
        assertThat(runDirectory().resolve("summary.json")).as("a run that is killed now").exists();
        run.interrupt();
        assertThat(code.get()).isEqualTo(1);
        assertThat(json("status.json").get("state").asText()).isEqualTo("INTERRUPTED");
        assertThat(json("status.json").get("problems").get(0).asText()).isEqualTo("interrupted after 1 of 9 blocks");
        assertThat(json("summary.json").get("rows").get(0).get("trials")).hasSize(1);
        files().noneMatch(name -> name.endsWith(".jmh"));
    }

    private SuiteRun suite(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("FaultyBenchmark", "--seed", "7", "--slices", "3", "-p", "recipients=2",
                "-Ddelivery.warmup=0", "-Ddelivery.results=" + results));
        all.addAll(List.of(arguments));
        return new SuiteRun(SuiteOptions.parse(all, new Properties()), print(out), print(err), InstantSource.system());
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(runDirectory().resolve(file).toFile());
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
