package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.text.Few;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The result of an experiment for its claim.
 *
 * @param outcome the kind of result
 * @param why     the condition it depends on, the evidence that refutes it, or the noise that prevents a verdict; empty
 *                when confirmed
 */
public record Verdict(Outcome outcome, String why) {

    /** The kinds of result. */
    public enum Outcome {
        CONFIRMED("confirmed"), REFUTED("refuted"), DEPENDS("depends"),
        /** The machine's own noise is near the criterion, so the experiment gives no verdict on the claim. */
        NOT_MEASURABLE(Matrix.NOT_MEASURABLE);

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * A judged figure, measured on this machine without the disturbance, and the criterion for the figure.
     *
     * <p>Noise is near the criterion if <em>twice the noise reaches the criterion</em>. On a shared machine the same
     * p99 can double from one minute to the next without any change, so noise of half the criterion can reach the
     * criterion a minute later. For a ratio, both sides can deviate by the noise in opposite directions, so noise is
     * near if its square reaches the criterion.
     *
     * @param figure    name of the figure that was measured without the disturbance
     * @param value     its value: milliseconds, or larger ÷ smaller of two measurements of the same quantity (1 or
     *                  more); NaN if the measurement gave no value
     * @param criterion the criterion in the same unit, above 0; for a ratio, above 1
     * @param ratio     true for a ratio, false for milliseconds
     */
    public record Noise(String figure, double value, double criterion, boolean ratio) {

        public static Noise millis(String figure, double value, double criterion) {
            return new Noise(figure, value, criterion, false);
        }

        public static Noise ratio(String figure, double first, double second, double criterion) {
            return new Noise(figure, Math.max(first, second) / Math.min(first, second), criterion, true);
        }

        public boolean isNear() {
            double twice = ratio ? value * value : 2 * value;
            return !(twice < criterion); // also true for NaN: unknown noise allows no verdict
        }

        private String text() {
            return String.format(Locale.ROOT, ratio ? "%s differs by %.2f ×, and its square reaches the criterion, %.2f ×"
                    : "%s is %.1f ms, and twice that reaches the criterion, %.1f ms", figure, value, criterion);
        }
    }

    public static Verdict confirmed() {
        return new Verdict(Outcome.CONFIRMED, "");
    }

    public static Verdict refuted(String why) {
        return new Verdict(Outcome.REFUTED, why);
    }

    public static Verdict depends(String on) {
        return new Verdict(Outcome.DEPENDS, on);
    }

    public static Verdict notMeasurable(String why) {
        return new Verdict(Outcome.NOT_MEASURABLE, why);
    }

    /**
     * {@link Outcome#NOT_MEASURABLE} if something had not settled before it was measured, else the verdict of {@code judge}.
     *
     * @param within  the longest time to settle; zero: there was no warm-up, and nothing need have settled
     * @param warmUps by name
     */
    public static Verdict onceSettled(Duration within, Map<String, WarmUpCurve> warmUps, Supplier<Verdict> judge) {
        List<String> unsettled = warmUps.entrySet().stream().filter(entry -> !entry.getValue().settled())
                .map(Map.Entry::getKey).toList();
        return within.isZero() || unsettled.isEmpty() ? judge.get()
                : notMeasurable("not settled within " + within.toSeconds() + " s: " + Few.of(unsettled, ", "));
    }

    /** {@link Outcome#NOT_MEASURABLE} if this noise is near its criterion, else the verdict of {@code judge}. */
    public static Verdict unlessNear(Noise noise, Supplier<Verdict> judge) {
        return noise.isNear() ? new Verdict(Outcome.NOT_MEASURABLE, noise.text()) : judge.get();
    }
}
