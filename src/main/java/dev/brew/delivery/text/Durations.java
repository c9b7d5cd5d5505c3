package dev.brew.delivery.text;

import java.time.Duration;

/** Durations as users type them. */
public final class Durations {

    private Durations() {
    }

    /**
     * Reads whole seconds, minutes or hours, such as {@code 90s} or {@code 10m}.
     *
     * @throws IllegalArgumentException if {@code text} is none, or zero; the message says what it must be
     */
    public static Duration budget(String text) {
        if (!text.matches("[1-9]\\d{0,5}[smh]")) {
            throw new IllegalArgumentException("must be a whole number and s, m or h, got '" + text + "'");
        }
        return Duration.parse("PT" + text);
    }
}
