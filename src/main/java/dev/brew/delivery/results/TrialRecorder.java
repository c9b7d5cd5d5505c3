package dev.brew.delivery.results;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * Records the latencies of one trial's events by second and series. The instants of the events separate the intervals, so
 * there is no timer thread. Thread-safe.
 */
public final class TrialRecorder {

    /** No sample: nothing is recorded in the series. */
    public static final long NONE = Long.MIN_VALUE;

    private static final int SIGNIFICANT_DIGITS = 3;
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<String> series;
    private final List<Histogram> current = new ArrayList<>();
    private List<Histogram> intervals = new ArrayList<>();
    private long intervalStart;

    /** @param series the names of the series: {@link Series#of}, or {@link Series#COMPLETED_ONLY} */
    public TrialRecorder(List<String> series) {
        this(series, () -> new Histogram(SIGNIFICANT_DIGITS));
    }

    /** Auto-resizing histograms: a fixed range would throw under overload and lose the run. */
    private TrialRecorder(List<String> series, Supplier<Histogram> histogram) {
        this.series = List.copyOf(series);
        series.forEach(name -> current.add(histogram.get()));
    }

    /** A recorder that is slower, and whose size grows with the number of different values: for many recorders at once. */
    public static TrialRecorder packed(List<String> series) {
        return new TrialRecorder(series, () -> new PackedHistogram(SIGNIFICANT_DIGITS));
    }

    /** The series' names, in the order of {@link #record}'s latencies. */
    public List<String> series() {
        return series;
    }

    /** Begins an iteration at {@code atNanos} of {@link dev.brew.delivery.event.NanoClock}; discards the previous one. */
    public synchronized void start(long atNanos) {
        current.forEach(Histogram::reset);
        intervals = new ArrayList<>();
        intervalStart = atNanos;
    }

    /**
     * Records one event.
     *
     * @param atNanos        the instant at which the event completed, on the clock of
     *                       {@link dev.brew.delivery.event.NanoClock}
     * @param latenciesNanos one for each series, or {@link #NONE}; further values are ignored
     * @throws IllegalStateException if a latency is below zero: a clock or a time stamp is wrong, so the trial is invalid
     */
    public synchronized void record(long atNanos, long[] latenciesNanos) {
        if (atNanos - intervalStart >= INTERVAL_NANOS) {
            cut(intervalStart + (atNanos - intervalStart) / INTERVAL_NANOS * INTERVAL_NANOS);
        }
        for (int i = 0; i < series.size(); i++) {
            if (latenciesNanos[i] == NONE) {
                continue;
            }
            if (latenciesNanos[i] < 0) {
                throw new IllegalStateException("sample below zero: " + series.get(i) + " " + latenciesNanos[i]
                        + " ns; an event was stamped in the future");
            }
            current.get(i).recordValue(latenciesNanos[i]);
        }
    }

    /** Ends the iteration at {@code atNanos} and returns its intervals, each tagged, in order of time and series. */
    public synchronized List<Histogram> stop(long atNanos) {
        cut(Math.max(atNanos, intervalStart + 1));
        List<Histogram> all = intervals;
        intervals = new ArrayList<>();
        return all;
    }

    private void cut(long end) {
        for (int i = 0; i < series.size(); i++) {
            Histogram histogram = current.get(i);
            if (histogram.getTotalCount() > 0) {
                Histogram interval = histogram.copy();
                interval.setTag(Series.tag(series.get(i)));
                interval.setStartTimeStamp(TimeUnit.NANOSECONDS.toMillis(intervalStart));
                interval.setEndTimeStamp(TimeUnit.NANOSECONDS.toMillis(end));
                intervals.add(interval);
                histogram.reset();
            }
        }
        intervalStart = end;
    }
}
