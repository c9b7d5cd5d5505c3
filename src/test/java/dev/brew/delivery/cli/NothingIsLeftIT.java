package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.tls.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers, processes, ports and temporary directories are after a run what they were before it, however it ends. With
 * a container where an engine has the image (in {@code .ci/run}), else with a process.
 */
class NothingIsLeftIT {

    private static final String IMAGE = System.getenv().getOrDefault("DELIVERY_KAFKA_IMAGE", "local/kafka:4.4.0");

    private static final Pattern OURS = Pattern.compile("benchmarks\\.jar|kafka\\.Kafka|BrokerMain|ContainerMain");

    @TempDir
    private Path folder;

    /** What a run could leave on this machine. */
    private record Machine(Set<String> containers, Set<String> processes, Set<String> ports, Set<String> directories) {

        static Machine now() throws IOException, InterruptedException {
            return new Machine(withContainer() ? dockerPs() : Set.of(), running(), listening(), temporary());
        }

        private static Set<String> dockerPs() throws IOException, InterruptedException {
            Process docker = new ProcessBuilder("docker", "ps", "-aq").redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String ids = new String(docker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(docker.waitFor()).isZero();
            return new TreeSet<>(ids.lines().toList());
        }

        private static Set<String> running() {
            return ProcessHandle.allProcesses()
                    .filter(one -> OURS.matcher(one.info().commandLine().orElse("")).find())
                    .filter(one -> one.pid() != ProcessHandle.current().pid())
                    .map(one -> one.pid() + " " + one.info().commandLine().orElse("")).collect(Collectors.toSet());
        }

        private static Set<String> listening() throws IOException {
            Set<String> addresses = new TreeSet<>();
            for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                Files.readAllLines(Path.of(table)).stream().map(line -> line.strip().split("\\s+"))
                        .filter(words -> words[3].equals("0A")).forEach(words -> addresses.add(words[1]));
            }
            return addresses;
        }

        private static Set<String> temporary() throws IOException {
            try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                return all.filter(Files::isDirectory).map(Path::toString).collect(Collectors.toSet());
            }
        }

        /** What is here and was not in {@code before}. */
        List<String> beyond(Machine before) {
            List<String> more = new ArrayList<>();
            add(more, "container", containers, before.containers);
            add(more, "process", processes, before.processes);
            add(more, "port", ports, before.ports);
            add(more, "directory", directories, before.directories);
            return more;
        }

        private static void add(List<String> to, String what, Set<String> now, Set<String> before) {
            now.stream().filter(one -> !before.contains(one)).forEach(one -> to.add(what + " " + one));
        }
    }

    /** Required by {@code .ci/run}, so that nobody takes a run without a container for one with. */
    private static boolean withContainer() {
        boolean required = Boolean.parseBoolean(System.getenv("DELIVERY_REQUIRE_DOCKER"));
        return required || Brokers.choose(new Brokers.Wanted("auto", 1, Tls.Mode.OFF), image(),
                System.getenv()).broker().equals("container");
    }

    private static Properties image() {
        Properties properties = new Properties();
        properties.setProperty("delivery.kafka.image", IMAGE);
        return properties;
    }

    @Test
    void afterARunThatEndsWell() throws Exception {
        Machine before = Machine.now();
        try (Program run = start("-Ddelivery.warmup=1")) {
            assertThat(run.end()).as(() -> String.join("\n", run.lines())).isZero();
        }
        assertSame(before);
    }

    @Test
    void afterARunThatFails() throws Exception {
        Machine before = Machine.now();
        try (Program run = start("-Ddelivery.warmup=1", "-Ddelivery.producer.max.request.size=10")) {
            assertThat(run.end()).as(() -> String.join("\n", run.lines())).isEqualTo(1);
        }
        assertSame(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void afterARunThatIsEndedWhileItsBrokerRuns(String signal) throws Exception {
        Machine before = Machine.now();
        try (Program run = start("-Ddelivery.warmup=600")) {
            Awaitility.await().atMost(Program.SOON).until(() -> Machine.now().beyond(before).stream()
                    .anyMatch(one -> one.startsWith(withContainer() ? "container" : "directory")));
            assertThat(Machine.now().beyond(before)).anyMatch(one -> one.startsWith("process"))
                    .anyMatch(one -> one.startsWith("port"));
            assertThat(run.signal(signal)).isNotZero();
        }
        assertSame(before);
    }

    @Test
    void afterADisturbanceThatIsInterrupted() throws Exception {
        Machine before = Machine.now();
        try (Program run = Program.start("disturb", "--path", "kafka", "--warmup", "1s", "--before", "1s", "--for", "600s",
                "--results", folder.toString())) {
            Awaitility.await().atMost(Program.SOON).until(() -> Machine.now().beyond(before).stream()
                    .anyMatch(one -> one.startsWith("directory")));
            run.signal("INT");
            run.until("INTERRUPTED: 0 of 1 paths");
        }
        assertSame(before);
    }

    private Program start(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("ProduceToConsume", "-p", "recipients=2", "-f", "1", "-wi", "0",
                "-i", "1", "-r", "1", "-Ddelivery.results=" + folder));
        if (withContainer()) {
            arguments.addAll(List.of("-p", "broker=container", "-Ddelivery.kafka.image=" + IMAGE));
        } else {
            arguments.addAll(List.of("-p", "broker=process"));
        }
        arguments.addAll(List.of(more));
        return Program.start(Map.of(), arguments.toArray(String[]::new));
    }

    private static void assertSame(Machine before) {
        Awaitility.await().atMost(Duration.ofSeconds(15)).untilAsserted(() ->
                assertThat(Machine.now().beyond(before)).isEmpty());
    }
}
