package dev.brew.delivery.scenario.harness;

/**
 * The statement that a scenario tests, fixed before the experiment runs.
 *
 * @param name       the name for {@code --row}: lower case letters, digits, dashes
 * @param kind       the origin of the claim
 * @param title      the common name of the topic
 * @param text       the statement about the two ways of delivery
 * @param experiment the procedure that tests the statement
 * @param criterion  the rule for the verdicts confirmed, refuted and depends
 */
public record Claim(String name, Kind kind, String title, String text, String experiment, String criterion) {

    /** The origin of a claim. */
    public enum Kind {
        /** A row of the decision matrix. */
        ROW("row"),
        /** A design that people build and should avoid. */
        ANTI_PATTERN("anti-pattern");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public Claim {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("name must be lower case letters, digits, dashes, got '" + name + "'");
        }
    }
}
