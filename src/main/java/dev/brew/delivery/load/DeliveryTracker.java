package dev.brew.delivery.load;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.recipient.Ledger;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.text.Few;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Follows every event of a trial to every recipient: it makes the events, observes the recipients, keeps a
 * {@link Ledger} for each phase, and lists the problems. Safe for use by several threads.
 *
 * <p>The ledgers of all phases stay until the trial ends. A duplicate that arrives after its iteration is therefore
 * found.
 */
public final class DeliveryTracker implements RecipientObserver {

    private static final Reception NOTHING_FOLLOWS = atNanos -> { };

    private final String run;
    private final List<String> recipients;
    private final int customers;
    private final int payloadBytes;
    private final NanoClock clock;
    private final Map<String, Phase> phases = new ConcurrentSkipListMap<>();
    private final AtomicLong strangers = new AtomicLong();
    private final Map<String, AtomicLong> invalid = new ConcurrentSkipListMap<>();
    private volatile Throwable broken;

    /**
     * @param recipients   the names of the recipients, in the order of their indexes
     * @param customers    see {@link Events}
     * @param payloadBytes see {@link Events}
     */
    public DeliveryTracker(List<String> recipients, int customers, int payloadBytes, NanoClock clock) {
        this.run = EventId.newRun();
        this.recipients = List.copyOf(recipients);
        this.customers = customers;
        this.payloadBytes = payloadBytes;
        this.clock = clock;
    }

    /** The name of this trial in event ids. */
    public String run() {
        return run;
    }

    /**
     * Opens a phase; events are sent through it.
     *
     * @param name letters and digits; not used before in this trial
     */
    public Phase begin(String name) {
        return begin(name, customers);
    }

    /**
     * Opens a phase for several concurrent senders. Their events have no order that a path could keep, so every event
     * has its own customer.
     *
     * @param name as for {@link #begin(String)}
     */
    public Phase beginUnordered(String name) {
        return begin(name, 0);
    }

    private Phase begin(String name, int customersOfPhase) {
        Phase phase = new Phase(name, customersOfPhase);
        if (phases.putIfAbsent(name, phase) != null) {
            throw new IllegalArgumentException("phase " + name + " has been used");
        }
        return phase;
    }

    /**
     * Reports that the path broke, for example because a consumer's thread died. Every event that is under way or is
     * sent later fails with {@code cause}.
     */
    public void fail(Throwable cause) {
        broken = cause;
        phases.values().forEach(phase -> phase.underWay.values().forEach(delivery -> delivery.fail(cause)));
    }

    /** All problems of all phases so far, in words; empty if there are none. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        phases.values().forEach(phase -> problems.addAll(phase.problems()));
        if (strangers.get() > 0) {
            problems.add(strangers + " events of another run or phase came");
        }
        problems.addAll(Few.entries(invalid.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + " times)").toList()));
        return problems;
    }

    @Override
    public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
        EventId id = idOf(event);
        Phase phase = id == null || !id.run().equals(run) ? null : phases.get(id.phase());
        if (phase == null) {
            strangers.incrementAndGet();
            return NOTHING_FOLLOWS;
        }
        return phase.received(recipient.index(), id.sequence(), atNanos - Events.signedUpNanos(event));
    }

    @Override
    public void invalid(Recipient recipient, String reason) {
        invalid.computeIfAbsent(recipient.name() + " got an invalid event: " + reason, key -> new AtomicLong())
                .incrementAndGet();
    }

    private static EventId idOf(CustomerSignedUp event) {
        try {
            return EventId.parse(event.getEventId());
        } catch (IllegalArgumentException e) {
            return null; // not an event of this suite; counted as a stranger
        }
    }

    /** One phase, such as a warm-up iteration or a measured iteration. */
    public final class Phase {

        private final Events events;
        private final Ledger ledger;
        private final Map<Long, Delivery> underWay = new ConcurrentHashMap<>();
        private final AtomicLong failed = new AtomicLong();
        private final AtomicReference<Throwable> firstFailure = new AtomicReference<>();
        private volatile boolean abandoned;

        private Phase(String name, int customersOfPhase) {
            this.ledger = new Ledger(recipients, customersOfPhase);
            this.events = new Events(run, name, customersOfPhase, payloadBytes, clock);
        }

        /** As {@link #send(DeliveryPath, long, Consumer)}, for a caller that waits for the event's end instead. */
        public Delivery send(DeliveryPath path, long dueNanos) {
            return send(path, dueNanos, delivery -> { });
        }

