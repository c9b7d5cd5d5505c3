package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs against listeners and a cluster that are there already, with the jar as a user starts it. */
class ExternalRunIT {

    @TempDir
    private Path folder;

    @TempDir
    private Path files;

    @Test
    void remoteListenersAreMeasuredByTheirRepliesAlone() throws Exception {
        try (Program first = listener("one"); Program second = listener("two")) {
            String targets = address(first) + "," + address(second);
            try (Program run = run("FanOut", "-p", "recipients=1,2", "-Ddelivery.grpc.targets=" + targets)) {
                assertThat(run.end()).as(() -> String.join("\n", run.lines())).isZero();
                assertThat(run.lines("left out: -p recipients=1 cannot be with -Ddelivery.grpc.targets")).hasSize(1);
            }
            assertThat(json("status.json").get("state").asText()).isEqualTo("VALID");
            for (JsonNode row : json("summary.json").get("rows")) {
                // received is on the listeners' clocks, which this run does not share
                assertThat(row.get("series").has("analytics")).isFalse();
                assertThat(row.at("/series/completed/count").asLong()).isPositive();
            }
            assertThat(json("environment.json").get("settings").toString()).contains("\"grpc.listeners\":\"external\"");
            assertThat(first.lines()).isNotEmpty();
        }
    }

    @Test
    void aRunOnAClusterLeavesNothingAndWhatAKilledOneLeavesIsFound() throws Exception {
        try (Program sandbox = Program.start("sandbox", "--brokers=1", "--port=0").until("; Ctrl-C stops it")) {
            String bootstrap = sandbox.all("Kafka \\S+ at (\\S+)").get(0);
            List<String> kafka = List.of("ProduceToConsume", "-p", "recipients=2", "-p", "broker=external",
                    "-Ddelivery.kafka.bootstrap=" + bootstrap, "-Ddelivery.consumer.session.timeout.ms=6000");
            try (Program run = run(kafka.toArray(String[]::new))) {
                assertThat(run.end()).as(() -> String.join("\n", run.lines())).isZero();
            }
            assertThat(cleanup(bootstrap)).containsExactly("nothing is left at " + bootstrap);

            List<String> endless = new ArrayList<>(kafka);
            endless.add("-Ddelivery.warmup=600");
            try (Program run = run(endless.toArray(String[]::new))) {
                awaitUse(bootstrap);
                assertThat(run.signal("TERM")).isEqualTo(143);
                assertThat(cleanup(bootstrap)).containsExactly("nothing is left at " + bootstrap);
            }
            try (Program run = run(endless.toArray(String[]::new))) {
                awaitUse(bootstrap);
                assertThat(cleanup(bootstrap, "--delete")).contains("0 groups and 0 topics deleted");
                assertThat(run.signal("KILL")).isEqualTo(137); // its fork goes with it
            }
            Awaitility.await().atMost(Program.SOON).until(() -> cleanup(bootstrap).stream()
                    .noneMatch(line -> line.contains("(in use)")));
            assertThat(cleanup(bootstrap)).hasSize(4).contains("--delete deletes what is not in use");
            assertThat(cleanup(bootstrap, "--delete")).contains("2 groups and 1 topic deleted");
            assertThat(cleanup(bootstrap)).containsExactly("nothing is left at " + bootstrap);
        }
    }

    @Test
    void aBrokerThatCannotBeHadIsOneLineBeforeAnythingIsMeasured() throws Exception {
        Map<String, String> nowhere = Map.of("DOCKER_HOST", "unix:///no/such.sock");
        try (Program run = Program.start(nowhere, brief("NullPath|ProduceToConsume", "-p", "recipients=2", "-p",
                "broker=container"))) {
            assertThat(run.end()).isEqualTo(2);
            assertThat(run.lines()).containsExactly(
                    "-p broker=container: there is no container engine: /no/such.sock does not exist");
        }
        try (Program run = run("ProduceToConsume", "-p", "recipients=1,2", "-Ddelivery.kafka.bootstrap=127.0.0.1:1")) {
            assertThat(run.end()).isEqualTo(2);
            assertThat(run.lines()).containsExactly("-p broker=external: no answer from Kafka at 127.0.0.1:1 within 10000 "
                    + "ms: wrong address, or a wrong security.protocol in -Ddelivery.kafka.properties=FILE");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileOfAHostedClusterIsTakenAndItsSecretsStayOutOfResults() throws Exception {
        Path secrets = Files.writeString(files.resolve("secrets"), "rack=hush-hush\n");
        Path file = Files.writeString(files.resolve("hosted.properties"), "# f\u00fcr alle\n"
                + "bootstrap.servers=elsewhere:9092\nsecurity.protocol=PLAINTEXT\nsession.timeout.ms=45000\nacks=all\n"
                + "request.timeout.ms=60000\nclient.rack=${file:" + secrets + ":rack}\nconfig.providers=file\n"
                + "config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n",
                StandardCharsets.ISO_8859_1);
        try (Program sandbox = Program.start("sandbox", "--brokers=1", "--port=0").until("; Ctrl-C stops it");
                Program run = run("ProduceToConsume", "-p", "recipients=1",
                        "-Ddelivery.kafka.bootstrap=" + sandbox.all("Kafka \\S+ at (\\S+)").get(0),
                        "-Ddelivery.kafka.properties=" + file)) {
            assertThat(run.end()).as(() -> String.join("\n", run.lines())).isZero();
            assertThat(run.lines("-Ddelivery.kafka.properties=" + file + ": a run sets these itself, the file's values are "
                    + "not used: acks, bootstrap.servers")).hasSize(1);
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(one, StandardCharsets.ISO_8859_1)).as("%s", one).doesNotContain("hush-hush");
            }
        }
    }

    private static void awaitUse(String bootstrap) {
        Awaitility.await().atMost(Program.SOON).until(() -> cleanup(bootstrap).stream()
                .filter(line -> line.matches("(topic|group) delivery-bench-r\\w{6}(-\\w+)? \\(in use\\)"))
                .count() == 3);
    }

    private static Program listener(String name) throws IOException {
        return Program.start("grpc-listener", "--name", name, "--addr", "127.0.0.1:0")
                .until("listening");
    }

    private static String address(Program listener) {
        return listener.all("listening on (\\S+:\\d+)").get(0);
    }

    private Program run(String... arguments) throws IOException {
        return Program.start(brief(arguments));
    }

    private String[] brief(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-f", "1", "-wi", "0", "-i", "1", "-r", "1", "-Ddelivery.results=" + folder));
        if (all.stream().noneMatch(word -> word.startsWith("-Ddelivery.warmup="))) {
            all.add("-Ddelivery.warmup=1");
        }
        return all.toArray(String[]::new);
    }

    private static List<String> cleanup(String bootstrap, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("cleanup", "--bootstrap", bootstrap));
        words.addAll(List.of(more));
        try (Program cleanup = Program.start(words.toArray(String[]::new))) {
            assertThat(cleanup.end()).as(() -> String.join("\n", cleanup.lines())).isZero();
            return List.copyOf(cleanup.lines());
        }
    }

    private JsonNode json(String name) throws IOException {
        try (Stream<Path> runs = Files.list(folder)) {
            return new ObjectMapper().readTree(runs.findFirst().orElseThrow().resolve(name).toFile());
        }
    }
}
