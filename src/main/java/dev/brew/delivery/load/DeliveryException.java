package dev.brew.delivery.load;

/**
 * An event was not delivered correctly, or a check failed; the message names the event and the recipient, or the
 * check.
 */
public final class DeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    DeliveryException(String message) {
        super(message);
    }

    DeliveryException(String message, Throwable cause) {
        super(message, cause);
    }
}
