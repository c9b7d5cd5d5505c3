package dev.brew.delivery.recipient;

import io.grpc.Status;

/**
 * What a recipient says of an event.
 *
 * @param code     OK if the event was understood: taken, or turned down (a soft rejection); else the error, as gRPC
 *                 names it. Over Kafka nobody is told; the record is counted and skipped.
 * @param accepted true if it was taken; then the code is OK
 * @param reason   why not accepted; empty when accepted
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
