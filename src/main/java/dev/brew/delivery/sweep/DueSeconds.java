package dev.brew.delivery.sweep;

import dev.brew.delivery.results.TrialRecorder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * The latencies of one stage by the second in which events were due. By the second in which they ended, all events that
 * wait for the disturbed recipient would be in the second after the disturbance. Safe for use by several threads.
 */
final class DueSeconds {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final List<String> series;
    private final long start;
    private final Map<Long, TrialRecorder> seconds = new ConcurrentSkipListMap<>();

    /**
     * @param series     as of {@link TrialRecorder}
     * @param startNanos the start of second 0, on the clock of {@link dev.brew.delivery.event.NanoClock}
     */
    DueSeconds(List<String> series, long startNanos) {
        this.series = series;
        this.start = startNanos;
    }

    /** The recorder of events that were due at {@code dueNanos}. */
    TrialRecorder at(long dueNanos) {
        return seconds.computeIfAbsent((dueNanos - start) / SECOND, second -> {
            TrialRecorder recorder = TrialRecorder.packed(series);
            recorder.start(start + second * SECOND);
            return recorder;
        });
    }

    /** An interval for each second and series, in order of time, after which nothing is recorded any more. */
    List<Histogram> intervals() {
        List<Histogram> intervals = new ArrayList<>();
        seconds.forEach((second, recorder) -> {
            long from = start + second * SECOND;
            Map<String, Histogram> merged = new LinkedHashMap<>(); // packed, as mergeBySeries has full arrays
            recorder.stop(from + SECOND).forEach(part -> merged.computeIfAbsent(part.getTag(),
                    tag -> new PackedHistogram(part.getNumberOfSignificantValueDigits())).add(part));
            merged.forEach((tag, histogram) -> {
                histogram.setTag(tag);
                histogram.setStartTimeStamp(TimeUnit.NANOSECONDS.toMillis(from));
                histogram.setEndTimeStamp(TimeUnit.NANOSECONDS.toMillis(from + SECOND));
                intervals.add(histogram);
            });
        });
        return intervals;
    }
}
