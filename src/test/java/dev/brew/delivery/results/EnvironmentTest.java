package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

    @Test
    void theCommandHasFlagsAndPropertiesBeforeTheJarQuotedForAShell() {
        assertThat(recorded(Environment.whole("java", List.of("-Ddelivery.warmup=30", "-XX:OnError=kill -9 %p"),
                "target/benchmarks.jar", List.of("Null", "-p", "delay=none", "it's"))).commandLine())
                .isEqualTo("java -Ddelivery.warmup=30 "
                        + "'-XX:OnError=kill -9 %p' -jar target/benchmarks.jar Null -p delay=none 'it'\\''s'");
    }

    @Test
    void aJvmAndAJarThatWereNamedByTheirPathsAreNamedByThem() {
        assertThat(recorded(Environment.whole("/opt/jdk-25/bin/java", List.of(), "../it/target/benchmarks.jar",
                List.of("Null")))
                .commandLine()).isEqualTo("/opt/jdk-25/bin/java -jar ../it/target/benchmarks.jar Null");
    }

    @Test
    void filesOfOlderBuildsHaveOnlyWhatStoodBehindTheJar() {
        assertThat(recorded(List.of("Null", "-f", "1")).commandLine()).isEqualTo("java -jar target/benchmarks.jar Null -f 1");
        assertThat(recorded(List.of()).commandLine()).isEqualTo("java -jar target/benchmarks.jar");
    }

    @Test
    void itIsWrittenForTheJvmThatRuns() {
        assertThat(Environment.of(List.of("Null"), "now", Map.of()).command())
                .satisfies(words -> assertThat(words.get(0)).endsWith("java")).endsWith("-jar", "target/benchmarks.jar",
                "Null");
    }

    private static Environment recorded(List<String> command) {
        return new Environment(Environment.SCHEMA, "", command, "", Map.of(), Map.of(), Map.of());
    }
}
