package dev.brew.delivery.rig;

import dev.brew.delivery.load.OpenLoop;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The latencies of one closed or open loop, in nanoseconds.
 *
 * @param intervals  one histogram for each second and series
 * @param startNanos when the loop began; 0 for a closed loop
 * @param outcome    null for a closed loop
 */
public record Measured(List<Histogram> intervals, long startNanos, OpenLoop.Outcome outcome) {

    /** All samples of a series; {@code completed} is one of the series. */
    public Histogram all(String series) {
        return between(series, 0, Integer.MAX_VALUE);
    }

    /** The samples of a series whose events were over from second {@code from} until before second {@code until}. */
    public Histogram between(String series, int from, int until) {
        Histogram sum = new Histogram(3);
        for (Histogram interval : intervals) {
            String tag = interval.getTag() == null ? "completed" : interval.getTag();
            long second = Math.round((interval.getStartTimeStamp() - startNanos / 1_000_000) / 1000.0);
            if (tag.equals(series) && second >= from && second < until) {
                sum.add(interval);
            }
        }
        return sum;
    }

    public double p50(String series) {
        return all(series).getValueAtPercentile(50);
    }

    public double p99(String series) {
        return all(series).getValueAtPercentile(99);
    }

    /** The p99 over the receptions of several recipients together. */
    public double receivedP99(int from, int until, List<String> recipients) {
        Histogram sum = new Histogram(3);
        recipients.forEach(recipient -> sum.add(between(recipient, from, until)));
        return sum.getValueAtPercentile(99);
    }
}
