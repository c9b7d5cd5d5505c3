package dev.brew.delivery.recipient;

import dev.brew.delivery.users.v1.CustomerSignedUp;

/**
 * Observes every message that reaches a recipient. Its methods are called on the recipient's own threads, several at a
 * time, so an implementation must be thread-safe and fast: its time is measured as if the recipient were slow.
 */
public interface RecipientObserver {

    /**
     * Called when the handler is entered with a valid event.
     *
     * @param atNanos the instant, on the clock of {@link dev.brew.delivery.event.NanoClock}
     * @return the reception, which is notified when this event has been processed; never null
     */
    Reception received(Recipient recipient, CustomerSignedUp event, long atNanos);

    /** Called when a message is not a valid event; the recipient skips it. */
    void invalid(Recipient recipient, String reason);

    /** One event at one recipient, between received and processed. */
    @FunctionalInterface
    interface Reception {

        /**
         * Called at most once: processed at {@code atNanos}, on the clock of
         * {@link dev.brew.delivery.event.NanoClock}.
         */
        void processed(long atNanos);
    }
}
