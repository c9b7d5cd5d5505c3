package dev.brew.delivery.results;

import org.HdrHistogram.Histogram;

/**
 * The figures of a histogram that tables show, in nanoseconds.
 *
 * @param count the number of samples
 * @param p999  the 99.9th percentile; not reliable below 10,000 samples
 */
public record Quantiles(long count, long min, double mean, long p50, long p90, long p99, long p999, long max) {

    /** Of a histogram of nanoseconds. */
    public static Quantiles of(Histogram histogram) {
        return new Quantiles(histogram.getTotalCount(), histogram.getMinValue(), histogram.getMean(),
                histogram.getValueAtPercentile(50), histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99), histogram.getValueAtPercentile(99.9), histogram.getMaxValue());
    }
}
