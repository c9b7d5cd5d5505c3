package dev.brew.delivery.broker;

/**
 * The end of a child JVM, which several threads may bring about: the one that watches the parent, a shutdown hook, and the
 * main thread, whose start fails because of it. Each of them halts the JVM, so each must wait until what has to be done is
 * done. Thread-safe.
 */
final class EndOnce {

    private final Runnable action;
    private volatile boolean begun;

    EndOnce(Runnable action) {
        this.action = action;
    }

    /** Does it, or waits until the thread that began it has done it. */
    synchronized void end() {
        if (!begun) {
            begun = true;
            action.run();
        }
    }

    boolean hasBegun() {
        return begun;
    }

    /** If it has begun, waits until it is done. For a thread that is about to halt the JVM for another reason. */
    void awaitIfBegun() {
        if (begun) {
            end();
        }
    }
}
