package dev.brew.delivery.load;

import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.results.TrialRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Holds what the sender measured of its single calls against what it measured of the whole: mathematics says how the two
 * belong together, so a violation is a defect of the measurement, not of the path. Safe for use by several threads.
 */
public final class SelfCheck {

    /** Events: of fewer, one pause of the sender, or what is in flight at the ends, may be more than a check allows for. */
    static final long ENOUGH = 1_000;

    private static final double[] LEVELS = {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999};
    private static final double QUANTILE = 0.99;
    private static final double SUM_TOLERANCE = 0.01;
    /** What lies between two calls of one event, beside the calls; calls far shorter than this are not measured here. */
    private static final double BETWEEN_CALLS_NANOS = 5_000;

    private final boolean parallel;
    private final boolean sequential;
    private final List<Histogram> calls = new ArrayList<>();
    private final List<Histogram> handlers = new ArrayList<>();
    private final Histogram whole = new Histogram(3);

    /** @param path as {@link dev.brew.delivery.path.DeliveryPath#name} has it */
    SelfCheck(String path) {
        this.parallel = path.equals(PathKind.GRPC_PARALLEL.toString());
        this.sequential = path.equals(PathKind.GRPC_SEQUENTIAL.toString());
    }

    /**
     * Enters one event.
     *
     * @param report         what the sender measured
     * @param processedNanos when each recipient had processed it by its own reading of the clock,
     *                       {@link TrialRecorder#NONE} where nobody here knows
     */
    void add(SendReport report, long[] processedNanos) {
        if (parallel || sequential) { // of one call alone, mathematics says nothing
            enter(report, processedNanos);
        }
    }

    private synchronized void enter(SendReport report, long[] processedNanos) {
        while (calls.size() < report.outcomes().size()) {
            calls.add(new Histogram(3));
        }
        for (int i = 0; i < report.outcomes().size(); i++) {
            calls.get(i).recordValue(report.outcomes().get(i).durationNanos());
        }
        whole.recordValue(report.unblockedNanos() - report.startedNanos());
        while (handlers.size() < processedNanos.length) {
            handlers.add(new Histogram(3));
        }
        for (int i = 0; i < processedNanos.length; i++) {
            if (processedNanos[i] != TrialRecorder.NONE) {
                handlers.get(i).recordValue(Math.max(0, processedNanos[i] - report.startedNanos()));
            }
        }
    }

    /**
     * What came out.
     *
     * @param problems     hard bounds that do not hold, in words
     * @param sumOfCalls   sequential: mean of the whole ÷ sum of the calls' means
     * @param independence parallel: the whole's p99 ÷ what it would be if the calls were independent of each other; below
     *                     1 they are slow together, above it the fan-out itself contends
     */
    public record Findings(List<String> problems, OptionalDouble sumOfCalls, OptionalDouble independence) {
    }

    synchronized Findings findings() {
        List<String> problems = new ArrayList<>();
        OptionalDouble sum = OptionalDouble.empty();
        OptionalDouble independence = OptionalDouble.empty();
        if (whole.getTotalCount() > 0 && parallel) {
            requireBounds(problems);
            independence = calls.size() < 2 ? independence : OptionalDouble.of(distanceFromIndependence());
        } else if (whole.getTotalCount() > 0 && sequential) {
            sum = OptionalDouble.of(requireSum(problems));
        }
        return new Findings(problems, sum, independence);
    }

    /**
     * max_i #(L_i &gt; t) ≤ #(max &gt; t) ≤ Σ_i #(L_i &gt; t) for every t (Boole's inequality and its counterpart). Rounding
     * to buckets keeps it, since it keeps order. The lower bound is asked of the recipients' own readings of the clock, too:
     * a sender that goes on before each of them has processed the event measures something else than fan-out.
     */
    private void requireBounds(List<String> problems) {
        for (double level : LEVELS) { // one violation says it all
            long t = whole.getValueAtPercentile(100 * level);
            long above = above(whole, t);
            long most = Stream.concat(calls.stream(), handlers.stream()).mapToLong(histogram -> above(histogram, t)).max()
                    .orElse(0);
            long all = calls.stream().mapToLong(call -> above(call, t)).sum();
            if (above < most || above > all) {
                problems.add(String.format(Locale.ROOT, "parallel fan-out: %d events took longer than %d ns, but the calls "
                        + "say at least %d and at most %d", above, t, most, all));
                return;
            }
        }
    }

    private static long above(Histogram histogram, long value) {
        return histogram.getTotalCount()
                - histogram.getCountBetweenValues(0, Math.min(value, histogram.highestEquivalentValue(value)));
    }

    /** The p-quantile of the largest of N independent, identical ones is the p^(1/N)-quantile of one. */
    private double distanceFromIndependence() {
        Histogram pooled = new Histogram(3);
        calls.forEach(pooled::add);
        double ofOne = Math.pow(QUANTILE, 1.0 / calls.size());
        return (double) whole.getValueAtPercentile(100 * QUANTILE)
                / Math.max(1, pooled.getValueAtPercentile(100 * ofOne));
    }

    /**
     * The mean of a sum is the sum of the means, whatever depends on what. What lies between the calls is the sender's, and
     * small if there are enough events to tell; calls that take longer than the whole are wrong in any case.
     */
    private double requireSum(List<String> problems) {
        double sum = calls.stream().mapToDouble(Histogram::getMean).sum();
        double ratio = whole.getMean() / sum;
        double between = whole.getMean() - sum;
        double most = Math.max(SUM_TOLERANCE * sum, BETWEEN_CALLS_NANOS * calls.size());
        if (between < -most || between > most && whole.getTotalCount() >= ENOUGH) {
            problems.add(String.format(Locale.ROOT, "sequential fan-out: an event takes %.0f ns on average, its calls %.0f "
                    + "in all", whole.getMean(), sum));
        }
        return ratio;
    }
}
