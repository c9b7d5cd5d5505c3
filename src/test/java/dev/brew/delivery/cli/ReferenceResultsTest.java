package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recorded runs of {@code scripts/reference.sh}, which are trimmed, have all that the commands read. */
class ReferenceResultsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"run", "sweep", "disturb", "matrix"})
    void aRecordedRunIsDrawnAndComparedWithItself(String kind) {
        String run = Path.of("results", "reference", kind).toString();
        Typed report = Typed.run("report", "--format", "html", "--out", folder.resolve("page").toString(), run);
        assertThat(report.err()).isEmpty();
        assertThat(report.exitCode()).isZero();
        assertThat(folder.resolve("page/report.html")).isNotEmptyFile();
        Typed comparison = Typed.run("compare", "--out", folder.resolve("comparison").toString(), run, run);
        assertThat(comparison.err()).isEmpty();
        assertThat(comparison.exitCode()).isZero();
        assertThat(folder.resolve("comparison/comparison.md")).isNotEmptyFile();
    }
}
