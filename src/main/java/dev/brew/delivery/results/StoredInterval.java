package dev.brew.delivery.results;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.InflaterInputStream;
import org.HdrHistogram.Histogram;

/**
 * One line of an .hlog with its histogram still compressed: some 600 bytes instead of 150,000. A trial of a minute has
 * a thousand.
 *
 * @param tag         the series; null for completed
 * @param startMillis since the epoch
 * @param endMillis   since the epoch
 * @param figures     the rest of the line as it stands in the file: length, maximum and histogram
 */
public record StoredInterval(String tag, long startMillis, long endMillis, String figures) {

    private static final String TAG = "Tag=";
    private static final String BASE_TIME = "#[BaseTime: ";
    private static final double MILLIS_PER_SECOND = 1000.0;
    /** Start, length, maximum, histogram. */
    private static final int FIELDS = 4;
    /** The start of a compressed histogram in Base64. */
    private static final String COOKIE = "HIST";
    /** HdrHistogram's compressed form begins with a cookie and a length of four bytes each. */
    private static final int COMPRESSED_AT = 8;
    private static final int DIGITS = 3;

    /**
     * The intervals of an .hlog in the form in which {@link HistogramFiles} writes it.
     *
     * @throws IOException if a line is damaged; the message names the file
     */
    static List<StoredInterval> parse(Path file, String text) throws IOException {
        List<StoredInterval> intervals = new ArrayList<>();
        double base = 0;
        try {
            for (String line : text.lines().toList()) {
                if (line.startsWith(BASE_TIME)) {
                    base = Double.parseDouble(line.substring(BASE_TIME.length()).split(" ")[0]);
                } else if (isInterval(line)) {
                    StoredInterval interval = parse(line, base);
                    interval.requireWhole();
                    intervals.add(interval);
                }
            }
            return List.copyOf(intervals);
        } catch (RuntimeException | IOException e) {
            throw new IOException(file + " is damaged: " + e, e);
        }
    }

    /** Reads the checksum at the end of the compressed histogram, without the histogram. */
    private void requireWhole() throws IOException {
        byte[] compressed = compressed();
        new InflaterInputStream(new ByteArrayInputStream(compressed, COMPRESSED_AT, compressed.length - COMPRESSED_AT))
                .transferTo(OutputStream.nullOutputStream());
    }

    private static StoredInterval parse(String line, double base) {
        String tag = line.startsWith(TAG) ? line.substring(TAG.length(), line.indexOf(',')) : null;
        String rest = tag == null ? line : line.substring(line.indexOf(',') + 1);
        String[] fields = rest.split(",", FIELDS);
        double start = base + Double.parseDouble(fields[0]);
        double end = start + Double.parseDouble(fields[1]);
        return new StoredInterval(tag, Math.round(start * MILLIS_PER_SECOND), Math.round(end * MILLIS_PER_SECOND),
                rest.substring(fields[0].length() + 1));
    }

    /** Compresses histograms with their tags and time stamps. */
    public static List<StoredInterval> of(List<Histogram> intervals) {
        double base = intervals.isEmpty() ? 0 : intervals.get(0).getStartTimeStamp() / MILLIS_PER_SECOND;
        return HistogramFiles.hlog("", intervals).lines().filter(StoredInterval::isInterval)
                .map(line -> parse(line, base)).toList();
    }

    private static boolean isInterval(String line) {
        return !line.isBlank() && !line.startsWith("#") && !line.startsWith("\"");
    }

    /** The line of an .hlog with this base time. */
    String line(long baseMillis) {
        return (tag == null ? "" : TAG + tag + ",")
                + String.format(Locale.US, "%.3f,", (startMillis - baseMillis) / MILLIS_PER_SECOND) + figures;
    }

    /** The histogram, decoded anew each time, with the tag and the time stamps. */
    Histogram histogram() {
        try {
            Histogram histogram = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(compressed()), 0);
            histogram.setTag(tag);
            histogram.setStartTimeStamp(startMillis);
            histogram.setEndTimeStamp(endMillis);
            return histogram;
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] compressed() {
        String encoded = figures.substring(figures.lastIndexOf(',') + 1);
        if (!encoded.startsWith(COOKIE)) {
            throw new IllegalStateException("a line has no histogram");
        }
        return Base64.getDecoder().decode(encoded);
    }

    /** The histograms of each series, added up. */
    static Map<String, Histogram> mergeBySeries(List<StoredInterval> intervals) {
        Map<String, Histogram> merged = new LinkedHashMap<>();
        for (StoredInterval interval : intervals) {
            String series = interval.tag == null ? Series.COMPLETED_ONLY.get(0) : interval.tag;
            merged.computeIfAbsent(series, name -> new Histogram(DIGITS)).add(interval.histogram());
        }
        return merged;
    }

    /** The histograms as a list that decodes an element anew each time that it is read. */
    static List<Histogram> histograms(List<StoredInterval> intervals) {
        return new AbstractList<>() {
            @Override
            public Histogram get(int index) {
                return intervals.get(index).histogram();
            }

            @Override
            public int size() {
                return intervals.size();
            }
        };
    }
}
