package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.compare.Calibration;
import dev.brew.delivery.compare.ComparisonFiles;
import dev.brew.delivery.compare.RecordedComparison;
import dev.brew.delivery.compare.RowJudge;
import dev.brew.delivery.compare.Rule;
import dev.brew.delivery.compare.TrialRow;
import dev.brew.delivery.compare.TrialSet;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two runs that commit afb9425 recorded, and the files that it wrote from their trials: this build writes the same bytes.
 * The files of a run carry fingerprints of the machine, so they are computed with the recorded environment. The intervals of
 * an .hlog are compressed by the system's zlib, so its bytes are not compared. summary.json has schema 2, and otherwise the
 * recorded figures; the file of schema 1 that commit afb9425 wrote is in schema-1.
 */
class RecordedRunTest {

    private static final Path RECORDED = Path.of("src/test/resources/recorded");
    private static final String BASE = "20261127-224643-base";
    private static final String CANDIDATE = "20261127-225038-candidate";
    private static final Rule RULE = new Rule(0.05, Rule.MARGIN, Rule.FLOOR.toNanos());
    private static final long SEED = 7;

    @TempDir
    private Path folder;
    private RunDirectory recorded;
    private RunDirectory written;

    /** A run of the recorded trials, written by this build. */
    @BeforeEach
    void write() throws IOException {
        recorded = RunDirectory.open(RECORDED.resolve(BASE));
        written = RunDirectory.make(folder.resolve(BASE));
        for (RunDirectory.Trial trial : recorded.trials()) {
            written.writeTrial(trial.info(), trial.stored());
        }
        Environment environment = recorded.environment();
        written.writeSummary(environment.command(), Instant.parse(environment.startedAt()), environment.versions());
        assertThat(written.environment().settings()).isEqualTo(environment.settings());
        Status status = recorded.status();
        written.writeJson("status.json", Status.ended(false, List.of(), status.trials(), status.asked()));
        written.writeJson("environment.json", environment);
        written.writeJson("summary.json", Summary.of(environment, written.trials()));
    }

    @Test
    void everyFileOfARun() throws IOException {
        Report.write(List.of(written.path()), written.path(), EnumSet.of(Report.Format.DATA));
        List<Path> files;
        try (Stream<Path> all = Files.walk(recorded.path())) {
            files = all.filter(Files::isRegularFile).filter(file -> !file.toString().endsWith(".hlog")).toList();
        }
        assertThat(files).hasSize(7 + 10);
        for (Path file : files) {
            assertThat(written.path().resolve(recorded.path().relativize(file))).hasSameBinaryContentAs(file);
        }
        assertThat(written.trials()).hasSameSizeAs(recorded.trials());
        for (int i = 0; i < written.trials().size(); i++) {
            assertThat(written.trials().get(i)).isEqualTo(recorded.trials().get(i));
        }
    }

    @Test
    void aSummaryOfSchemaOneHasTheSameFiguresAndIsReported() throws IOException {
        Files.copy(RECORDED.resolve("schema-1").resolve("summary.json"), written.path().resolve("summary.json"),
                StandardCopyOption.REPLACE_EXISTING);
        Summary old = written.summary();
        assertThat(old.schema()).isEqualTo(1);
        assertThat(new Summary(2, old.unit(), old.rows())).isEqualTo(recorded.summary());
        Report.Outcome outcome = Report.write(List.of(written.path()), written.path(), EnumSet.allOf(Report.Format.class));
        assertThat(outcome.problems()).isEmpty();
        for (String file : List.of("summary.csv", "smaller-is-better.json")) {
            assertThat(written.path().resolve(file)).hasSameBinaryContentAs(recorded.path().resolve(file));
        }
    }

    @Test
    void theComparisonOfRecordedRuns() throws IOException {
        ComparisonFiles.write(RecordedComparison.of(TrialSet.read(written.path()), candidate(), Set.of(), RULE,
                Optional.empty()), folder);
        assertThat(folder.resolve("comparison.json")).hasSameBinaryContentAs(RECORDED.resolve("comparison.json"));
    }

    @Test
    void theCalibration() throws IOException {
        Calibration calibration = Calibration.of(recorded.environment().machine(), List.of(pairs()), 5, Rule.MARGIN, SEED);
        assertThat(Json.write(calibration)).isEqualTo(Files.readString(RECORDED.resolve("calibration.json")));
    }

    private static TrialSet candidate() throws IOException {
        return TrialSet.read(RECORDED.resolve(CANDIDATE));
    }

    /** The benchmark that both runs have. */
    private RowJudge pairs() throws IOException {
        TrialRow base = TrialSet.read(written.path()).rows().stream()
                .filter(row -> row.benchmark().contains("NullPathOpenLoop")).findFirst().orElseThrow();
        return new RowJudge(base, candidate().rows().get(0));
    }
}
