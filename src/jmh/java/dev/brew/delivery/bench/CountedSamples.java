package dev.brew.delivery.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.openjdk.jmh.util.AbstractStatistics;
import org.openjdk.jmh.util.Statistics;

/**
 * The statistics of samples, each distinct value with its count. Immutable.
 *
 * <p>Every figure is computed as {@link org.openjdk.jmh.util.MultisetStatistics} computes it, from two sorted arrays
 * instead of a tree: 16 bytes a distinct value, and percentiles by binary search. The percentiles of a merge are those of all samples together. Without samples every figure is NaN.
 */
final class CountedSamples extends AbstractStatistics {

    private static final long serialVersionUID = 1;
    private static final double HIGHEST_RANK = 100;
    private static final int CAPACITY = 1024;

    /** The distinct values, ascending. */
    private final double[] values;
    /** For each value, the number of samples that are not above it. */
    private final long[] upTo;
    /** The sum and the variance; null until one is asked for, which a step of a merge never is. */
    private transient double[] moments;

    private CountedSamples(double[] values, long[] upTo) {
        this.values = values;
        this.upTo = upTo;
    }

    /**
     * The samples of a histogram: its values, each in the middle of its bucket.
     *
     * @param unit the size of the histogram's unit in the unit of the statistics, such as 0.001 for ns in µs
     */
    static CountedSamples of(Histogram histogram, double unit) {
        Builder builder = new Builder(CAPACITY);
        for (HistogramIterationValue value : histogram.recordedValues()) {
            builder.add(unit * histogram.medianEquivalentValue(value.getValueIteratedTo()),
                    value.getCountAtValueIteratedTo());
        }
        return builder.build();
    }

    /** The samples of JMH's statistics, unchanged. */
    static CountedSamples of(Statistics statistics) {
        if (statistics instanceof CountedSamples samples) {
            return samples;
        }
        Map<Double, Long> sorted = new TreeMap<>(); // JMH promises no order, and a value may occur twice
        for (Iterator<Map.Entry<Double, Long>> raw = statistics.getRawData(); raw.hasNext(); ) {
            Map.Entry<Double, Long> value = raw.next();
            sorted.merge(value.getKey(), value.getValue(), Long::sum);
        }
        Builder builder = new Builder(sorted.size() + 1);
        sorted.forEach(builder::add);
        return builder.build();
    }

    /** The samples of all. In one step: one after another, or by halves, the same samples would be copied many times. */
    static CountedSamples all(List<CountedSamples> some) {
        double[] sorted = new double[some.stream().mapToInt(one -> one.values.length).sum()];
        int size = 0;
        for (CountedSamples one : some) {
            System.arraycopy(one.values, 0, sorted, size, one.values.length);
            size += one.values.length;
        }
        Arrays.sort(sorted);
        double[] values = distinct(sorted);
        long[] upTo = new long[values.length];
        for (CountedSamples one : some) {
            for (int i = 0; i < one.values.length; i++) {
                upTo[Arrays.binarySearch(values, one.values[i])] += one.count(i);
            }
        }
        for (int i = 1; i < upTo.length; i++) {
            upTo[i] += upTo[i - 1];
        }
        return new CountedSamples(values, upTo);
    }

    private static double[] distinct(double[] sorted) {
        int size = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (size == 0 || Double.compare(sorted[i], sorted[size - 1]) != 0) {
                sorted[size++] = sorted[i];
            }
        }
        return Arrays.copyOf(sorted, size);
    }

    @Override
    public long getN() {
        return upTo.length == 0 ? 0 : upTo[upTo.length - 1];
    }

    @Override
    public double getMin() {
        return values.length == 0 ? Double.NaN : values[0];
    }

    @Override
    public double getMax() {
        return values.length == 0 ? Double.NaN : values[values.length - 1];
    }

    @Override
    public double getSum() {
        return moments()[0];
    }

    @Override
    public double getVariance() {
        return moments()[1];
    }

    /** @throws IllegalArgumentException if the rank is not in 0..100 */
    @Override
    public double getPercentile(double rank) {
        if (rank < 0 || rank > HIGHEST_RANK) {
            throw new IllegalArgumentException("rank must be 0..100, got " + rank);
        }
        if (rank == 0) {
            return getMin();
        }
        double position = rank * (getN() + 1) / HIGHEST_RANK;
        long below = (long) Math.floor(position);
        double lower = sample(below);
        return lower + (sample(below + 1) - lower) * (position - below);
    }

    /** @throws IllegalArgumentException if there are fewer than two levels */
    @Override
    public int[] getHistogram(double[] levels) {
        if (levels.length < 2) {
            throw new IllegalArgumentException("there must be 2 levels or more, got " + levels.length);
        }
        int[] bins = new int[levels.length - 1];
        int bin = 0;
        for (int i = 0; i < values.length; i++) {
            while (bin < bins.length && (values[i] < levels[bin] || values[i] >= levels[bin + 1])) {
                bin++;
            }
            if (bin == bins.length) { // as JMH: the rest is above the last level
                break;
            }
            bins[bin] += (int) count(i);
        }
        return bins;
    }

    /** Each value with its count, ascending. */
    @Override
    public Iterator<Map.Entry<Double, Long>> getRawData() {
        List<Map.Entry<Double, Long>> raw = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            raw.add(Map.entry(values[i], count(i)));
        }
        return Collections.unmodifiableList(raw).iterator();
    }

    private long count(int index) {
        return index == 0 ? upTo[0] : upTo[index] - upTo[index - 1];
    }

    /** The sample with this number in ascending order, from 1; the nearest if there is none. */
    private double sample(long number) {
        if (values.length == 0) {
            return Double.NaN;
        }
        int found = Arrays.binarySearch(upTo, number);
        return values[Math.min(found < 0 ? -found - 1 : found, values.length - 1)];
    }

    private double[] moments() {
        if (moments == null) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[i] * count(i);
            }
            double mean = sum / getN();
            double squares = 0;
            for (int i = 0; i < values.length; i++) {
                squares += Math.pow(values[i] - mean, 2) * count(i);
            }
            moments = values.length == 0 ? new double[]{Double.NaN, Double.NaN}
                    : new double[]{sum, squares / (getN() - 1)}; // the variance of one sample is NaN
        }
        return moments;
    }

    /** Takes distinct values in ascending order. */
    private static final class Builder {

        private double[] values;
        private long[] upTo;
        private int size;

        /** @param capacity at least 1, the likely number of values */
        Builder(int capacity) {
            values = new double[capacity];
            upTo = new long[capacity];
        }

        void add(double value, long count) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
                upTo = Arrays.copyOf(upTo, 2 * size);
            }
            values[size] = value;
            upTo[size] = (size == 0 ? 0 : upTo[size - 1]) + count;
            size++;
        }

        CountedSamples build() {
            return new CountedSamples(Arrays.copyOf(values, size), Arrays.copyOf(upTo, size));
        }
    }
}
