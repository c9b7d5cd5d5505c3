package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Decides whether a metric is worse, from pairs of values that were measured side by side, as early as it can. The value of a
 * pair is the logarithm of candidate ÷ base. The rule looks at all pairs so far, after certain numbers of pairs; the first
 * look that decides is final. With w the worsening (the ratio of latencies, or the inverse ratio of rates):
 *
 * <ul>
 * <li>REGRESSION: w is certain to be above 1 ({@link #alarmError}), and the estimated change is above the floor;
 * <li>IMPROVED: the same with both sides exchanged;
 * <li>PASS: w is certain to be below 1 + margin ({@link #passError}), or so large a change would not be above the floor;
 * <li>INCONCLUSIVE: no look has decided yet.
 * </ul>
 *
 * <p>The bounds of a look are those of Student's t. Each error is divided evenly among the looks, and that of an alarm among
 * the metrics, too (Bonferroni), so nothing is assumed about how looks, or metrics, depend on each other.
 *
 * @param margin     δ, the smallest worsening of a p50 or a rate that matters: 0.1 is 10 %; above 0, to 10
 * @param floorNanos the smallest difference of latencies that matters, 0 or more
 * @param looks      the numbers of pairs after which the rule looks, ascending, from 2
 * @param metrics    the number of metrics of the whole comparison, from 1
 */
public record PairedRule(double margin, long floorNanos, List<Integer> looks, int metrics) {

    /** δ unless the user gives one. */
    public static final double MARGIN = 0.1;
    /** The usual looks: the spread of fewer than four pairs says little, and sixteen pairs take an hour. */
    public static final List<Integer> LOOKS = List.of(4, 5, 6, 8, 12, 16);
    /** δ of a p99 is so many times as large: it varies three times as much as a p50, or more. */
    private static final double TAIL = 3;
    /** The probability that a whole comparison of equal sides says REGRESSION; that of IMPROVED is as large. */
    static final double FALSE_ALARM = 0.01;
    /** The probability that a metric that is worse by the margin passes. */
    static final double FALSE_PASS = 0.1;
    /** The error of the bound by which a metric looks worse. */
    private static final double SUSPECTED = 0.05;
    private static final double MAX_MARGIN = 10;
    /** Each is a search, and {@link PairedPower} needs a dozen of them a million times. */
    private static final Map<Tail, Double> QUANTILES = new ConcurrentHashMap<>();

    public PairedRule {
        looks = List.copyOf(looks);
        if (!(margin > 0 && margin <= MAX_MARGIN) || floorNanos < 0 || metrics < 1 || looks.isEmpty() || looks.get(0) < 2) {
            throw new IllegalArgumentException("margin must be above 0, to 10, floor 0 or more, metrics 1 or more, looks 2 or"
                    + " more, got " + margin + ", " + floorNanos + ", " + metrics + ", " + looks);
        }
    }

    /** Logarithms of candidate ÷ base: their mean, and the standard error of the mean. */
    private record Level(int pairs, double mean, double error) {

        /** Of the first {@code pairs} ones. In loops: {@link PairedPower} asks a million times. */
        static Level of(double[] logarithms, int pairs) {
            double sum = 0;
            for (int i = 0; i < pairs; i++) {
                sum += logarithms[i];
            }
            double mean = sum / pairs;
            double squares = 0;
            for (int i = 0; i < pairs; i++) {
                squares += (logarithms[i] - mean) * (logarithms[i] - mean);
            }
            return new Level(pairs, mean, Math.sqrt(squares / Math.max(1, pairs - 1) / pairs));
        }

        /** @param alpha the error of each bound; a single pair has no bounds */
        Ratio ratio(double alpha) {
            double half = pairs < 2 ? Double.POSITIVE_INFINITY : student(pairs - 1, alpha) * error;
            return new Ratio(Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
        }
    }

    private record Tail(int degreesOfFreedom, double error) {
    }

    /** The value that Student's t exceeds with probability {@code error}. */
    static double student(int degreesOfFreedom, double error) {
        return QUANTILES.computeIfAbsent(new Tail(degreesOfFreedom, error),
                tail -> TDistribution.of(tail.degreesOfFreedom).inverseSurvivalProbability(tail.error));
    }

    /** Of the logarithms of candidate ÷ base, as that of a sample; 0 of a single pair. */
    static double deviation(double[] base, double[] candidate) {
        return Level.of(PairedRatio.logarithms(candidate, base), base.length).error * Math.sqrt(base.length);
    }

    /** The error of a bound that decides on REGRESSION or IMPROVED, for one metric at one look. */
    double alarmError() {
        return FALSE_ALARM / metrics / looks.size();
    }

    /** The error of the bound that decides on PASS, for one metric at one look. */
    double passError() {
        return FALSE_PASS / looks.size();
    }

    /** δ of a metric. */
    double margin(Metric metric) {
        return metric.isTail() ? TAIL * margin : margin;
    }

    /** The smallest change that matters, in the metric's own unit. */
    double floor(Metric metric, double level) {
        return Rule.floor(metric, level, floorNanos);
    }

    /** The most pairs that it looks at. */
    public int most() {
        return looks.get(looks.size() - 1);
    }

    /** The first look after more than {@code pairs} pairs; {@link #most} if there is none. */
    public int nextLook(int pairs) {
        return looks.stream().filter(look -> look > pairs).findFirst().orElse(most());
    }

    /**
     * Judges one metric; {@link Judgement#detectable} is not known yet.
     *
     * @param base      a value for each pair, above 0; one or more
     * @param candidate likewise, in the order of the same pairs
     * @return by the pairs of the look that decided; by all pairs if none has
     * @throws IllegalArgumentException if a value is not above 0
     */
    Judgement judge(Metric metric, double[] base, double[] candidate) {
        double[] logarithms = PairedRatio.logarithms(candidate, base);
        int pairs = base.length;
        Verdict verdict = Verdict.INCONCLUSIVE;
        for (int look : looks) {
            if (look <= base.length && verdict == Verdict.INCONCLUSIVE) {
                verdict = look(metric, logarithms, look, Median.of(Arrays.copyOf(base, look)));
                pairs = verdict == Verdict.INCONCLUSIVE ? base.length : look;
            }
        }
        double error = verdict == Verdict.REGRESSION || verdict == Verdict.IMPROVED ? alarmError() : passError();
        return new Judgement(metric, verdict, Level.of(logarithms, pairs).ratio(error), Median.of(Arrays.copyOf(base, pairs)),
                Median.of(Arrays.copyOf(candidate, pairs)), error, margin(metric), pairs, pairs, Judgement.UNKNOWN, List.of());
    }

    /**
     * The verdict of the first look that decides; INCONCLUSIVE if none does.
     *
     * @param logarithms of candidate ÷ base, for all pairs
     * @param level      of the base
     */
    Verdict decide(Metric metric, double[] logarithms, double level) {
        for (int look : looks) {
            if (look <= logarithms.length) {
                Verdict verdict = look(metric, logarithms, look, level);
                if (verdict != Verdict.INCONCLUSIVE) {
                    return verdict;
                }
            }
        }
        return Verdict.INCONCLUSIVE;
    }

    private Verdict look(Metric metric, double[] logarithms, int pairs, double level) {
        Level found = Level.of(logarithms, pairs);
        Ratio alarm = found.ratio(alarmError());
        Ratio worsening = metric.isLatency() ? alarm : alarm.inverse();
        if ((worsening.lower() > 1 || worsening.upper() < 1) && isMaterial(metric, alarm.estimate(), level)) {
            return worsening.lower() > 1 ? Verdict.REGRESSION : Verdict.IMPROVED;
        }
        Ratio pass = found.ratio(passError());
        double worst = metric.isLatency() ? pass.upper() : pass.lower();
        return (metric.isLatency() ? worst : 1 / worst) < 1 + margin(metric) || !isMaterial(metric, worst, level)
                ? Verdict.PASS : Verdict.INCONCLUSIVE;
    }

    private boolean isMaterial(Metric metric, double ratio, double level) {
        return level * Math.abs(ratio - 1) > floor(metric, level);
    }

    /** True if nothing is decided and the metric looks worse: then it is worth more pairs than the budget buys. */
    boolean isSuspected(Metric metric, double[] base, double[] candidate) {
        Ratio ratio = Level.of(PairedRatio.logarithms(candidate, base), base.length).ratio(SUSPECTED);
        return (metric.isLatency() ? ratio : ratio.inverse()).lower() > 1
                && isMaterial(metric, ratio.estimate(), Median.of(base))
                && judge(metric, base, candidate).verdict() == Verdict.INCONCLUSIVE;
    }
}
