package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.bench.JmhResults;
import dev.brew.delivery.bench.LatencyResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The results that the suite keeps, against those that JMH returned. */
class MergedRunTest {

    private final Random random = new Random(4);

    @ParameterizedTest
    @EnumSource
    void jmhWritesTheSameFileInEveryFormat(ResultFormatType format) {
        List<BenchmarkResult> forks = List.of(fork(), fork());
        RunResult merged = new MergedRun(JmhResults.PARAMS, forks.stream().map(MergedIteration::of).toList());
        assertThat(JmhResults.written(format, merged))
                .isEqualTo(JmhResults.written(format, new RunResult(JmhResults.PARAMS, forks)))
                .contains("external", "sender", "share");
        assertThat(merged.getPrimaryResult()).isInstanceOf(LatencyResult.class);
    }

    @Test
    void theJsonOfSeveralResultsIsJmhs(@TempDir Path folder) throws IOException {
        List<RunResult> results = List.of(new RunResult(JmhResults.PARAMS, List.of(fork())),
                new RunResult(JmhResults.PARAMS, List.of(fork(), fork())));
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        ResultFormatFactory.getInstance(ResultFormatType.JSON, new PrintStream(whole, true, StandardCharsets.UTF_8))
                .writeOut(results);
        Path file = folder.resolve("jmh.json");
        ResultFile.writeJson(results, file);
        assertThat(Files.readString(file).stripTrailing()).isEqualTo(whole.toString(StandardCharsets.UTF_8).stripTrailing());
        ResultFile.writeJson(List.of(), file);
        assertThat(file).hasContent("[\n]\n");
    }

    @Test
    void theLogHasTheSameText() {
        BenchmarkResult fork = fork();
        ByteArrayOutputStream own = new ByteArrayOutputStream();
        ByteArrayOutputStream merged = new ByteArrayOutputStream();
        OutputFormat cheap = MergedOutput.of(log(merged));
        for (OutputFormat format : List.of(log(own), cheap)) {
            format.startRun();
            format.endBenchmark(fork);
            format.endBenchmark(null);
            format.endRun(List.of(new RunResult(JmhResults.PARAMS, List.of(fork, fork))));
        }
        assertThat(merged.toString(StandardCharsets.UTF_8)).isEqualTo(own.toString(StandardCharsets.UTF_8))
                .contains("Secondary result", "REMEMBER");
    }

    private static OutputFormat log(ByteArrayOutputStream out) {
        return OutputFormatFactory.createFormatInstance(new PrintStream(out, true, StandardCharsets.UTF_8),
                VerboseMode.NORMAL);
    }

    /** Two measuring threads, a secondary result of samples, a figure that one iteration lacks, an external profiler. */
    private BenchmarkResult fork() {
        List<IterationResult> iterations = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<Result<?>> results = new ArrayList<>(List.of(
                    JmhResults.samples(ResultRole.PRIMARY, "event", nanos()),
                    JmhResults.samples(ResultRole.PRIMARY, "event", nanos()),
                    JmhResults.samples(ResultRole.SECONDARY, "sender", nanos())));
            if (i > 0) {
                results.add(scalar("share", i));
            }
            iterations.add(JmhResults.iteration(results));
        }
        BenchmarkResult fork = JmhResults.fork(iterations);
        fork.addBenchmarkResult(scalar("external", 3));
        return fork;
    }

    private long[] nanos() {
        return LongStream.generate(() -> 300_000 + random.nextInt(100_000)).limit(500).toArray();
    }

    private static ScalarResult scalar(String label, double value) {
        return new ScalarResult(label, value, "units", AggregationPolicy.AVG);
    }
}
