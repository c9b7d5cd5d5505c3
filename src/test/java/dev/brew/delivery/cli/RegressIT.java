package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.brew.delivery.bench.FaultyBenchmark;
import dev.brew.delivery.results.Versions;
import dev.brew.delivery.suite.BlockJvm;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate as CI has it: the packaged jar measures a jar whose benchmark has faults built in. */
class RegressIT {

    private static final String JAR = System.getProperty("delivery.test.jar", "target/benchmarks.jar");

    @TempDir
    private Path folder;
    private Path faulty;

    /** The tests' benchmarks, and on its class path the real jar. */
    @BeforeEach
    void makeFaultyJar() throws Exception {
        faulty = folder.resolve("faulty.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, new File(JAR).toURI().toString());
        Path classes = Path.of(FaultyBenchmark.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(faulty), manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, jar);
            }
            for (String entry : List.of(Versions.ENTRY, BlockJvm.PROTOCOL_ENTRY)) {
                jar.putNextEntry(new ZipEntry(entry));
                try (InputStream content = getClass().getClassLoader().getResourceAsStream(entry)) {
                    content.transferTo(jar);
                }
            }
        }
    }

    @Test
    void aJarAgainstItselfIsMeasuredOneTrialAfterTheOtherIfItsOptionsAskForForks() throws Exception {
        try (Program program = regress(false, "--pairs", "4", "--seed", "3")) {
            assertThat(program.end()).as(program.lines().toString()).isZero();
            assertThat(program.all("^(pair )")).hasSize(8);
            assertThat(program.lines("seed 3, ")).isNotEmpty();
            assertThat(program.lines("the trials of a pair are measured one after the other")).hasSize(1);
        }
        assertThat(json("comparison.json").at("/rows/0/metrics/0/pairs")).hasSize(4);
        requireWholeJob();
    }

    private void requireWholeJob() throws IOException {
        assertThat(json("comparison.json").get("rows")).hasSize(1);
        assertThat(json("base/status.json").get("state").asText()).isEqualTo("VALID");
        assertThat(json("candidate/summary.json").at("/rows/0/trials")).hasSize(4);
        for (String file : List.of("comparison-junit.xml", "comparison.md", "report.html", "base/report.html",
                "candidate/report.html")) {
            assertThat(job().resolve(file)).exists();
        }
        assertThat(Files.readString(job().resolve("report.html"))).contains("href=\"base/report.html\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "true  | DROPS_ONE_IN_1000 | event \\S+ is not over within 200 ms: notifications has not received it",
        "true  | DIES              | its JVM ended before the block was done \\(exit code 3\\)",
        "false | DIES              | [Ff]orked VM failed with exit code 3"})
    void aCandidateThatCrashesOrLosesEventsFailsInOneLine(boolean sideBySide, String fault, String reason) throws Exception {
        try (Program program = regress(sideBySide, "--candidate-args", "-p fault=" + fault)) {
            assertThat(program.end()).as(program.lines().toString()).isEqualTo(1);
            assertThat(program.lines()).last().asString().matches("REGRESSION: the candidate failed: "
                    + (sideBySide ? "pair 1, .*" : "Faulty .*, trial 1: .*") + reason + ".*");
        }
        assertThat(json("comparison.json").get("failures")).hasSize(1);
        assertThat(Files.readString(job().resolve("report.html"))).contains("<h1 class=\"regression\">REGRESSION: the candidate");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "true  | pair 1, nothing was heard of it for 10 s, so it was ended",
        "false | Faulty .*, trial 1: it hangs, and was ended after 11 s"})
    void aCandidateThatHangsIsEndedAndFails(boolean sideBySide, String reason) throws Exception {
        try (Program program = regress(sideBySide, "--deadline", "10s", "--candidate-args", "-p fault=HANGS_AT_THE_END")) {
            assertThat(program.end()).as(program.lines().toString()).isEqualTo(1);
            assertThat(program.lines()).last().asString().matches("REGRESSION: the candidate failed: " + reason);
            assertThat(program.process().descendants()).isEmpty();
        }
    }

    @Test
    void aKilledJobLeavesNothingAndGoesOn() throws Exception {
        List<ProcessHandle> family;
        try (Program program = regress(true, "--pairs", "4", "--seed", "9")) {
            program.until("pair 2");
            Awaitility.await().atMost(Program.SOON).until(() -> program.process().descendants().count() == 2);
            family = program.process().descendants().toList();
            program.process().destroyForcibly().waitFor();
        }
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> family.stream()
                .noneMatch(ProcessHandle::isAlive));
        long before = trials();
        assertThat(before).isPositive();
        try (Program program = Program.start("regress", "--resume", job().toString())) {
            assertThat(program.end()).as(program.lines().toString()).isEqualTo(3); // it had no time to settle
            assertThat(program.lines("pair 1, ")).isEmpty();
            assertThat(program.lines("the trials of a pair are measured one after the other")).isEmpty();
        }
        assertThat(json("regress.json").get("seed").asLong()).isEqualTo(9);
        assertThat(json("regress.json").get("done")).hasSize(4);
        assertThat(trials()).isEqualTo(8);
        assertThat(json("comparison.json").at("/rows/0/notJudged/0/reason").asText()).startsWith("unsettled: in 4 of 4 pairs ");
        requireWholeJob();
    }

    private Program regress(boolean sideBySide, String... more) throws IOException {
        List<String> all = new ArrayList<>(List.of("regress", "--base", faulty.toString(), "--budget", "10s", "FaultyBenchmark",
                "-p", "recipients=2", "-p", "fault=NONE", "-Ddelivery.results=" + folder.resolve("results")));
        all.addAll(sideBySide ? List.of("-Ddelivery.warmup=0") : List.of("-wi", "1", "-w", "100ms", "-i", "1", "-r", "300ms"));
        all.addAll(List.of(more));
        return Program.start(all.toArray(new String[0]));
    }

    private long trials() throws IOException {
        try (Stream<Path> files = Files.walk(job())) {
            return files.filter(file -> file.toString().matches(".*_trial=\\d+\\.json")).count();
        }
    }

    private Path job() throws IOException {
        try (Stream<Path> jobs = Files.list(folder.resolve("results"))) {
            return jobs.filter(path -> path.getFileName().toString().contains("-regress")).findFirst().orElseThrow();
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(job().resolve(name).toFile());
    }
}
