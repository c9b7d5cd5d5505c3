package dev.brew.delivery.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts the due events and the completed events of an open loop in bins of one millisecond, and computes the offered
 * and the achieved rate from them. Safe for use by several threads.
 */
public final class Throughput {

    private static final long BIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /**
     * Events. A window may begin or end between two events, so growth up to this number is not distinguishable from
     * none.
     */
    private static final double UNTOLD = 1;

    private final Histogram completed = new Histogram(2);
    private final Bins due = new Bins();
    private final Bins over = new Bins();
    private double totalNanos;

    /** Enters one event that is due {@code atNanos} after the schedule's start, whether or not it will be sent. */
    public void due(long atNanos) {
        synchronized (due) { // a separate lock: the sender must not wait for the threads that end events
            due.add(atNanos);
        }
    }

    /** Enters one event that was due at {@code dueNanos} and over at {@code overNanos} after the schedule's start. */
    public synchronized void over(long dueNanos, long overNanos) {
        over.add(overNanos);
        completed.recordValue(Math.max(0, overNanos - dueNanos));
        totalNanos += overNanos - dueNanos;
    }

    /**
     * The rates of the events that were due within {@code lengthNanos} from the start.
     *
     * <p>Due events are counted in a window, and completed events in the same window shifted by the median latency. The
     * shift compensates for the events in flight at both ends of the window. A system that keeps up therefore shows the
     * offered rate. A system that does not keep up shows its own rate, whatever its backlog.
     *
     * <p>The queue length varies, and its difference between two instants is partly chance. Of all windows that begin
     * in the first half and end in the last tenth, the result uses the window in which the queue shrinks most, or
     * grows least. Every window contains the time from 50 % to 90 % of the length. An overloaded system falls behind
     * in every window, even if it kept up at first. A system that reduces a backlog has spare capacity. Growth of one
     * event or less is ignored: with few events, it would exceed the share that marks saturation.
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

    /** A count for each millisecond; the events of a bin are assumed to be evenly spread over it. */
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
     * The offered and the achieved rate.
     *
     * @param offered      events due ÷ the time in which they were due, events/s
     * @param achieved     the share of these events that was over in time × offered, events/s; see
     *                     {@link Throughput#rates}
     * @param meanInSystem mean number of events that were due and not yet over, over the time in which events were due
     * @param meanNanos    mean of <em>completed</em>
     */
    public record Rates(double offered, double achieved, double meanInSystem, double meanNanos) {

        /** A point whose achieved rate is below this share of the offered rate is saturated. */
        public static final double WHOLE = 0.999;
        private static final double LITTLE = 0.05;

        /**
         * True if the system did not keep up: its latencies then grow with the length of the run and have no meaning.
         */
        public boolean saturated() {
            return achieved < WHOLE * offered;
        }

        /**
         * True if Little's law, L = λW, holds: events in the system equal achieved rate × mean latency, within 5 %.
         *
         * @see <a href="https://doi.org/10.1287/opre.9.3.383">Little, A Proof for the Queuing Formula: L = λW</a>
         */
        boolean obeysLittle() {
            return Math.abs(achieved * meanNanos / 1e9 - meanInSystem) <= LITTLE * meanInSystem;
        }
    }
}
