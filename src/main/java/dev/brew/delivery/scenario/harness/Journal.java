package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Records the receptions of one recipient that no tracker follows, in order. Thread-safe. */
public final class Journal implements RecipientObserver {

    private final List<Entry> entries = new ArrayList<>();
    private final Set<Long> sequences = new HashSet<>();

    /**
     * One reception.
     *
     * @param sequence     sequence number of the event
     * @param atNanos      when the handler was called, on the context's clock
     * @param latencyNanos {@code atNanos} minus the event's sign-up time, at which the event was due
     */
    public record Entry(long sequence, long atNanos, long latencyNanos) {
    }

    /** Records nothing. */
    public static class None implements RecipientObserver {

        @Override
        public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
            return at -> { };
        }

        @Override
        public final void invalid(Recipient recipient, String reason) {
            throw new IllegalStateException(recipient.name() + " got an invalid event: " + reason);
        }
    }

    @Override
    public synchronized Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
        long sequence = EventId.parse(event.getEventId()).sequence();
        entries.add(new Entry(sequence, atNanos, atNanos - Events.signedUpNanos(event)));
        sequences.add(sequence);
        notifyAll();
        return at -> { };
    }

    @Override
    public void invalid(Recipient recipient, String reason) {
        throw new IllegalStateException(recipient.name() + " got an invalid event: " + reason);
    }

    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    public synchronized int size() {
        return entries.size();
    }

    /** The number of different events received. */
    public synchronized long distinct() {
        return sequences.size();
    }

    /** Waits until {@code count} different events have arrived; false if {@code patience} passes first. */
    public synchronized boolean await(int count, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (sequences.size() < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
