package dev.brew.delivery.results;

import dev.brew.delivery.text.Attempt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Reads .hlog files and writes .hlog and .hgrm files, in the form that other tools read. An .hlog is in nanoseconds,
 * with one line for each second and series; the series completed is untagged. An .hgrm is in microseconds with 5 ticks
 * per half distance, because plotFiles.html takes its x axis from the first file only and hdr-plot drops wide values.
 */
public final class HistogramFiles {

    private static final int TICKS = 5;
    private static final double NANOS_PER_MICRO = 1000.0;
    private static final double MILLIS_PER_SECOND = 1000.0;

    private HistogramFiles() {
    }

    /** The text of an .hlog. {@code intervals} are tagged and in order of time. */
    static String hlog(String comment, List<Histogram> intervals) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long base = intervals.isEmpty() ? 0 : intervals.get(0).getStartTimeStamp();
        HistogramLogWriter log = begin(bytes, comment, base);
        for (Histogram interval : intervals) { // the short form would give the maximum in milliseconds
            log.outputIntervalHistogram((interval.getStartTimeStamp() - base) / MILLIS_PER_SECOND,
                    (interval.getEndTimeStamp() - base) / MILLIS_PER_SECOND, interval, 1.0);
        }
        log.close();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** As {@link #hlog}, of intervals that were read: their histograms stay compressed. */
    static String hlogOfStored(String comment, List<StoredInterval> intervals) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long base = intervals.isEmpty() ? 0 : intervals.get(0).startMillis();
        begin(bytes, comment, base).close();
        return intervals.stream().map(interval -> interval.line(base) + "\n")
                .collect(Collectors.joining("", bytes.toString(StandardCharsets.UTF_8), ""));
    }

    private static HistogramLogWriter begin(ByteArrayOutputStream bytes, String comment, long base) {
        HistogramLogWriter log = new HistogramLogWriter(new PrintStream(bytes, false, StandardCharsets.UTF_8));
        log.outputComment("[" + comment + "; nanoseconds; untagged: completed]");
        log.outputLogFormatVersion();
        log.outputBaseTime(base);
        log.setBaseTime(base);
        log.outputStartTime(base);
        log.outputLegend();
        return log;
    }

    /** The text of an .hgrm. */
    static String hgrm(Histogram merged) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            merged.outputPercentileDistribution(out, TICKS, NANOS_PER_MICRO);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * All intervals of an .hlog, in the file's order.
     *
     * @throws IOException if the file cannot be read, or a line of it is damaged; the message names the file
     */
    static List<StoredInterval> readHlog(Path file) throws IOException {
        return StoredInterval.parse(file, Attempt.to("read " + file, () -> Files.readString(file)));
    }

    /** As {@link #readHlog}, for the untagged intervals only; the other intervals are not looked at. */
    static List<StoredInterval> readCompleted(Path file) throws IOException {
        return StoredInterval.parse(file, Attempt.to("read " + file, () -> Files.readString(file)).lines()
                .filter(line -> !line.startsWith("Tag="))
                .collect(Collectors.joining("\n", "", "\n")));
    }

    /** The histograms of each series, added up over all intervals: percentiles are never averaged. */
    public static Map<String, Histogram> mergeBySeries(List<Histogram> intervals) {
        Map<String, Histogram> merged = new LinkedHashMap<>();
        for (Histogram interval : intervals) {
            String series = interval.getTag() == null ? "completed" : interval.getTag();
            merged.computeIfAbsent(series, name -> new Histogram(interval.getNumberOfSignificantValueDigits()))
                    .add(interval);
        }
        return merged;
    }
}
