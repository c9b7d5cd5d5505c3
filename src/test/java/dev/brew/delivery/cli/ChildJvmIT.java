package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user says of the JVM, and where it arrives. */
class ChildJvmIT {

    @TempDir
    private Path folder;

    @Test
    void aBrokerStartsWhateverCollectorTheVariablesNameAndHasTheProperties() throws Exception {
        String tmp = "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp"));
        try (Program sandbox = Program.start(Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseParallelGC " + tmp, "XDG_CACHE_HOME",
                "/proc/none"),
                "sandbox", "--brokers", "1", "--port", "0")) {
            sandbox.until("Ctrl-C");
            assertThat(sandbox.process().children()).singleElement().satisfies(broker ->
                    assertThat(broker.info().arguments().orElseThrow()).contains(tmp, "-XX:+UseG1GC")
                            .doesNotContain("-XX:+UseParallelGC"));
        }
        assertThat(folder.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void aFlagThatTheBrokersJvmRefusesIsNamedInTheJvmsOwnWords() throws Exception {
        try (Program sandbox = Program.start(Map.of("JAVA_TOOL_OPTIONS", "-XX:MetaspaceSize=64m -XX:MaxNewSize=1g "
                + "-Djava.io.tmpdir=" + folder, "_JAVA_OPTIONS", "-XX:CICompilerCount=1"), "sandbox", "--brokers", "1",
                "--port", "0")) {
            assertThat(sandbox.end()).isEqualTo(1);
            assertThat(sandbox.lines("the Kafka broker did not start")).singleElement().asString().contains(
                    "(it ended at its start: its JVM did not start: ", "CICompilerCount");
        }
    }

    @Test
    void settingsReachTheMeasuredCodeWithoutAForkToo() throws Exception {
        try (Program run = Program.start("SequentialFanOutBenchmark", "-f", "0", "-p", "recipients=1", "-wi", "1", "-w",
                "100ms",
                "-i", "1", "-r", "200ms", "-Ddelivery.warmup=1", "-Ddelivery.results=" + folder)) {
            assertThat(run.end()).as(run.lines().toString()).isZero();
        }
        JsonNode environment = json("environment.json");
        assertThat(environment.get("settings")).singleElement()
                .satisfies(settings -> assertThat(settings.get("warm-up.most.ms").asText()).isEqualTo("1000"));
        assertThat(environment.get("command")).extracting(JsonNode::asText).startsWith("java",
                "-XX:TieredStopAtLevel=1", "-jar");
    }

    @Test
    void aDirectoryThatTheLocaleCannotSpellIsOneLine() throws Exception {
        assertBad(Map.of("LC_ALL", "C"), "'-Ddelivery.results=" + folder
                + "/??' cannot be read as ANSI_X3.4-1968, which is what "
                + "the locale says (LC_ALL=C): set LC_ALL to a locale that spells it, such as C.UTF-8",
                "NullPathBenchmark", "-Ddelivery.results=" + folder + "/ü");
    }

    private void assertBad(Map<String, String> environment, String line, String... arguments) throws Exception {
        try (Program run = Program.start(environment, arguments)) {
            assertThat(run.end()).isEqualTo(2);
            assertThat(run.lines()).containsExactly(line);
        }
        assertThat(folder).isEmptyDirectory();
    }

    private JsonNode json(String name) throws IOException {
        try (Stream<Path> runs = Files.list(folder)) {
            return new ObjectMapper().readTree(runs.findFirst().orElseThrow().resolve(name).toFile());
        }
    }
}
