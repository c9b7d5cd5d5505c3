package dev.brew.delivery.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts an open loop's events by the millisecond, when they are due and when they are over, so that the achieved rate can
 * be told apart from the offered one. Safe for use by several threads.
 */
public final class Throughput {

    private static final long BIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Events: where a window begins and ends between two of them, no fewer can be told from none. */
    private static final double UNTOLD = 1;

    private final Histogram completed = new Histogram(2);
    private final Bins due = new Bins();
    private final Bins over = new Bins();
    private double totalNanos;

    /** Enters one event that is due {@code atNanos} after the schedule's start, whether or not it will be sent. */
    public void due(long atNanos) {
        synchronized (due) { // not the lock of those who end events: the sender must not wait for them
            due.add(atNanos);
        }
    }

    /** Enters one event that was due and over so long after the schedule's start. */
    public synchronized void over(long dueNanos, long overNanos) {
        over.add(overNanos);
        completed.recordValue(Math.max(0, overNanos - dueNanos));
        totalNanos += overNanos - dueNanos;
    }

    /**
     * The rates of the events that were due within {@code lengthNanos} from the start. What is over is counted in a window
     * that begins the median latency later: as many events of the window's end lie outside it as there were none yet at its
     * beginning, so a system that keeps up shows the rate that was offered, and one that does not its own, whatever its
     * backlog. A queue comes and goes, and whether it is longer at the end than it was at the beginning is chance: of all windows
     * that begin in the first half and end in the last tenth, the one in which it shrank most, or grew least, is taken. Who
     * cannot keep up falls behind in all of them, also if it could at first, for all contain the time from the half to nine
     * tenths; who works a backlog off has room to spare. Less than one event is no falling behind: with few of them, it would
     * be more than the share that counts.
     */
    public synchronized Rates rates(long lengthNanos) {
        long length = Math.max(BIN_NANOS, lengthNanos);
        synchronized (due) {
            return rates(length, due.upTo(length));
        }
    }

    private Rates rates(long length, double offered) {
        double share = completed.getTotalCount() == 0 ? 0 : bestShare(length);
        double seconds = length / 1e9;
        double mean = completed.getTotalCount() == 0 ? 0 : totalNanos / completed.getTotalCount();
        return new Rates(offered / seconds, share * offered / seconds, totalNanos / length, mean);
    }

    private double bestShare(long length) {
        long shift = completed.getValueAtPercentile(50);
        long begin = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (long at = 0; at <= length / 2; at += BIN_NANOS) {
            double behind = due.upTo(at) - over.upTo(shift + at);
            if (behind >= most) {
                most = behind;
                begin = at;
            }
        }
        long end = length;
        double least = Double.POSITIVE_INFINITY;
        for (long at = length - length / 10; at <= length; at += BIN_NANOS) {
            double behind = due.upTo(at) - over.upTo(shift + at);
            if (behind < least) {
                least = behind;
                end = at;
            }
        }
        double asked = due.upTo(end) - due.upTo(begin);
        return asked == 0 || least - most <= UNTOLD ? 1 : 1 - (least - most) / asked;
    }

    /** A count for each millisecond; what a bin holds is taken to lie evenly in it. */
    private static final class Bins {
        private int[] counts = new int[1024];
        private long[] sums;

        void add(long atNanos) {
            int bin = (int) Math.max(0, atNanos / BIN_NANOS);
            if (bin >= counts.length) {
                counts = Arrays.copyOf(counts, Math.max(bin + 1, 2 * counts.length));
            }
            counts[bin]++;
            sums = null;
        }

        double upTo(long nanos) {
            if (sums == null) {
                sums = new long[counts.length + 1];
                for (int i = 0; i < counts.length; i++) {
                    sums[i + 1] = sums[i] + counts[i];
                }
            }
            int whole = (int) Math.min(counts.length, nanos / BIN_NANOS);
            double part = whole == counts.length ? 0 : counts[whole] * (double) (nanos % BIN_NANOS) / BIN_NANOS;
            return sums[whole] + part;
        }
    }

    /**
     * What was asked and what was done.
     *
     * @param offered      events due ÷ the time in which they were due, events/s
     * @param achieved     the share of them that was over in time × offered, events/s; see {@link Throughput#rates}
     * @param meanInSystem events that were due and not yet over, on average over the time in which events were due
     * @param meanNanos    mean of <em>completed</em>
     */
    public record Rates(double offered, double achieved, double meanInSystem, double meanNanos) {

        /** A point whose achieved rate is below this share of the offered one is saturated. */
        public static final double WHOLE = 0.999;
        private static final double LITTLE = 0.05;

        /** True if the system could not keep up: latencies grow with the length of the run then, and mean nothing. */
        public boolean saturated() {
            return achieved < WHOLE * offered;
        }

        /**
         * Little's law, L = λW: events in the system against achieved rate times mean latency, within 5 %.
         *
         * @see <a href="https://doi.org/10.1287/opre.9.3.383">Little, A Proof for the Queuing Formula: L = λW</a>
         */
        boolean obeysLittle() {
            return Math.abs(achieved * meanNanos / 1e9 - meanInSystem) <= LITTLE * meanInSystem;
        }
    }
}
