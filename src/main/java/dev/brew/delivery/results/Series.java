package dev.brew.delivery.results;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The latencies that are recorded for an event, as tags in an .hlog and labels in JMH's results. <em>Completed</em> is the
 * untagged series of an .hlog. The constants are indexes into {@link #of}.
 */
public final class Series {

    /** Every recipient has processed the event and the sender has its answer, minus sign-up time. */
    public static final int COMPLETED = 0;
    /** The last recipient has processed the event, minus sign-up time. */
    public static final int PROCESSED = 1;
    /** The sender may go on, minus sign-up time. */
    public static final int SENDER = 2;
    /** As completed, but from the instant at which the sender actually started. */
    public static final int UNCORRECTED = 3;
    /** The instant at which the sender actually started, minus sign-up time. */
    public static final int LAG = 4;
    /** The first recipient's series, followed by those of the others: handler entered, minus sign-up time. */
    public static final int FIRST_RECIPIENT = 5;

    private static final int MOST_IN_JMH = 32;
    private static final List<String> FIXED = List.of("completed", "processed", "sender", "uncorrected", "lag");

    /** The series of a benchmark that has neither sender nor recipients, such as a raw socket's round trip. */
    public static final List<String> COMPLETED_ONLY = List.of(FIXED.get(COMPLETED));

    private Series() {
    }

    /**
     * The names of all series of a trial with these recipients.
     *
     * @throws IllegalArgumentException if a recipient's name is a series' name, occurs twice, or has a character that
     *                                  an .hlog cannot carry in a tag
     */
    public static List<String> of(List<String> recipients) {
        List<String> names = new ArrayList<>(FIXED);
        for (String recipient : recipients) {
            if (names.contains(recipient)) {
                throw new IllegalArgumentException("recipient name '" + recipient + "' is taken");
            }
            names.add(requireTag(recipient));
        }
        return List.copyOf(names);
    }

    /**
     * The part of {@code series} that JMH gets. JMH makes nine metrics of each, and under JMH's own Main its writers
     * merge every metric again for every other metric: the cost is the square of their number. The .hlog has the
     * recipients beyond {@value #MOST_IN_JMH} as well.
     */
    public static List<String> toldToJmh(Collection<String> series) {
        return series.stream().limit(FIRST_RECIPIENT + MOST_IN_JMH).toList();
    }

    /** The tag of a series in an .hlog; null for completed. */
    static String tag(String series) {
        return series.equals(FIXED.get(COMPLETED)) ? null : series;
    }

    /** The library's own check accepts unsafe tags, which corrupt the line. */
    private static String requireTag(String name) {
        if (!name.matches("[A-Za-z0-9_=-]+")) {
            throw new IllegalArgumentException("recipient name must match [A-Za-z0-9_=-]+, got '" + name + "'");
        }
        return name;
    }
}
