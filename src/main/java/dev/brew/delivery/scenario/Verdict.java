package dev.brew.delivery.scenario;

import java.util.Locale;

/**
 * What an experiment says of its claim.
 *
 * @param why what it depends on, or what refutes it; empty when confirmed
 */
public record Verdict(Outcome outcome, String why) {

    /** How it came out. */
    public enum Outcome {
        CONFIRMED, REFUTED, DEPENDS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Verdict confirmed() {
        return new Verdict(Outcome.CONFIRMED, "");
    }

    static Verdict refuted(String why) {
        return new Verdict(Outcome.REFUTED, why);
    }

    static Verdict depends(String on) {
        return new Verdict(Outcome.DEPENDS, on);
    }
}
