package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real brokers that are hurt in the middle of a measured iteration. A run that has lost something is invalid and says
 * what; one that has lost nothing is valid, and the figures show what it went through.
 */
class FaultsWhileMeasuringIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long PAUSE_SECONDS = 3;

    @TempDir
    private Path results;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aBrokerThatIsKilledMakesTheRunInvalidAndWhatWasLostIsNamed() throws Exception {
        Set<String> before = brokerDirectories();
        int exit = run(() -> broker().destroyForcibly(), "-f", "1", "-r", "20");
        assertThat(exit).isEqualTo(1);
        assertThat(brokerDirectories()).isSubsetOf(before);
        assertThat(problem()).matches("ProduceToConsume .*, trial 1: event \\w+\\.m1\\.\\d+: the Kafka broker has ended by "
                + "itself, exit code 137; .*(has not received it|the sender has no answer).*");
        assertThat(status().get("trials").asInt()).isZero();
    }

    @Test
    void oneOfThreeNodesIsKilledAndNothingIsLost() throws Exception {
        // each node leads one of the topic's three partitions
        assertThat(run(() -> broker().destroyForcibly(), "-f", "1", "-r", "20", "-p", "brokers=3", "-p", "acks=all"))
                .as(() -> text(out) + text(err)).isZero();
        assertThat(status().get("state").asText()).isEqualTo("VALID"); // the ledger of every iteration balances
        assertThat(settings()).contains("\"kafka.replication\" : \"3\"", "\"broker.min.insync.replicas\" : \"2\"");
        assertThat(maxCompleted()).as("writes wait until the two that are left agree to do without the third")
                .isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void aPausedBrokerShowsUpAsLatencyAndNotAsMissingSamples() throws Exception {
        assertThat(run(() -> {
            ProcessHandle paused = broker();
            signal("STOP", paused);
            Awaitility.await().pollDelay(Duration.ofSeconds(PAUSE_SECONDS)).until(() -> true);
            signal("CONT", paused);
        }, "-f", "1", "-r", "8")).as(() -> text(out) + text(err)).isZero();
        assertThat(maxCompleted()).isBetween(TimeUnit.SECONDS.toNanos(PAUSE_SECONDS - 1),
                TimeUnit.SECONDS.toNanos(PAUSE_SECONDS + 5));
        JsonNode row = row();
        assertThat(row.at("/series/completed/count").asLong()).isEqualTo(row.at("/series/sender/count").asLong())
                .isEqualTo(row.at("/series/analytics/count").asLong());
    }

    @Test
    void aFullDiskIsNamed() throws Exception {
        Path small = Files.createDirectory(results.resolve("small"));
        boolean mounted = command("mount", "-t", "tmpfs", "-o", "size=64m", "delivery-test", small.toString()) == 0;
        // .ci/run sets this, so that nobody takes a skipped test for a green one
        boolean required = Boolean.parseBoolean(System.getenv("DELIVERY_REQUIRE_MOUNT"));
        assertThat(mounted || !required).as("a small file system can be mounted here (needs root)").isTrue();
        assumeTrue(mounted, "no file system can be mounted here");
        try {
            assertThat(suite("-f", "1", "-r", "60", "-p", "payloadBytes=500000", "-jvmArgsAppend",
                    "-Djava.io.tmpdir=" + small)).isEqualTo(1);
            assertThat(problem()).matches("ProduceToConsume .*, trial 1: event \\S+: the Kafka broker has ended by itself, "
                    + "exit code \\d+: no space left under " + small + "/delivery-broker-\\d+; .+");
        } finally {
            assertThat(command("umount", small.toString())).isZero();
        }
    }

    @Test
    void aConsumerThatDiesIsNamed() throws Exception {
        assertThat(run(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("group-analytics")).findFirst().orElseThrow().interrupt(),
                "-f", "0", "-r", "20")).isEqualTo(1);
        assertThat(problem()).matches("ProduceToConsume .*, trial 1: event \\S+: the consumer of analytics died: "
                + "InterruptedException.*");
    }

    /** Does something. */
    @FunctionalInterface
    private interface Fault {
        void happen() throws Exception;
    }

    /** Runs Kafka's benchmark once; {@code fault} happens in the middle of the measured iteration. */
    private int run(Fault fault, String... arguments) throws Exception {
        CompletableFuture<Void> happened = CompletableFuture.runAsync(() -> {
            Awaitility.await().atMost(PATIENCE).until(this::measures);
            try {
                fault.happen();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        int exit = suite(arguments);
        happened.get(1, TimeUnit.SECONDS); // else the fault did not happen while measuring
        return exit;
    }

    private int suite(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("ProduceToConsume", "-p", "broker=process", "-p", "recipients=2", "-wi",
                "1", "-w", "1", "-i", "1", "-Ddelivery.warmup=1", "-Ddelivery.results=" + results));
        all.addAll(List.of(arguments));
        return new SuiteRun(SuiteOptions.parse(all, new Properties()), print(out), print(err), InstantSource.system())
                .run();
    }

    /** JMH says so at the beginning of an iteration; the one before it has opened the path. */
    private boolean measures() throws IOException {
        try (Stream<Path> tree = Files.walk(results)) {
            for (Path log : tree.filter(file -> file.endsWith("jmh.log")).toList()) {
                if (Files.readString(log).contains("\nIteration   1: ")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static ProcessHandle broker() {
        return ProcessHandle.current().children().flatMap(ProcessHandle::children).findFirst().orElseThrow(); // the fork's
    }

    private static Set<String> brokerDirectories() throws IOException {
        try (Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return temporary.map(Path::toString).filter(name -> name.contains("delivery-broker-"))
                    .collect(Collectors.toSet());
        }
    }

    private static void signal(String name, ProcessHandle process) throws Exception {
        assertThat(command("kill", "-" + name, Long.toString(process.pid()))).isZero();
    }

    private static int command(String... words) throws Exception {
        return new ProcessBuilder(words).inheritIO().start().waitFor();
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private String problem() throws IOException {
        assertThat(status().get("state").asText()).isEqualTo("INVALID");
        assertThat(status().get("problems")).hasSize(1);
        return status().get("problems").get(0).asText();
    }

    private long maxCompleted() throws IOException {
        return row().at("/series/completed/max").asLong();
    }

    private JsonNode row() throws IOException {
        return json("summary.json").get("rows").get(0);
    }

    private JsonNode status() throws IOException {
        return json("status.json");
    }

    private String settings() throws IOException {
        return json("environment.json").get("settings").toPrettyString();
    }

    private JsonNode json(String name) throws IOException {
        try (Stream<Path> runs = Files.list(results)) {
            Path run = runs.filter(path -> path.getFileName().toString().endsWith("-run")).findFirst().orElseThrow();
            return new ObjectMapper().readTree(run.resolve(name).toFile());
        }
    }
}
