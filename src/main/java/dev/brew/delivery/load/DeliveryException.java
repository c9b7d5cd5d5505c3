package dev.brew.delivery.load;

/** An event was not delivered as it should have been; the message names the event and the recipient. */
public final class DeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    DeliveryException(String message) {
        super(message);
    }

    DeliveryException(String message, Throwable cause) {
        super(message, cause);
    }
}
