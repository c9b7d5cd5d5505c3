package dev.brew.delivery.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar as a user starts it. */
class PackagedJarIT {

    private static final String JAR = System.getProperty("delivery.test.jar", "target/benchmarks.jar");
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    /** The null path once and briefly, then Kafka, which warms up for ten minutes. */
    private static final List<String> ENDLESS = List.of("NullPath|ProduceToConsume", "-p", "recipients=2", "-f", "1",
            "-wi", "0", "-i", "1", "-r", "1", "-Ddelivery.warmup=600");

    @TempDir
    private Path folder;
    private Process host;
    private Set<String> brokersBefore;

    @BeforeEach
    void lookAround() throws IOException {
        brokersBefore = brokerDirectories();
    }

    @AfterEach
    void endHost() throws InterruptedException {
        if (host != null) { // a failed test must not hold the lock against the next
            host.destroyForcibly().waitFor();
        }
    }

    @Test
    void smokeRunsEveryFamilyAndItsFilesAgreeWithJmh() throws Exception {
        assertThat(run("smoke")).as(output() + errors()).isZero();
        assertThat(output()).contains("VALID: 9 of 9 trials").contains("grpc-sequential", "grpc-parallel", "kafka",
                "null", "tcp");
        JsonNode summary = json("summary.json");
        assertThat(summary.get("rows")).hasSize(9);
        JsonNode jmh = json("jmh.json");
        for (JsonNode row : summary.get("rows")) {
            Histogram completed = readBack(row.get("stem").asText() + ".hlog");
            assertThat(completed.getTotalCount()).isEqualTo(row.at("/series/completed/count").asLong());
            assertThat(completed.getValueAtPercentile(50)).isEqualTo(row.at("/series/completed/p50").asLong());
            // JMH counts what is over, by its own clock, which runs until the last event is over: a tenth of the smoke run's
            // second, or a half on a busy machine
            if (row.get("params").has("rate")) {
                double score = score(jmh, row.get("benchmark").asText());
                assertThat(score / row.at("/trials/0/scalars/achieved").asDouble()).isBetween(0.5, 1.1);
                continue;
            }
            double ours = completed.getValueAtPercentile(50) / 1000.0;
            double theirs = p50(jmh, row.get("benchmark").asText());
            // two readings of the clock and the calls around them, interpreted as yet, lie between JMH's stamps and ours:
            // a microsecond of the null path's one, nothing of a path that has a transport
            assertThat(ours).as(row.get("stem").asText()).isBetween(theirs * 0.98 - 1, theirs * 1.02);
        }
        assertThat(json("status.json").get("state").asText()).isEqualTo("VALID");
        assertThat(json("environment.json").get("fingerprint").asText()).matches("[0-9a-f]{16}");
        assertThat(output()).containsPattern("report: .*report\\.html");
        assertThat(errors()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "-l", "-lp", "-lprof", "-lrf", "--help", "--version", "help", "smoke --help",
        "-V", "-lp -Ddelivery.warmup=1", "-l -Ddelivery.label=x", "smoke -lp -f 2 -r 2"})
    void whatOnlyTellsStartsNothing(String arguments) throws Exception {
        assertThat(run(arguments.split(" "))).isZero();
        assertThat(output()).isNotBlank();
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "-p recipients=0 | -p recipients=0: recipients must be 1..1024, got 0",
        "sweeep --path x | 'sweeep' is no command and matches no benchmark; did you mean sweep? (help lists the commands, -l the "
                + "benchmarks)",
        "NulPathBench    | 'NulPathBench' is no command and matches no benchmark; did you mean NullPathBenchmark?",
        "NullPath -Dfoo=bar | -Dfoo=bar: behind the jar only -Ddelivery.NAME=VALUE; put others before -jar",
        "-rf cvs          | -rf must be text, csv, scsv, json, latex; got cvs",
        "regress -lp      | -h, -l, -lp, -lprof and -lrf have no meaning here: they list without measuring",
        "regress -jvmArgs -Da.token=1 | a secret among the benchmarks' options would be kept in regress.json: give it before -jar",
        "NoSuch          | 'NoSuch' is no command and matches no benchmark (help lists the commands, -l the benchmarks)",
        "-jvm /no/java   | -jvm /no/java: it cannot be started (No such file or directory)",
        "-jvmArgs -Xmx1k | -jvmArgs -Xmx1k: Too small maximum heap",
        "--nosuch        | nosuch is not a recognized option",
        "smoke -p x=1    | -p x: no benchmark has this parameter; there are acks, arrivals, broker, brokers, delay, executor, "
                + "maxInFlight, payloadBytes, rate, recipients, seed, tls, transport"})
    void badUsageIsOneLineAndExitCode2(String arguments, String line) throws Exception {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(errors()).contains(line).hasLineCount(1);
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void aReportOfNoRunIsBadUsageAndFormatsAreChecked() throws Exception {
        assertThat(run("report")).isEqualTo(2);
        assertThat(errors()).contains("no run: there is none in results").hasLineCount(1);
        assertThat(start(List.of("-Ddelivery.results=elsewhere", "-jar", new File(JAR).getAbsolutePath(), "report")).waitFor())
                .isEqualTo(2);
        assertThat(errors()).contains("no run: there is none in elsewhere").hasLineCount(1);
        assertThat(run("report", "nowhere")).isEqualTo(2);
        assertThat(errors()).contains("RUN nowhere: there is no such directory").hasLineCount(1);
        assertThat(run("report", "--format", "gif", ".")).isEqualTo(2);
        assertThat(errors()).contains("'gif'").hasLineCount(1);
    }

    @Test
    void withoutFontsTheReportSaysSoAndLeavesOutThePngs() throws Exception {
        assertThat(run("Parallel", "-p", "recipients=2", "-f", "1", "-wi", "0", "-i", "2", "-r", "1",
                "-Ddelivery.warmup=0"))
                .isZero();
        Path run;
        try (Stream<Path> runs = Files.list(folder.resolve("results"))) {
            run = runs.findFirst().orElseThrow();
        }
        // Debian's JDK uses the system's freetype, others bring their own and look for fonts by fontconfig
        Files.createFile(folder.resolve("libfreetype.so.6"));
        Path noFonts = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
        Map<String, String> fontless = Map.of("LD_LIBRARY_PATH", folder.toString(), "FONTCONFIG_FILE",
                noFonts.toString());
        for (List<String> formats : List.of(List.<String>of(), List.of("--format", "png"))) {
            List<String> command = new ArrayList<>(List.of("-jar", new File(JAR).getAbsolutePath(), "report",
                    run.toString()));
            command.addAll(formats);
            assertThat(start(command, fontless).waitFor()).isEqualTo(formats.isEmpty() ? 0 : 1);
            assertThat(errors()).startsWith("PNG needs fonts, and this machine has none that Java finds")
                    .hasLineCount(1);
        }
        assertThat(run.resolve("report.html")).exists();
    }

    @Test
    void aSecretThatAJvmWasGivenComesToNoFile() throws Exception {
        assertThat(start(List.of("-Djavax.net.ssl.keyStorePassword=hush-hush", "-jar", new File(JAR).getAbsolutePath(),
                "NullPathBenchmark",
                "-p", "recipients=1", "-f", "1", "-wi", "0", "-i", "1", "-r", "1", "-Ddelivery.warmup=0", "-rf", "csv",
                "-jvmArgsAppend", "-Dmy.token=hush-hush-2")).waitFor()).isZero();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).allSatisfy(file -> assertThat(Files.readString(file, ISO_8859_1))
                    .as(file.toString()).doesNotContain("hush-hush"));
        }
        assertThat(Files.readString(runDirectory().resolve("jmh.log"))).contains("-Djavax.net.ssl.keyStorePassword=***");
    }

    @Test
    void aBenchmarkRunsUnderPlainJmhToo() throws Exception {
        assertThat(start(List.of("-cp", new File(JAR).getAbsolutePath(), "org.openjdk.jmh.Main", "NullPathBenchmark", "-f", "1",
                "-wi", "0", "-i", "1", "-r", "1", "-p", "recipients=3", "-foe", "true", "-prof",
                "dev.brew.delivery.bench.DeliveryProfiler")).waitFor()).isZero();
        assertThat(output()).contains("NullPathBenchmark.event:p0.50")
                .contains("NullPathBenchmark.event:billing:p0.99");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void anInterruptedRunKeepsWhatItHasAndLeavesNothing(String signal) throws Exception {
        host = start(concat(List.of("-jar", new File(JAR).getAbsolutePath()), ENDLESS));
        List<ProcessHandle> family = awaitBroker();
        signal(signal, host.pid());
        assertThat(host.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(host.exitValue()).isNotZero();
        assertGone(family);
        JsonNode status = json("status.json");
        assertThat(status.get("state").asText()).isEqualTo("INTERRUPTED");
        assertThat(status.get("trials").asInt()).isEqualTo(1);
        assertThat(status.get("problems").toString()).contains("interrupted after 1 of 2 trials");
        assertThat(json("summary.json").get("rows")).hasSize(1);
    }

    @Test
    void aKilledHostLeavesNothingButItsFinishedTrials() throws Exception {
        host = start(concat(List.of("-jar", new File(JAR).getAbsolutePath()), ENDLESS));
        List<ProcessHandle> family = awaitBroker();
        host.destroyForcibly().waitFor();
        assertGone(family);
        assertThat(json("status.json").get("state").asText()).isEqualTo("RUNNING");
        try (Stream<Path> trials = Files.list(runDirectory().resolve("trials"))) {
            assertThat(trials.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.endsWith(".json")).hasSize(1);
        }
    }

    @Test
    void aKilledForkFailsTheRunAndLeavesNothing() throws Exception {
        host = start(concat(List.of("-jar", new File(JAR).getAbsolutePath()), ENDLESS));
        List<ProcessHandle> family = awaitBroker();
        ProcessHandle fork = host.toHandle().children().findFirst().orElseThrow();
        fork.destroyForcibly();
        assertThat(host.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(host.exitValue()).isEqualTo(1);
        assertGone(family);
        assertThat(json("status.json").get("problems").toString()).contains("Forked VM failed with exit code 137");
    }

    /** Waits until the broker answers to its name, and returns the host's whole family. */
    private List<ProcessHandle> awaitBroker() {
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> host.descendants()
                .anyMatch(child -> child.info().commandLine().orElse("").contains("BrokerMain")) && hasTrial());
        return host.descendants().toList();
    }

    private boolean hasTrial() throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.anyMatch(file -> file.toString().endsWith("_trial=1.json"));
        }
    }

    private void assertGone(List<ProcessHandle> family) {
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(family).noneMatch(PackagedJarIT::runs);
            assertThat(brokerDirectories()).isSubsetOf(brokersBefore);
        });
    }

    private static Set<String> brokerDirectories() throws IOException {
        try (Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return temporary.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("delivery-broker-")).collect(Collectors.toSet());
        }
    }

    /** A zombie, which waits for its parent to reap it, does not run. */
    private static boolean runs(ProcessHandle process) {
        try {
            return process.isAlive()
                    && !Files.readString(Path.of("/proc/" + process.pid() + "/stat")).matches("(?s)\\d+ \\(.*\\) Z .*");
        } catch (IOException e) {
            return false; // it went away while we looked
        }
    }

    private int run(String... arguments) throws Exception {
        return start(concat(List.of("-jar", new File(JAR).getAbsolutePath()), List.of(arguments))).waitFor();
    }

    private Process start(List<String> arguments) throws IOException {
        return start(arguments, Map.of());
    }

    private Process start(List<String> arguments, Map<String, String> environment) throws IOException {
        // a shell that starts a build in the background has SIGINT ignored in all that comes of it
        ProcessBuilder builder = new ProcessBuilder(concat(List.of("env", "--default-signal=INT", JAVA), arguments))
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("out.txt"));
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("err.txt"));
    }

    private Path runDirectory() throws IOException {
        try (Stream<Path> runs = Files.list(folder.resolve("results"))) {
            return runs.findFirst().orElseThrow();
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(runDirectory().resolve(name).toFile());
    }

    private Histogram readBack(String name) throws IOException {
        Histogram merged = new Histogram(3);
        try (HistogramLogReader reader = new HistogramLogReader(runDirectory().resolve(name).toFile())) {
            while (reader.hasNext()) {
                Histogram interval = (Histogram) reader.nextIntervalHistogram();
                if (interval.getTag() == null) {
                    merged.add(interval);
                }
            }
        }
        return merged;
    }

    private static double p50(JsonNode jmh, String benchmark) {
        return primary(jmh, benchmark).at("/scorePercentiles/50.0").asDouble();
    }

    private static double score(JsonNode jmh, String benchmark) {
        return primary(jmh, benchmark).get("score").asDouble();
    }

    private static JsonNode primary(JsonNode jmh, String benchmark) {
        for (JsonNode one : jmh) {
            if (one.get("benchmark").asText().equals(benchmark)) {
                return one.get("primaryMetric");
            }
        }
        throw new AssertionError("jmh.json has no " + benchmark);
    }
}
