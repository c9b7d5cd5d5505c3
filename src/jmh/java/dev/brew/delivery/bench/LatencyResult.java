package dev.brew.delivery.bench;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.Aggregator;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.results.ScalarDerivativeResult;

/**
 * A {@link SampleTimeResult} in a fraction of the time and memory: same labels, unit, texts and formulas.
 *
 * <p>JMH merges results again for each metric and iteration that it writes. A {@code SampleTimeResult} copies all its
 * samples each time, even if it is the only one to merge, and holds them twice. This class merges one result for
 * nothing, and keeps its derivative results.
 */
public final class LatencyResult extends Result<LatencyResult> {

    private static final long serialVersionUID = 1;
    private static final double NANOS_IN_MICROS = 0.001;
    private static final String MICROS = "us/op"; // SampleTimeResult's
    /** The names and ranks of the derivative results, as in {@link SampleTimeResult}. */
    private static final List<Map.Entry<String, Double>> PERCENTILES = List.of(Map.entry("p0.00", 0.0),
            Map.entry("p0.50", 50.0), Map.entry("p0.90", 90.0), Map.entry("p0.95", 95.0), Map.entry("p0.99", 99.0),
            Map.entry("p0.999", 99.9), Map.entry("p0.9999", 99.99), Map.entry("p1.00", 100.0));

    private transient List<ScalarDerivativeResult> derivatives;

    private LatencyResult(ResultRole role, String label, CountedSamples samples, String unit) {
        super(role, label, samples, unit, AggregationPolicy.AVG);
    }

    /** A secondary result in microseconds, of a histogram of nanoseconds. */
    static LatencyResult secondary(String label, Histogram nanos) {
        return new LatencyResult(ResultRole.SECONDARY, label, CountedSamples.of(nanos, NANOS_IN_MICROS), MICROS);
    }

    /** The same samples, label, role and unit. */
    public static LatencyResult of(SampleTimeResult result) {
        return new LatencyResult(result.getRole(), result.getLabel(), CountedSamples.of(result.getStatistics()),
                result.getScoreUnit());
    }

    @Override
    public String extendedInfo() {
        return distributionExtendedInfo();
    }

    @Override
    protected Aggregator<LatencyResult> getThreadAggregator() {
        return LatencyResult::merge;
    }

    @Override
    protected Aggregator<LatencyResult> getIterationAggregator() {
        return LatencyResult::merge;
    }

    @Override
    protected Collection<ScalarDerivativeResult> getDerivativeResults() {
        if (derivatives == null) {
            String prefix = role.isPrimary() ? "" : label + ":";
            derivatives = PERCENTILES.stream().map(percentile -> new ScalarDerivativeResult(prefix + percentile.getKey(),
                    statistics.getPercentile(percentile.getValue()), unit, AggregationPolicy.AVG)).toList();
        }
        return derivatives;
    }

    /** All samples together; label and role are the first result's. */
    private static LatencyResult merge(Collection<LatencyResult> results) {
        LatencyResult first = results.iterator().next();
        if (results.size() == 1) {
            return first;
        }
        if (results.stream().anyMatch(result -> !result.unit.equals(first.unit))) {
            throw new IllegalStateException("results of " + first.label + " have different units");
        }
        CountedSamples merged = CountedSamples.all(results.stream().map(LatencyResult::samples).toList());
        return new LatencyResult(first.role, first.label, merged, first.unit);
    }

    private CountedSamples samples() {
        return (CountedSamples) statistics;
    }
}