        /**
         * Sends one event that was due at {@code dueNanos}. May be called from any thread.
         *
         * @param onEnd called once, when the event is over or has failed, on the thread that ended it
         * @return the event under way; it has failed already if the path has broken
         */
        Delivery send(DeliveryPath path, long dueNanos, Consumer<Delivery> onEnd) {
            long sequence = events.nextSequence();
            CustomerSignedUp event = events.event(sequence, dueNanos);
            Delivery delivery = new Delivery(event.getEventId(), dueNanos, recipients, ended -> {
                underWay.remove(sequence);
                if (ended.failure() != null) {
                    failed.incrementAndGet();
                    firstFailure.compareAndSet(null, ended.failure());
                }
                onEnd.accept(ended);
            });
            underWay.put(sequence, delivery);
            if (broken != null) {
                delivery.fail(broken);
                return delivery;
            }
            path.deliver(event).whenComplete((report, failure) -> {
                if (failure != null) {
                    delivery.fail(failure);
                } else {
                    delivery.answered(report);
                }
            });
            return delivery;
        }

        /**
         * Checks the accounts of this phase and of all other phases.
         *
         * @throws DeliveryException if an event was lost, duplicated, out of order or never sent, arrived at a
         *                           recipient as invalid, failed, or is not over
         */
        public void requireBalance() {
            List<String> found = DeliveryTracker.this.problems();
            if (!found.isEmpty()) {
                throw new DeliveryException("phase " + events.phase() + ": " + String.join("; ", found));
            }
        }

        /** The number of events sent. */
        public long sent() {
            return events.made();
        }

        /**
         * The number of sent events that a recipient has not processed and may still process. An event that failed at
         * its sender no longer counts, whatever the recipient does with it later. May be called from any thread.
         */
        public long owedBy(int recipient) {
            return underWay.values().stream().filter(delivery -> delivery.isOwedBy(recipient)).count();
        }

        /** The account of each recipient against the events sent so far. May be called from any thread. */
        public List<Ledger.Balance> balance() {
            return ledger.balance(sent());
        }

        /**
         * The missing receptions, processings and answers of the events that are still under way, in words: one line
         * for each combination; empty if no event is under way.
         */
        public List<String> missing() {
            Map<String, LongSummaryStatistics> sequences = new TreeMap<>();
            underWay.forEach((sequence, delivery) -> sequences
                    .computeIfAbsent(delivery.missing(), what -> new LongSummaryStatistics()).accept(sequence));
            List<String> missing = new ArrayList<>();
            sequences.forEach((what, which) -> missing.add((which.getCount() == 1 ? "event " + which.getMin()
                    : which.getCount() + " events from " + which.getMin() + " to " + which.getMax()) + ": " + what));
            return Few.entries(missing);
        }

        /** Passes each event that is still under way to {@code to}. */
        void late(Consumer<Delivery> to) {
            underWay.values().forEach(to);
        }

        /**
         * Stops waiting for the events under way. From now on, only an event that is duplicated, out of order, never
         * sent, invalid or failed, for example refused by a target, is a problem of this phase. For load that a path
         * could not keep up with: an unfinished event is then late, which does not show that the path would lose it.
         */
        public void abandon() {
            abandoned = true;
        }

        private Reception received(int recipient, long sequence, long latencyNanos) {
            Delivery delivery = underWay.get(sequence);
            if (!ledger.received(recipient, sequence)) {
                return NOTHING_FOLLOWS;
            }
            if (delivery == null) { // the event failed at the sender and arrived nevertheless
                return NOTHING_FOLLOWS;
            }
            delivery.received(recipient, latencyNanos);
            return processedNanos -> delivery.processed(recipient, processedNanos);
        }

        private List<String> problems() {
            List<String> problems = new ArrayList<>();
            problems.addAll(Few.entries(balance().stream()
                    .filter(balance -> !(abandoned ? balance.holdsButForLoss() : balance.holds()))
                    .map(balance -> "phase " + events.phase() + ", " + balance).toList()));
            if (!abandoned) {
                missing().forEach(what -> problems.add("phase " + events.phase() + ", " + what));
            }
            if (failed.get() > 0) {
                problems.add("phase " + events.phase() + ", " + failed + " events failed, the first: "
                        + firstFailure.get().getMessage());
            }
            return problems;
        }
    }
}
