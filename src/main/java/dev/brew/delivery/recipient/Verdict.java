package dev.brew.delivery.recipient;

import io.grpc.Status;

/**
 * A recipient's answer to an event.
 *
 * @param code     OK if the recipient understood the event and accepted it or rejected it (a soft rejection); else the
 *                 error as a gRPC status code. Over Kafka the sender does not receive it; the record is counted and
 *                 skipped.
 * @param accepted true if the recipient accepted the event; the code is then OK
 * @param reason   the reason of a rejection or an error; empty if the event is accepted
 */
public record Verdict(Status.Code code, boolean accepted, String reason) {

    /** The answer of a recipient that has processed the event. */
    public static final Verdict ACCEPTED = new Verdict(Status.Code.OK, true, "");

    static Verdict rejected(String reason) {
        return new Verdict(Status.Code.OK, false, reason);
    }

    static Verdict failed(Status.Code code, String reason) {
        return new Verdict(code, false, reason);
    }

    static Verdict invalid(String reason) {
        return failed(Status.Code.INVALID_ARGUMENT, reason);
    }
}
