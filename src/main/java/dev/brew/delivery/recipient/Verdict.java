package dev.brew.delivery.recipient;

/**
 * What a recipient says of an event.
 *
 * @param kind   see {@link Kind}
 * @param reason why not accepted; empty when accepted
 */
public record Verdict(Kind kind, String reason) {

    /** The three answers. */
    public enum Kind {
        /** Processed. */
        ACCEPTED,
        /** Understood and turned down: a soft rejection, not an error. */
        REJECTED,
        /** Not an event: INVALID_ARGUMENT over gRPC, counted and skipped over Kafka. */
        INVALID
    }

    /** The answer of a recipient that has processed the event. */
    public static final Verdict ACCEPTED = new Verdict(Kind.ACCEPTED, "");

    static Verdict invalid(String reason) {
        return new Verdict(Kind.INVALID, reason);
    }
}
