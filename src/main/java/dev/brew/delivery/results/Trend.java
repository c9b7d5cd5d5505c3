package dev.brew.delivery.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.brew.delivery.text.Median;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * The change of <em>completed</em> p50 from the start of the measurement to its end. A point is an interval of a trial (a
 * second, or a slice); its position is 0 at the trial's first interval and 1 at the last one. The estimate is that of Theil
 * and Sen: the median slope of the logarithm over all pairs of points of the same trial. Levels of trials do not matter,
 * since no pair joins two trials. The interval is exact (Sen 1968; stratified as in Hirsch, Slack and Smith 1982): without a
 * trend the number of falling pairs has Kendall's distribution in each trial, and their sum has the convolution of these. It
 * assumes that points scatter about the trend independently, which slow spells of several seconds do not.
 *
 * @param ratio  p50 at the end ÷ p50 at the start; above 0
 * @param lower  lower end of the 99 % interval; null if there are too few points for it
 * @param upper  upper end, likewise
 * @param points the number of points of all trials
 * @param trials the number of trials that have at least two points
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Trend(double ratio, Double lower, Double upper, int points, int trials) {

    /** The error at each end of the interval. */
    static final double ALPHA = 0.005;
    /** The most points of a trial: more intervals are added up in groups, which keeps the arithmetic short. */
    static final int MAX_POINTS = 40;
    private static final int SIGNIFICANT_DIGITS = 3;
    /** A change within this factor is not reported. */
    private static final double FALLS = 0.9;
    private static final double RISES = 1.1;

    /**
     * The trend of a row.
     *
     * @param trials the intervals of each trial, in order of time; tagged ones, which are other series, do not count
     * @return empty if no trial has two points
     */
    static Optional<Trend> of(List<List<StoredInterval>> trials) {
        Histogram sum = new Histogram(SIGNIFICANT_DIGITS);
        return ofMedians(trials.stream().map(intervals -> medians(intervals, sum)).toList());
    }

    /** As {@link #of}, of the points themselves: medians above 0, in any unit. */
    static Optional<Trend> ofMedians(List<double[]> trials) {
        List<double[]> series = trials.stream().filter(points -> points.length > 1).toList();
        if (series.isEmpty()) {
            return Optional.empty();
        }
        double[] slopes = slopes(series);
        int[] sizes = series.stream().mapToInt(points -> points.length).toArray();
        int k = rankOfBound(sizes, ALPHA);
        return Optional.of(new Trend(Math.exp(Median.of(slopes)), k == 0 ? null : Math.exp(slopes[k - 1]),
                k == 0 ? null : Math.exp(slopes[slopes.length - k]), Arrays.stream(sizes).sum(), sizes.length));
    }

    /** True if the row still got faster while it was measured: the whole interval is below {@value #FALLS}. */
    public boolean falling() {
        return upper != null && upper < FALLS;
    }

    /** True if the row got slower while it was measured: the whole interval is above {@value #RISES}. */
    public boolean rising() {
        return lower != null && lower > RISES;
    }

    /** True if the interval leaves out 1. */
    public boolean significant() {
        return lower != null && (lower > 1 || upper < 1);
    }

    /** {@code 1.4 × over the measurement [1.2, 1.6]}. */
    public String print() {
        return String.format(Locale.ROOT, "%.2f × over the measurement", ratio)
                + (lower == null ? "" : String.format(Locale.ROOT, " [%.2f, %.2f]", lower, upper));
    }

    /** Ascending. */
    private static double[] slopes(List<double[]> trials) {
        double[] slopes = new double[trials.stream().mapToInt(points -> points.length * (points.length - 1) / 2).sum()];
        int next = 0;
        for (double[] points : trials) {
            for (int i = 0; i < points.length; i++) {
                for (int j = i + 1; j < points.length; j++) {
                    slopes[next++] = (Math.log(points[j]) - Math.log(points[i])) * (points.length - 1) / (j - i);
                }
            }
        }
        Arrays.sort(slopes);
        return slopes;
    }

    /**
     * The rank, from 1, of the slope that bounds the trend from below with confidence 1 − alpha; counted from the other end
     * it bounds the trend from above.
     *
     * @param sizes the number of points of each trial
     * @return 0 if there are too few points for such a bound
     */
    static int rankOfBound(int[] sizes, double alpha) {
        double[] probabilities = fallingPairs(sizes);
        double sum = 0;
        int k = 0;
        while (k < probabilities.length && sum + probabilities[k] <= alpha) {
            sum += probabilities[k];
            k++;
        }
        return k;
    }

    /**
     * The probability of each number of falling pairs, if all orders of a trial's points are equally likely. The i-th point
     * of a trial falls below 0 to i − 1 of the points before it, each number with probability 1/i; see Kendall (1938).
     */
    static double[] fallingPairs(int[] sizes) {
        double[] probabilities = new double[Arrays.stream(sizes).map(n -> n * (n - 1) / 2).sum() + 1];
        probabilities[0] = 1;
        int most = 0;
        for (int n : sizes) {
            for (int i = 2; i <= n; i++) {
                addUniform(probabilities, most, i);
                most += i - 1;
            }
        }
        return probabilities;
    }

    /** Convolves {@code p[0..most]} with the uniform distribution on 0..choices − 1, by a moving sum. */
    private static void addUniform(double[] p, int most, int choices) {
        double[] before = Arrays.copyOf(p, most + 1);
        double window = 0;
        for (int j = 0; j < most + choices; j++) {
            window += j <= most ? before[j] : 0;
            window -= j >= choices ? before[j - choices] : 0;
            p[j] = Math.max(0, window) / choices;
        }
    }

    /** @param sum empty; may be used again */
    private static double[] medians(List<StoredInterval> intervals, Histogram sum) {
        long longest = intervals.stream().filter(interval -> interval.tag() == null).mapToLong(StoredInterval::lengthMillis)
                .max().orElse(0);
        List<StoredInterval> of = intervals.stream().filter(interval -> isPoint(interval, longest)).toList();
        int points = of.size();
        int group = Math.max(1, (points + MAX_POINTS - 1) / MAX_POINTS);
        double[] medians = new double[(points + group - 1) / group];
        for (int i = 1; i <= points; i++) {
            of.get(i - 1).addTo(sum);
            if (i % group == 0 || i == points) {
                medians[(i - 1) / group] = Math.max(1, sum.getValueAtPercentile(50));
                sum.reset();
            }
        }
        return medians;
    }

    /** False for the rest of a second at an iteration's end. */
    private static boolean isPoint(StoredInterval interval, long longest) {
        return interval.tag() == null && !interval.isEmpty() && 2 * interval.lengthMillis() >= longest;
    }
}
