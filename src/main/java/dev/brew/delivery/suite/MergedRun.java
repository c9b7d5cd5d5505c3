package dev.brew.delivery.suite;

import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** All forks of a benchmark, merged once: JMH's CSV writer merges them again for each line. */
@SuppressWarnings("rawtypes") // JMH's signatures
final class MergedRun extends RunResult {

    private static final long serialVersionUID = 1;

    private final transient Result primary;
    private final transient Map<String, Result> secondaries;

    /** @param forks at least one */
    MergedRun(BenchmarkParams params, Collection<BenchmarkResult> forks) {
        super(params, forks);
        BenchmarkResult all = getAggregatedResult();
        primary = all.getPrimaryResult();
        secondaries = all.getSecondaryResults();
    }

    @Override
    public Result getPrimaryResult() {
        return primary;
    }

    @Override
    public Map<String, Result> getSecondaryResults() {
        return secondaries;
    }
}
