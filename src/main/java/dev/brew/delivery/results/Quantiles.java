package dev.brew.delivery.results;

import org.HdrHistogram.Histogram;

/**
 * What a table says of a histogram. All in nanoseconds.
 *
 * @param count how many samples
 * @param p999  the 99.9th percentile; means little below 10,000 samples
 */
public record Quantiles(long count, long min, double mean, long p50, long p90, long p99, long p999, long max) {

    /** Of a histogram of nanoseconds. */
    public static Quantiles of(Histogram histogram) {
        return new Quantiles(histogram.getTotalCount(), histogram.getMinValue(), histogram.getMean(),
                histogram.getValueAtPercentile(50), histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99), histogram.getValueAtPercentile(99.9), histogram.getMaxValue());
    }
}
