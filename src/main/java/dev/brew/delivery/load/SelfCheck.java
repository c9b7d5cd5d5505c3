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
 * Compares the sender's measurements of single calls with its measurement of the whole fan-out. The relation between
 * the two is a mathematical law, so a violation is a defect of the measurement, not of the path. Safe for use by
 * several threads.
 */
public final class SelfCheck {

    /**
     * Events. With fewer events, one pause of the sender, or the events in flight at the start and the end, may exceed
     * the tolerance of a check.
     */
    static final long ENOUGH = 1_000;

    private static final double[] LEVELS = {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999};
    private static final double QUANTILE = 0.99;
    private static final double SUM_TOLERANCE = 0.01;
    /** The allowed time between calls, for each call of an event. No call measured here is far shorter than this. */
    private static final double BETWEEN_CALLS_NANOS = 5_000;

    private final boolean parallel;
    private final boolean sequential;
    private final List<Histogram> calls = new ArrayList<>();
    private final List<Histogram> handlers = new ArrayList<>();
    private final Histogram whole = new Histogram(3);

    /** @param path the name of the path, see {@link dev.brew.delivery.path.DeliveryPath#name} */
    SelfCheck(String path) {
        this.parallel = path.equals(PathKind.GRPC_PARALLEL.toString());
        this.sequential = path.equals(PathKind.GRPC_SEQUENTIAL.toString());
    }

    /**
     * Enters one event.
     *
     * @param report         the sender's measurements
     * @param processedNanos the instant at which each recipient processed the event, by its own reading of the clock;
     *                       {@link TrialRecorder#NONE} if this JVM knows none
     */
    void add(SendReport report, long[] processedNanos) {
        if (parallel || sequential) { // for a single call there is no law to check
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
     * The results of the checks.
     *
     * @param problems     hard bounds that do not hold, in words
     * @param sumOfCalls   sequential: mean of the whole ÷ sum of the calls' means
     * @param independence parallel: p99 of the whole ÷ its expected value if the calls were independent of each other;
     *                     below 1, the calls are slow at the same times; above 1, the calls of a fan-out contend
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
     * max_i #(L_i &gt; t) ≤ #(max &gt; t) ≤ Σ_i #(L_i &gt; t) for every t (Boole's inequality and its counterpart).
     * Rounding to buckets keeps the order of values, and therefore the bounds. The lower bound is also checked with
     * the recipients' own readings of the clock: a sender that goes on before every recipient has processed the event
     * does not measure the fan-out.
     */
    private void requireBounds(List<String> problems) {
        for (double level : LEVELS) { // one violation is enough
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

    /**
     * The p-quantile of the maximum of N independent, identically distributed values is the p^(1/N)-quantile of one.
     */
    private double distanceFromIndependence() {
        Histogram pooled = new Histogram(3);
        calls.forEach(pooled::add);
        double ofOne = Math.pow(QUANTILE, 1.0 / calls.size());
        return (double) whole.getValueAtPercentile(100 * QUANTILE)
                / Math.max(1, pooled.getValueAtPercentile(100 * ofOne));
    }

    /**
     * The mean of a sum is the sum of the means, also for dependent terms. The time between the calls is the sender's
     * own; it must be small, which is checked only for enough events. Calls that take longer than the whole are always
     * wrong.
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
