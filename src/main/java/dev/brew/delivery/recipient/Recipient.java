package dev.brew.delivery.recipient;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A recipient of events, with the handler that gRPC and Kafka share. The handler validates an event, reports it as
 * <em>received</em>, applies the delay, reports it as <em>processed</em>, and answers. The gRPC service and the Kafka
 * poll loop are thin adapters to it.
 *
 * <p>Safe for use by several threads. Delay and failures may change while events arrive.
 */
public final class Recipient {

    /** The largest number of recipients of a run. */
    public static final int MAX = 1024;

    private static final List<String> NAMES = List.of("analytics", "notifications", "billing", "anti-fraud", "crm",
            "rewards", "email", "search", "audit", "partners");
    private static final long SEED = 0x5EED;

    private final int index;
    private final String name;
    private final NanoClock clock;
    private final RecipientObserver observer;
    private final SplittableRandom random;
    private volatile DelayModel delay;
    private volatile long stoppedUntilNanos = Long.MIN_VALUE;
    private volatile FailureModel failures = FailureModel.NONE;

    public Recipient(int index, String name, DelayModel delay, NanoClock clock, RecipientObserver observer) {
        this.index = index;
        this.name = name;
        this.delay = delay;
        this.clock = clock;
        this.observer = observer;
        this.random = new SplittableRandom(SEED + index);
    }

    /**
     * The names of a run's recipients: analytics, notifications, billing …, then recipient-11, recipient-12 ….
     *
     * @param count 1..{@value #MAX}
     * @throws IllegalArgumentException if {@code count} is out of range
     */
    public static List<String> names(int count) {
        if (count < 1 || count > MAX) {
            throw new IllegalArgumentException("recipients must be 1.." + MAX + ", got " + count);
        }
        return IntStream.range(0, count)
                .mapToObj(i -> i < NAMES.size() ? NAMES.get(i) : "recipient-" + (i + 1))
                .toList();
    }

    /** The recipients {@code names}, each with its delay from {@code plan}; all report to {@code observer}. */
    public static List<Recipient> all(List<String> names, DelayPlan plan, NanoClock clock,
                                      RecipientObserver observer) {
        List<Recipient> recipients = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            recipients.add(new Recipient(i, names.get(i), plan.of(i, names), clock, observer));
        }
        return List.copyOf(recipients);
    }

    /** The index of this recipient among the run's recipients, from 0. */
    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    /** Changes the delay of every event that arrives from now on. */
    public void delay(DelayModel newDelay) {
        this.delay = newDelay;
    }

    /**
     * Stops the recipient until an instant, like a process that hangs and recovers. For an event that arrives before
     * that instant, the handler is entered, and the event is <em>received</em>, at that instant. Later events do not
     * wait.
     *
     * @param atNanos the instant on the recipient's clock, at most one hour ahead
     */
    public void stopUntil(long atNanos) {
        this.stoppedUntilNanos = atNanos;
    }

    /**
     * Applies {@code newFailures} to events that are processed from now on; a failed event is received and processed,
     * too.
     */
    public void failures(FailureModel newFailures) {
        this.failures = newFailures;
    }

    /**
     * Handles one event.
     *
     * @param pause  the implementation of the delay
     * @param answer receives the verdict exactly once, on this thread or on the thread that {@code pause} chooses;
     *               receives no verdict if a blocking pause is interrupted or ends early
     */
    public void handle(CustomerSignedUp event, Pause pause, Consumer<Verdict> answer) {
        long at = clock.nanos();
        long held = stoppedUntilNanos;
        if (at < held) {
            pause.run(held - at, () -> enter(event, clock.nanos(), pause, answer));
        } else {
            enter(event, at, pause, answer);
        }
    }

    private void enter(CustomerSignedUp event, long at, Pause pause, Consumer<Verdict> answer) {
        if (event.getCustomerId().isEmpty()) {
            invalid("customer_id is required", answer);
            return;
        }
        RecipientObserver.Reception reception = observer.received(this, event, at);
        long nanos = nextDelayNanos();
        if (nanos == 0) {
            finish(reception, answer);
        } else {
            pause.run(nanos, () -> finish(reception, answer));
        }
    }

    /** Handles one serialized event, as {@link #handle(CustomerSignedUp, Pause, Consumer)} does. */
    public void handle(byte[] value, Pause pause, Consumer<Verdict> answer) {
        CustomerSignedUp event;
        try {
            event = CustomerSignedUp.parseFrom(value == null ? new byte[0] : value);
        } catch (InvalidProtocolBufferException e) {
            invalid("not a CustomerSignedUp: " + e.getMessage(), answer);
            return;
        }
        handle(event, pause, answer);
    }

    private void finish(RecipientObserver.Reception reception, Consumer<Verdict> answer) {
        reception.processed(clock.nanos());
        answer.accept(nextVerdict());
    }

    /** Counts a message that is not a valid event, and answers that it is invalid. */
    public void invalid(String reason, Consumer<Verdict> answer) {
        observer.invalid(this, reason);
        answer.accept(Verdict.invalid(reason));
    }

    private Verdict nextVerdict() {
        FailureModel now = failures;
        if (now.isNone()) {
            return Verdict.ACCEPTED;
        }
        synchronized (random) {
            return now.next(random);
        }
    }

    private long nextDelayNanos() {
        DelayModel now = delay;
        if (now.isNone()) {
            return 0;
        }
        synchronized (random) {
            return now.nextNanos(random);
        }
    }
}
