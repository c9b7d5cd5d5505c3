package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.results.Matrix;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What an experiment says of its claim.
 *
 * @param why what it depends on, what refutes it, or which noise forbids a verdict; empty when confirmed
 */
public record Verdict(Outcome outcome, String why) {

    /** How it came out. */
    public enum Outcome {
        CONFIRMED("confirmed"), REFUTED("refuted"), DEPENDS("depends"),
        /** The machine's own noise is near the criterion: nothing is said of the claim. */
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
     * What a figure that is judged comes to on this machine without the disturbance, beside the criterion that it is
     * judged by.
     *
     * <p>The one rule of what is near: <em>the noise, taken twice, reaches the criterion</em>. On a shared machine the
     * same p99 doubles from one minute to the next with nothing changed, so noise of half a criterion may be all of it
     * a minute later. Of a ratio, both sides may be off by the noise, in opposite directions: its square reaches the
     * criterion.
     *
     * @param figure    what was measured without the disturbance
     * @param value     of it: milliseconds, or the larger ÷ the smaller of two measurements of the same thing (1 or
     *                  more); NaN if nothing could be measured
     * @param criterion in the same unit, above 0; of a ratio above 1
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
            return !(twice < criterion); // nor is a criterion met by noise that could not be measured
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

    /** No verdict if this noise is near its criterion, else the one that {@code judge} finds. */
    public static Verdict unlessNear(Noise noise, Supplier<Verdict> judge) {
        return noise.isNear() ? new Verdict(Outcome.NOT_MEASURABLE, noise.text()) : judge.get();
    }
}
