package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    private static final Instant START = Instant.parse("2026-11-23T12:34:56.789Z");
    private static final long SECOND = 1_000_000_000L;
    private static final long BASE = START.getEpochSecond() * SECOND;
    private static final Map<String, String> PARAMS = Map.of("recipients", "3", "delay", "lognormal:2ms:0.8");
    private static final String STEM = "Parallel_delay=lognormal-2ms-0-8_recipients=3";

    @TempDir
    private Path results;
    private RunDirectory run;

    @BeforeEach
    void create() throws IOException {
        run = RunDirectory.create(results, START, "run");
    }

    @Test
    void isNamedAfterItsStartAndNeverTakesAnothersPlace() throws IOException {
        assertThat(run.path()).isEqualTo(results.resolve("20261123-123456-run"));
        assertThat(RunDirectory.create(results, START, "run").path())
                .isEqualTo(results.resolve("20261123-123456-run-2"));
    }

    @Test
    void addsTrialsUpAsHistogramsAndKeepsEachByItself() throws IOException {
        writeTrial(1, Map.of("acks", "all"), 100_000, 200_000);
        writeTrial(2, Map.of("acks", "all"), 300_000, 400_000);
        Summary summary = run.writeSummary(List.of("-f", "2"), START);

        Summary.Row row = summary.rows().get(0);
        assertThat(row.stem()).isEqualTo(STEM);
        assertThat(row.series().get("completed").count()).isEqualTo(4);
        assertThat(row.series().get("completed").max()).isBetween(400_000L, 400_400L);
        assertThat(row.trials()).extracting(trial -> trial.series().get("completed").count()).containsExactly(2L, 2L);
        assertThat(row.trials().get(1).series().get("sender").min()).isBetween(149_850L, 150_150L);
        assertThat(Json.read(run.path().resolve("summary.json"), Summary.class)).isEqualTo(summary);
        assertThat(Json.read(run.path().resolve("environment.json"), Environment.class).settings())
                .isEqualTo(Map.of(STEM, Map.of("acks", "all", "path", "grpc-parallel")));
        try (Stream<Path> files = Files.walk(run.path())) {
            assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
        }
    }

    @Test
    void writesAnHlogThatTheLibrarysOwnReaderReadsBack() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        writeTrial(2, Map.of(), 300_000, 400_000);
        run.writeSummary(List.of(), START);

        List<String> tags = new ArrayList<>();
        Histogram completed = new Histogram(3);
        try (HistogramLogReader reader = new HistogramLogReader(run.path().resolve(STEM + ".hlog").toFile())) {
            while (reader.hasNext()) {
                Histogram interval = (Histogram) reader.nextIntervalHistogram();
                tags.add(interval.getTag());
                if (interval.getTag() == null) {
                    completed.add(interval);
                }
            }
        }
        assertThat(tags).containsExactly(null, "sender", null, "sender");
        assertThat(completed.getTotalCount()).isEqualTo(4);
        assertThat(completed.getValueAtPercentile(50)).isBetween(199_900L, 200_200L);
    }

    @Test
    void writesTheMaximumOfAnHlogInNanoseconds() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        run.writeSummary(List.of(), START);
        List<String> data = Files.readAllLines(run.path().resolve(STEM + ".hlog")).stream()
                .filter(line -> line.matches("\\d.*")).toList();
        assertThat(data.get(0)).matches("0\\.000,1\\.000,200\\d{3}\\.000,HIST.*");
    }

    @Test
    void writesAnHgrmInMicrosecondsWithFiveTicks() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        run.writeSummary(List.of(), START);
        List<String> lines = Files.readAllLines(run.path().resolve(STEM + ".hgrm"));
        assertThat(lines.get(0).trim().split("\\s+"))
                .containsExactly("Value", "Percentile", "TotalCount", "1/(1-Percentile)");
        assertThat(lines.get(2)).matches(" +100\\.0\\d\\d 0\\.000000000000 +1 +1\\.00");
        assertThat(lines).anyMatch(line -> line.matches("#\\[Mean +=.*StdDeviation.*]"));
    }

    @Test
    void countsNoTrialWhoseFilesAreNotBothThere() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        Files.writeString(run.path().resolve("trials").resolve(STEM + "_trial=2.hlog"), "half");
        assertThat(run.trials()).hasSize(1);
        assertThat(run.trial(STEM, 2)).isEmpty();
    }

    @Test
    void refusesToAddUpTrialsOfDifferentSettings() throws IOException {
        writeTrial(1, Map.of("acks", "all"), 100_000, 200_000);
        writeTrial(2, Map.of("acks", "1"), 100_000, 200_000);
        assertThatThrownBy(() -> run.writeSummary(List.of(), START)).isInstanceOf(IOException.class)
                .hasMessageStartingWith(STEM + ": trial 2 ran with other settings than trial 1: ");
    }

    @Test
    void namesTheFileThatIsDamaged() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        Path json = run.path().resolve("trials").resolve(STEM + "_trial=1.json");
        Files.writeString(json, "{\"newer\": 1}");
        assertThatThrownBy(run::trials).isInstanceOf(IOException.class)
                .hasMessageStartingWith(json + " is not a TrialInfo file: Unrecognized field \"newer\"");
    }

    @Test
    void namesTheHlogThatIsDamaged() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        Path hlog = run.path().resolve("trials").resolve(STEM + "_trial=1.hlog");
        Files.writeString(hlog, Files.readString(hlog).replace("HIST", "HUST"));
        assertThatThrownBy(run::trials).isInstanceOf(IOException.class)
                .hasMessageStartingWith(hlog + " is damaged: ");
    }

    @Test
    void namesTheHlogWithAHistogramThatIsCutOffOrChanged() throws IOException {
        writeTrial(1, Map.of(), 100_000, 200_000);
        Path hlog = run.path().resolve("trials").resolve(STEM + "_trial=1.hlog");
        String whole = Files.readString(hlog).stripTrailing();
        int inside = whole.length() - 20;
        char other = whole.charAt(inside) == 'A' ? 'B' : 'A';
        for (String damaged : List.of(whole.substring(0, inside),
                whole.substring(0, inside) + other + whole.substring(inside + 1))) {
            Files.writeString(hlog, damaged);
            assertThatThrownBy(run::trials).isInstanceOf(IOException.class).hasMessageStartingWith(hlog + " is damaged: ");
        }
    }

    private void writeTrial(int number, Map<String, String> settings, long... completed) throws IOException {
        TrialRecorder recorder = new TrialRecorder(List.of("completed", "sender"));
        long start = BASE + number * 10 * SECOND;
        recorder.start(start);
        for (long nanos : completed) {
            recorder.record(start + 1, new long[] {nanos, nanos / 2});
        }
        Map<String, String> all = new TreeMap<>(settings);
        all.put("path", "grpc-parallel");
        run.writeTrial(new TrialInfo("dev.brew.ParallelBenchmark.event", PARAMS, number, START.toString(), all, 1,
                completed.length, recorder.series(), Map.of()), StoredInterval.of(recorder.stop(start + SECOND)));
    }
}
