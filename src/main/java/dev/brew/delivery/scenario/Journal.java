package dev.brew.delivery.scenario;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What one recipient got, in the order in which it came: for recipients that no tracker follows. Thread-safe. */
final class Journal implements RecipientObserver {

    private final List<Entry> entries = new ArrayList<>();

    /**
     * One reception.
     *
     * @param sequence     of the event
     * @param atNanos      when the handler was entered, on the lab's clock
     * @param latencyNanos the same, minus the instant the event was due
     */
    record Entry(long sequence, long atNanos, long latencyNanos) {
    }

    /** Keeps nothing. */
    static class None implements RecipientObserver {

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
        entries.add(new Entry(EventId.parse(event.getEventId()).sequence(), atNanos,
                atNanos - Events.signedUpNanos(event)));
        notifyAll();
        return at -> { };
    }

    @Override
    public void invalid(Recipient recipient, String reason) {
        throw new IllegalStateException(recipient.name() + " got an invalid event: " + reason);
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    synchronized int size() {
        return entries.size();
    }

    /** How many different events came. */
    synchronized long distinct() {
        return entries.stream().map(Entry::sequence).collect(Collectors.toSet()).size();
    }

    /** Waits until {@code count} receptions are in; false if they are not within {@code patience}. */
    synchronized boolean await(int count, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (entries.size() < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
