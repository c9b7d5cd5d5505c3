package dev.brew.delivery.regress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.suite.Case;
import dev.brew.delivery.suite.SuiteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTrialTest {

    private static final Case ONE = new Case("dev.brew.SomeBenchmark.event", Map.of("recipients", "3"), 1, true, 2.5);

    @Test
    void jmhIsGivenOneTrialOfOneCaseAndWhatWasTyped() throws Exception {
        SuiteOptions typed = SuiteOptions.parse(List.of("Some", "-p", "recipients=1,3", "-wi", "2", "-w", "500ms", "-i",
                "3",
                "-r", "2s", "-jvm", "/opt/java", "-jvmArgs", "-Xmx1g -Dx=\"a b\"", "-prof", "gc", "-bm", "sample",
                "-Ddelivery.warmup=2"), new Properties());
        assertThat(ChildTrial.arguments(ONE, typed, Path.of("/run"), 4)).containsExactly(
                "^dev\\.brew\\.SomeBenchmark\\.event$", "-p", "recipients=3", "-wi", "2", "-w", "500ms", "-i", "3",
                        "-r",
                "2s", "-jvm", "/opt/java", "-jvmArgs", "-Xmx1g \"-Dx=a b\"", "-jvmArgsAppend",
                "-Ddelivery.warmup=2 -Ddelivery.host.pid=" + ProcessHandle.current().pid(), "-bm", "sample", "-prof",
                        "gc",
                "-prof", "dev.brew.delivery.bench.DeliveryProfiler:/run?4", "-f", "1", "-foe", "true");
    }

    @Test
    void bothSidesHaveTheFlagsOfThisJvmWhichJmhHandsOnToItsForks() throws Exception {
        ChildTrial trials = trials(List.of("-XX:+UseSerialGC", "-Dx=1"));
        for (Side side : Side.values()) {
            assertThat(trials.jvm(side, ONE, 1, Path.of("/run")).command().subList(1, 7))
                    .containsExactly("-XX:+UseSerialGC", "-Dx=1", "-Djmh.ignoreLock=true", "-cp", "/some.jar",
                    "org.openjdk.jmh.Main");
        }
    }

    private static ChildTrial trials(List<String> jvm) throws Exception {
        SuiteOptions typed = SuiteOptions.parse(List.of(), new Properties());
        JarUnderTest jar = new JarUnderTest(Path.of("/some.jar"), "0", Map.of(), null, Optional.empty(), "");
        return new ChildTrial(Map.of(Side.BASE, jar, Side.CANDIDATE, jar), Map.of(Side.BASE, typed, Side.CANDIDATE, typed), jvm,
                Duration.ZERO);
    }

    @Test
    void noProcessIsStartedForATrialWhoseLogCannotBeWritten(@TempDir Path folder) throws Exception {
        RunDirectory run = RunDirectory.create(folder, Instant.EPOCH, "regress");
        Path log = Files.createDirectories(run.path().resolve("logs").resolve(ONE.stem() + "_trial=1.log"));
        assertThatThrownBy(() -> trials(List.of("-Dtrial=" + folder)).launch(Side.BASE, ONE, 1, run))
                .isInstanceOf(IOException.class).hasMessage("cannot write the trial's log " + log + ": " + log
                + ": Is a directory");
        assertThat(ProcessHandle.current().children().flatMap(child -> child.info().commandLine().stream()))
                .noneMatch(line -> line.contains("-Dtrial=" + folder));
    }
}
