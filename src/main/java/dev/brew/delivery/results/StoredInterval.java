package dev.brew.delivery.results;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
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
    /** The start of a compressed histogram in Base64. */
    private static final String COOKIE = "HIST";
    /** HdrHistogram's compressed form begins with a cookie and a length of four bytes each. */
    private static final int COMPRESSED_AT = 8;
    private static final int INFLATED_AT_FIRST = 16_384;
    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);
    /** The encoded form: cookie, length, offset, digits, lowest, highest, ratio; then the counts. */
    private static final int PAYLOAD_AT = 40;
    private static final int COOKIE_V2 = 0x1c849303;
    private static final int COOKIE_WORD_SIZE = 0xf0;
    static final int DIGITS = 3;
    /** A histogram with three digits has 2 to this power values for each doubling. */
    private static final int HALF_MAGNITUDE = 10;
    private static final int LAST_SHIFT = 56;

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
                    interval.inflated(); // its checksum finds a damaged line
                    intervals.add(interval);
                }
            }
            return List.copyOf(intervals);
        } catch (RuntimeException e) {
            throw new IOException(file + " is damaged: " + e, e);
        }
    }

    private static StoredInterval parse(String line, double base) {
        String tag = line.startsWith(TAG) ? line.substring(TAG.length(), line.indexOf(',')) : null;
        int from = tag == null ? 0 : line.indexOf(',') + 1;
        int figures = line.indexOf(',', from) + 1;
        double start = base + Double.parseDouble(line.substring(from, figures - 1));
        double end = start + Double.parseDouble(line.substring(figures, line.indexOf(',', figures)));
        return new StoredInterval(tag, Math.round(start * MILLIS_PER_SECOND), Math.round(end * MILLIS_PER_SECOND),
                line.substring(figures));
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

    /**
     * Adds the samples to a histogram, without a histogram of their own, which would have 150,000 bytes for 600: a run of
     * blocks has ten thousand intervals, and their garbage would let the heap grow beyond a gigabyte. The form is the
     * library's V2 encoding.
     */
    public void addTo(Histogram sum) {
        ByteBuffer encoded = inflated();
        int cookie = encoded.getInt() & ~COOKIE_WORD_SIZE;
        int end = encoded.getInt() + PAYLOAD_AT;
        int offset = encoded.getInt();
        int digits = encoded.getInt();
        long lowest = encoded.getLong();
        if (cookie != COOKIE_V2 || offset != 0 || digits != DIGITS || lowest != 1) {
            sum.add(histogram()); // not of this project
            return;
        }
        encoded.position(PAYLOAD_AT);
        for (int index = 0; encoded.position() < end; ) {
            long count = zigZag(encoded);
            if (count > 0) {
                sum.recordValueWithCount(lowestValue(index), count);
            }
            index += count < 0 ? (int) -count : 1; // below zero: so many empty buckets
        }
    }

    /** The lowest value of the bucket {@code index} of a histogram with three digits. */
    private static long lowestValue(int index) {
        int doublings = Math.max(0, (index >> HALF_MAGNITUDE) - 1);
        return (long) (index - (doublings << HALF_MAGNITUDE)) << doublings;
    }

    /** HdrHistogram's number of 1 to 9 bytes: 7 bits a byte, lowest first; the ninth has 8; zigzag for the sign. */
    private static long zigZag(ByteBuffer encoded) {
        long bits = 0;
        int shift = 0;
        byte next;
        do {
            next = encoded.get();
            bits |= (shift == LAST_SHIFT ? next & 0xffL : next & 0x7fL) << shift;
            shift += Byte.SIZE - 1;
        } while (next < 0 && shift <= LAST_SHIFT);
        return bits >>> 1 ^ -(bits & 1);
    }

    /** The encoded form; valid until this thread inflates the next one. */
    private ByteBuffer inflated() {
        return SCRATCH.get().inflate(compressed());
    }

    /** What a thread needs to inflate, kept for the next interval: it would be most of the garbage of a run's summary. */
    private static final class Scratch {

        private final Inflater inflater = new Inflater();
        private final CharsetEncoder latin = StandardCharsets.ISO_8859_1.newEncoder();
        private byte[] inflated = new byte[INFLATED_AT_FIRST];
        private ByteBuffer base64 = ByteBuffer.allocate(INFLATED_AT_FIRST);

        byte[] decode(CharBuffer encoded) {
            if (base64.capacity() < encoded.length()) {
                base64 = ByteBuffer.allocate(2 * encoded.length());
            }
            base64.clear();
            latin.reset().encode(encoded, base64, true); // ends at what is not Latin: the end of the histogram is missing then
            return Base64.getDecoder().decode(base64.flip()).array();
        }

        ByteBuffer inflate(byte[] compressed) {
            int length = 0;
            try {
                inflater.reset();
                inflater.setInput(compressed, COMPRESSED_AT, compressed.length - COMPRESSED_AT);
                while (!inflater.finished()) {
                    if (length == inflated.length) {
                        inflated = Arrays.copyOf(inflated, 2 * length);
                    }
                    int more = inflater.inflate(inflated, length, inflated.length - length);
                    if (more == 0 && !inflater.finished()) { // or it asks for a dictionary, and there is none
                        throw new IllegalStateException("the end of a histogram is missing");
                    }
                    length += more;
                }
                return ByteBuffer.wrap(inflated, 0, length);
            } catch (DataFormatException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private byte[] compressed() {
        int from = figures.lastIndexOf(',') + 1;
        if (!figures.startsWith(COOKIE, from)) {
            throw new IllegalStateException("a line has no histogram");
        }
        return SCRATCH.get().decode(CharBuffer.wrap(figures, from, figures.length()));
    }

    /** The name of its series. */
    String series() {
        return tag == null ? Series.COMPLETED_ONLY.get(0) : tag;
    }

    /** True if it has no sample above 0. */
    boolean isEmpty() {
        int maximum = figures.indexOf(',') + 1;
        return Double.parseDouble(figures.substring(maximum, figures.indexOf(',', maximum))) == 0;
    }

    public long lengthMillis() {
        return endMillis - startMillis;
    }

    /** The histograms of each series, added up. */
    static Map<String, Histogram> mergeBySeries(List<StoredInterval> intervals) {
        Map<String, Histogram> merged = new LinkedHashMap<>();
        intervals.forEach(interval -> interval.addTo(merged.computeIfAbsent(interval.series(), name -> new Histogram(DIGITS))));
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
