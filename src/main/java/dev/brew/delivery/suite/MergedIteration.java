package dev.brew.delivery.suite;

import dev.brew.delivery.bench.LatencyResult;
import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.SampleTimeResult;

/**
 * An iteration whose merged results are computed once. JMH's JSON writer asks every iteration for all its secondary
 * results once for each metric, and JMH's own class merges them each time. JMH's samples become {@link LatencyResult}s,
 * which need a tenth of the memory.
 */
@SuppressWarnings("rawtypes") // JMH's signatures
final class MergedIteration extends IterationResult {

    private static final long serialVersionUID = 1;

    private final transient Result primary;
    private final transient Map<String, Result> secondaries;

    private MergedIteration(IterationResult of) {
        super(of.getBenchmarkParams(), of.getParams(), of.getMetadata());
        of.getRawPrimaryResults().forEach(result -> addResult(compact(result)));
        of.getRawSecondaryResults().values().forEach(result -> addResult(compact(result)));
        primary = super.getPrimaryResult();
        secondaries = Map.copyOf(super.getSecondaryResults());
    }

    /** The iteration with another primary result. */
    MergedIteration(IterationResult of, Result primary) {
        super(of.getBenchmarkParams(), of.getParams(), of.getMetadata());
        this.primary = primary;
        this.secondaries = of.getSecondaryResults();
    }

    /** The same results of a fork; every iteration has a score. */
    static BenchmarkResult of(BenchmarkResult fork) {
        Collection<IterationResult> iterations = fork.getIterationResults().stream()
                .<IterationResult>map(MergedIteration::new).toList();
        BenchmarkResult merged = new BenchmarkResult(fork.getParams(), iterations, fork.getMetadata());
        fork.getBenchmarkResults().values().forEach(merged::addBenchmarkResult);
        return merged;
    }

    @Override
    public Result getPrimaryResult() {
        return primary;
    }

    @Override
    public Map<String, Result> getSecondaryResults() {
        return secondaries;
    }

    private static Result compact(Result result) {
        return result instanceof SampleTimeResult samples ? LatencyResult.of(samples) : result;
    }
}
