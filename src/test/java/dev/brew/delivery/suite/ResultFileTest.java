package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.run.UsageException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the file of -rff goes, and what cannot work. */
class ResultFileTest {

    @TempDir
    private Path folder;

    @Test
    void aPlainFileIsReplacedAndALinkIsWrittenThrough() throws Exception {
        Path file = Files.writeString(folder.resolve("out.csv"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), Path.of("out.csv"));
        write(link);
        assertThat(link).isSymbolicLink();
        assertThat(file).content().startsWith("\"Benchmark\"");
        Files.writeString(file, "old");
        write(file);
        assertThat(file).isRegularFile().content().startsWith("\"Benchmark\"").doesNotContain("old");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("out.csv", "link.csv");
    }

    @Test
    void aFileThatCannotBeWrittenIsFoundBeforeAnythingStarts() throws Exception {
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("gone/out.csv"));
        for (String option : List.of("-rff", "-o")) {
            assertRefused(option + " nodir/out.csv: there is no directory " + Path.of("nodir").toAbsolutePath(), option,
                    "nodir/out.csv");
            assertRefused(option + " " + folder + ": it is a directory, not a file", option, folder.toString());
            assertRefused(option + " " + folder.resolve("dangling") + ": there is no directory " + folder.resolve("gone"),
                    option, folder.resolve("dangling").toString());
        }
        assertThatCode(() -> check("-rff", folder.resolve("out.csv").toString())).doesNotThrowAnyException();
    }

    @Test
    void aProfilerThatThereIsNotIsFoundBeforeAnythingStarts() {
        assertRefused("-prof nosuch: there is no such profiler (-lprof lists them)", "-prof", "nosuch");
        assertRefused("-prof no.such.Profiler:a=b: there is no such profiler (-lprof lists them)", "-prof",
                "no.such.Profiler:a=b");
        assertThatCode(() -> check("-prof", "gc")).doesNotThrowAnyException();
    }

    private void write(Path target) throws Exception {
        ResultFile asked = ResultFile.of(SuiteOptions.parse(List.of("-rf", "csv", "-rff", target.toString()), new Properties())
                .jmh()).orElseThrow();
        asked.write(List.of(), Files.createDirectories(folder.resolve("scratch")),
                new PrintStream(OutputStream.nullOutputStream()));
        Files.delete(folder.resolve("scratch"));
    }

    private static void assertRefused(String message, String... arguments) {
        assertThatThrownBy(() -> check(arguments)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    private static void check(String... arguments) throws UsageException {
        Preflight.check(SuiteOptions.parse(List.of(arguments), new Properties()));
    }
}
