package dev.brew.delivery.scenario.harness;

/**
 * What a scenario is about, fixed before anything runs.
 *
 * @param name       for {@code --row}: lower case letters, digits, dashes
 * @param kind       see {@link Kind}
 * @param title      as people call it
 * @param text       what is said of the two ways
 * @param experiment what is done to find out
 * @param criterion  when it is confirmed, refuted, or depends on something
 */
public record Claim(String name, Kind kind, String title, String text, String experiment, String criterion) {

    /** Where it comes from. */
    public enum Kind {
        /** A row of the decision matrix. */
        ROW("row"),
        /** Something that people build and should not. */
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
