package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.SyntheticDisturbance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs without trials; those with trials are in {@code RecordedComparisonTest}. */
class CompareCommandTest {

    private static final Path REFERENCE = Path.of("results/reference/matrix");

    @TempDir
    private Path folder;

    @Test
    void aRunComparedWithItselfEndsWithExitCodeZero() throws IOException {
        Path disturbance = disturbance();
        Typed typed = Typed.run("compare", disturbance.toString(), disturbance.toString());
        assertThat(typed.exitCode()).isZero();
        assertThat(typed.err()).isEmpty();
        Path beside = folder.resolve("comparison-" + disturbance.getFileName() + "-" + disturbance.getFileName());
        assertThat(typed.out()).endsWith("comparison: " + beside);
        assertThat(beside.resolve("comparison.md")).exists();
        assertThat(Typed.run("compare", "--out", folder.resolve("out").toString(), REFERENCE.toString(),
                REFERENCE.toString()).exitCode()).isZero();
    }

    @Test
    void aVerdictThatDiffersIsExitCodeOneAndOneLineOnStandardError() throws IOException {
        Path changed = Files.createDirectory(folder.resolve("changed"));
        for (String name : new String[] {"status.json", "environment.json", "matrix.json"}) {
            Files.writeString(changed.resolve(name), Files.readString(REFERENCE.resolve(name))
                    .replaceFirst("\"verdict\" : \"confirmed\"", "\"verdict\" : \"refuted\""));
        }
        Typed typed = Typed.run("compare", REFERENCE.toString(), changed.toString());
        assertThat(typed.exitCode()).isEqualTo(1);
        assertThat(typed.err()).containsExactly("1 of 13 verdicts differ: sender-knows (confirmed, then refuted)");
    }

    @Test
    void runsOfDifferentKindsAreBadUsage() throws IOException {
        Path disturbance = disturbance();
        assertThat(Typed.refusal("compare", disturbance, REFERENCE)).isEqualTo("different kinds of run: " + disturbance
                + " is a run of disturb, " + REFERENCE + " is a run of matrix\n");
        assertThat(Typed.refusal("compare", folder, folder)).isEqualTo(folder
                + " has no trials: it has only runs of disturb or matrix, of which two are compared with each other\n");
    }

    private Path disturbance() throws IOException {
        return new SyntheticDisturbance(folder, 100).path("kafka", 2, 0, 400).valid();
    }
}
