package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.time.Duration;
import java.util.List;

/**
 * Decides whether a metric is worse. With w the worsening (the ratio of latencies, or the inverse ratio of rates), certain at
 * alpha:
 *
 * <ul>
 * <li>REGRESSION: w's lower bound is above 1 + margin, and the change itself is above the floor;
 * <li>IMPROVED: the same with both sides exchanged;
 * <li>INCONCLUSIVE: neither, and w's upper bound is above 1 + margin, and such a change would be above the floor;
 * <li>PASS: else.
 * </ul>
 *
 * @param alpha      the error of each bound, above 0, below 0.5
 * @param margin     δ, the smallest worsening that matters: 0.05 is 5 %, 0 to 10
 * @param floorNanos the smallest difference of latencies that matters, 0 or more
 */
public record Rule(double alpha, double margin, long floorNanos) {

    /** δ of a machine without a calibration. */
    public static final double MARGIN = 0.05;
    /** The smallest difference of latencies that matters. */
    public static final Duration FLOOR = Duration.ofNanos(50_000);
    /** The smallest difference of any metric that matters, as a share of the base's level. */
    private static final double FLOOR_SHARE = 0.05;

    public Rule {
        if (!(alpha > 0 && alpha < 0.5) || !(margin >= 0 && margin <= 10) || floorNanos < 0) {
            throw new IllegalArgumentException("alpha must be above 0, below 0.5, margin 0..10, floor 0 or more, got "
                    + alpha + ", " + margin + ", " + floorNanos);
        }
    }

    /**
     * Judges one metric; {@link Judgement#detectable} is not known yet.
     *
     * @param base      a value for each trial, above 0
     * @param candidate likewise
     */
    Judgement judge(Metric metric, double[] base, double[] candidate) {
        Ratio ratio = Ratio.of(base, candidate, alpha);
        double level = Median.of(base);
        return new Judgement(metric, verdict(metric, ratio, level), ratio, level, Median.of(candidate), alpha, margin,
                base.length, candidate.length, Judgement.UNKNOWN, List.of());
    }

    private Verdict verdict(Metric metric, Ratio ratio, double level) {
        Ratio worsening = metric.isLatency() ? ratio : ratio.inverse();
        if (worsening.lower() > 1 + margin && material(metric, ratio.estimate(), level)) {
            return Verdict.REGRESSION;
        }
        if (worsening.inverse().lower() > 1 + margin && material(metric, ratio.estimate(), level)) {
            return Verdict.IMPROVED;
        }
        double worst = metric.isLatency() ? ratio.upper() : ratio.lower();
        return worsening.upper() > 1 + margin && material(metric, worst, level) ? Verdict.INCONCLUSIVE : Verdict.PASS;
    }

    private boolean material(Metric metric, double ratio, double level) {
        return level * Math.abs(ratio - 1) > floor(metric, level);
    }

    /** The smallest absolute change that matters, in the metric's own unit. */
    double floor(Metric metric, double level) {
        return floor(metric, level, floorNanos);
    }

    static double floor(Metric metric, double level, long floorNanos) {
        return Math.max(metric.isLatency() ? floorNanos : 0, FLOOR_SHARE * level);
    }

    /** The same rule at another error. */
    Rule at(double otherAlpha) {
        return new Rule(otherAlpha, margin, floorNanos);
    }

    /** The same rule with another margin. */
    Rule with(double otherMargin) {
        return new Rule(alpha, otherMargin, floorNanos);
    }
}
