package dev.brew.delivery.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.IterationResultMetaData;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.runner.WorkloadParams;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.SampleBuffer;

/** JMH's results without a run of JMH. */
public final class JmhResults {

    /** The benchmark of all results. */
    public static final BenchmarkParams PARAMS = params();

    private JmhResults() {
    }

    /** JMH's own result in microseconds of samples in nanoseconds. */
    public static SampleTimeResult samples(ResultRole role, String label, long... nanos) {
        SampleBuffer buffer = new SampleBuffer();
        for (long sample : nanos) {
            buffer.add(sample);
        }
        return new SampleTimeResult(role, label, buffer, TimeUnit.MICROSECONDS);
    }

    /** An iteration with these results. */
    public static IterationResult iteration(List<? extends Result<?>> results) {
        IterationResult iteration = new IterationResult(PARAMS, PARAMS.getMeasurement(), new IterationResultMetaData(1, 1));
        iteration.addResults(results);
        return iteration;
    }

    /** A fork with these iterations. */
    public static BenchmarkResult fork(List<IterationResult> iterations) {
        return new BenchmarkResult(PARAMS, iterations);
    }

    /** The text that JMH writes in this format. */
    public static String written(ResultFormatType format, RunResult run) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResultFormatFactory.getInstance(format, new PrintStream(out, true, StandardCharsets.UTF_8)).writeOut(List.of(run));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static BenchmarkParams params() {
        IterationParams iterations = new IterationParams(IterationType.MEASUREMENT, 3, TimeValue.seconds(1), 1);
        return new BenchmarkParams("a.b.SomeBenchmark.event", "a.b.Generated.event", true, 1, new int[]{1}, List.of(), 2, 0,
                iterations, iterations, Mode.SampleTime, new WorkloadParams(), TimeUnit.MICROSECONDS, 1, "java", List.of(),
                "17", "some VM", "17.0", "1.37", TimeValue.minutes(10));
    }
}
