package dev.brew.delivery.recipient;

import io.grpc.Status;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The share of received events that a recipient fails, and the kind of failure: {@code CODE@SHARE%}. CODE is a gRPC
 * status code other than OK, such as {@code UNAVAILABLE}, or {@code REJECTED}, the soft rejection
 * ({@code accepted=false}). {@code UNAVAILABLE@10%} fails one event in ten on average. The recipient's seeded random
 * numbers select the events.
 */
public final class FailureModel {

    /** The model that fails no event. */
    public static final FailureModel NONE = new FailureModel("none", 0, Verdict.ACCEPTED);

    private static final String SOFT = "REJECTED";
    private static final Pattern GRAMMAR = Pattern.compile("([A-Z_]+)@(\\d{1,3}(?:\\.\\d{1,6})?)%");
    private static final String REASON = "failed on purpose";

    private final String text;
    private final double share;
    private final Verdict failure;

    private FailureModel(String text, double share, Verdict failure) {
        this.text = text;
        this.share = share;
        this.failure = failure;
    }

    /**
     * Reads the text form, or {@code none}.
     *
     * @throws IllegalArgumentException if {@code text} does not match the grammar above; the message quotes it
     */
    public static FailureModel parse(String text) {
        if (text.equals(NONE.text)) {
            return NONE;
        }
        Matcher matcher = GRAMMAR.matcher(text);
        if (!matcher.matches() || Double.parseDouble(matcher.group(2)) > 100) {
            throw new IllegalArgumentException("not a failure: '" + text + "' (UNAVAILABLE@10%, REJECTED@50% or none)");
        }
        double share = Double.parseDouble(matcher.group(2)) / 100;
        if (matcher.group(1).equals(SOFT)) {
            return new FailureModel(text, share, Verdict.rejected(REASON));
        }
        for (Status.Code code : Status.Code.values()) {
            if (code != Status.Code.OK && code.name().equals(matcher.group(1))) {
                return new FailureModel(text, share, Verdict.failed(code, REASON));
            }
        }
        throw new IllegalArgumentException("not a failure: '" + text + "' (" + matcher.group(1)
                + " is neither a gRPC status code of an error nor " + SOFT + ")");
    }

    /** The verdict on the next event. */
    Verdict next(SplittableRandom random) {
        return random.nextDouble() < share ? failure : Verdict.ACCEPTED;
    }

    boolean isNone() {
        return share == 0;
    }

    @Override
    public String toString() {
        return text;
    }
}
