package dev.brew.delivery.event;

import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The identity of an event: {@code run.phase.sequence}. The phase changes with every iteration, so a late event cannot
 * count for the next iteration.
 *
 * @param run      the run that sent the event: letters and digits, not empty
 * @param phase    the phase of that run: letters and digits, not empty ({@code w1}: first warm-up, {@code m2}: second
 *                 measured iteration, {@code p}: a readiness probe)
 * @param sequence the event's number within the phase, from 0
 */
public record EventId(String run, String phase, long sequence) {

    /** The form of the names of {@link #newRun}, as a regular expression. */
    public static final String RUN = "r[0-9a-z]{6}";

    public EventId {
        requireWord("run", run);
        requireWord("phase", phase);
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence must be 0 or more, got " + sequence);
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is not {@code run.phase.sequence}
     */
    public static EventId parse(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first <= 0 || second <= first + 1) {
            throw notAnId(text);
        }
        if (text.startsWith("+", second + 1)) { // parseLong accepts it, and two texts would name one event
            throw notAnId(text);
        }
        try {
            long sequence = Long.parseLong(text, second + 1, text.length(), 10);
            return new EventId(text.substring(0, first), text.substring(first + 1, second), sequence);
        } catch (NumberFormatException e) {
            throw notAnId(text);
        }
    }

    /** A random name for a new run: the letter r and six letters or digits. */
    public static String newRun() {
        long range = 36L * 36 * 36 * 36 * 36 * 36;
        return "r" + Long.toString(range + ThreadLocalRandom.current().nextLong(range), 36).substring(1);
    }

    @Override
    public String toString() {
        return run + '.' + phase + '.' + sequence;
    }

    private static void requireWord(String what, String word) {
        Objects.requireNonNull(word, what);
        boolean fits = !word.isEmpty();
        for (int i = 0; i < word.length() && fits; i++) {
            fits = Character.isLetterOrDigit(word.charAt(i));
        }
        if (!fits) {
            throw new IllegalArgumentException(what + " must be letters and digits, got '" + word + "'");
        }
    }

    private static IllegalArgumentException notAnId(String text) {
        return new IllegalArgumentException("not an event id (run.phase.sequence): '" + text + "'");
    }
}
