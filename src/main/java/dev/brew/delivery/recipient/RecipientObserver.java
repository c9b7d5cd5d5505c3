package dev.brew.delivery.recipient;

import dev.brew.delivery.users.v1.CustomerSignedUp;

/**
 * Told of everything that reaches a recipient. Called on the recipient's own threads, several at a time, so an
 * implementation is thread-safe and quick: what it costs is measured as if the recipient were slow.
 */
public interface RecipientObserver {

    /**
     * The handler was entered with a valid event.
     *
     * @param atNanos when, on the clock of {@link dev.brew.delivery.event.NanoClock}
     * @return told when this very reception has been processed; never null
     */
    Reception received(Recipient recipient, CustomerSignedUp event, long atNanos);

    /** Something came that is not a valid event; it was skipped. */
    void invalid(Recipient recipient, String reason);

    /** One event at one recipient, between received and processed. */
    @FunctionalInterface
    interface Reception {

        /** Processed at {@code atNanos}, on the clock of {@link dev.brew.delivery.event.NanoClock}; told once. */
        void processed(long atNanos);
    }
}
