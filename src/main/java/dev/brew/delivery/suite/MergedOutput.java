package dev.brew.delivery.suite;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** JMH's log of results that are merged once: JMH's own text merges all iterations of a benchmark five times. */
final class MergedOutput {

    private MergedOutput() {
    }

    /** A format that writes as {@code log} does. */
    static OutputFormat of(OutputFormat log) {
        return (OutputFormat) Proxy.newProxyInstance(OutputFormat.class.getClassLoader(), new Class<?>[]{OutputFormat.class},
                (proxy, method, arguments) -> {
                    try {
                        return switch (method.getName()) {
                            case "endBenchmark" -> method.invoke(log, merged((BenchmarkResult) arguments[0]));
                            case "endRun" -> method.invoke(log, merged((Collection<?>) arguments[0]));
                            default -> method.invoke(log, arguments);
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** JMH passes null for a benchmark without results. */
    private static BenchmarkResult merged(BenchmarkResult result) {
        return result == null ? null : MergedIteration.of(result);
    }

    private static List<RunResult> merged(Collection<?> runs) {
        return runs.stream().map(RunResult.class::cast).<RunResult>map(run -> new MergedRun(run.getParams(),
                run.getBenchmarkResults().stream().map(MergedIteration::of).toList())).toList();
    }
}
