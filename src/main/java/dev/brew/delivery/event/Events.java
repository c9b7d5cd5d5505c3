package dev.brew.delivery.event;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the events of one phase of a run. Safe for use by several threads; the sequence has no gaps.
 */
public final class Events {

    /**
     * Smallest and largest {@code payloadBytes}. The fields do not fit in a smaller payload; a larger payload may exceed
     * Kafka's request limit of 1 MiB.
     */
    public static final int MIN_PAYLOAD_BYTES = 128;
    public static final int MAX_PAYLOAD_BYTES = 1_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int PADDING_FIELD = CustomerSignedUp.PADDING_FIELD_NUMBER;
    private static final String[] TIERS = {"bronze", "silver", "gold"};

    private final String run;
    private final String phase;
    private final int customers;
    private final int payloadBytes;
    private final NanoClock clock;
    private final byte[] noise;
    private final AtomicLong sequence = new AtomicLong();

    /**
     * @param run          see {@link EventId}
     * @param phase        see {@link EventId}
     * @param customers    the number of customers among whom the events rotate, 1 or more; 0: every event has its own
     *                     customer
     * @param payloadBytes serialized size of an event, {@value #MIN_PAYLOAD_BYTES}..{@value #MAX_PAYLOAD_BYTES}
     *                     bytes (exact, except one byte less at the two sizes where protobuf's length field grows)
     * @throws IllegalArgumentException if a value is out of range
     */
    public Events(String run, String phase, int customers, int payloadBytes, NanoClock clock) {
        new EventId(run, phase, 0);
        if (customers < 0) {
            throw new IllegalArgumentException("customers must be 0 or more, got " + customers);
        }
        this.run = run;
        this.phase = phase;
        this.customers = customers;
        this.payloadBytes = requirePayload(payloadBytes);
        this.clock = clock;
        this.noise = new byte[payloadBytes];
        new Random(payloadBytes).nextBytes(noise); // random bytes, because zeros would compress well
    }

    /**
     * Returns {@code payloadBytes} if it is in range, else throws an {@link IllegalArgumentException} with the value.
     */
    public static int requirePayload(int payloadBytes) {
        if (payloadBytes < MIN_PAYLOAD_BYTES || payloadBytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("payloadBytes must be " + MIN_PAYLOAD_BYTES + ".." + MAX_PAYLOAD_BYTES
                    + ", got " + payloadBytes);
        }
        return payloadBytes;
    }

    public String run() {
        return run;
    }

    public String phase() {
        return phase;
    }

    /** The number of events made so far; the sequence of the last event is one less. */
    public long made() {
        return sequence.get();
    }

    /** The next event, due now. */
    public CustomerSignedUp next() {
        return next(clock.nanos());
    }

    /** The next event, due at {@code dueNanos} on the clock of {@link NanoClock}. */
    public CustomerSignedUp next(long dueNanos) {
        return event(nextSequence(), dueNanos);
    }

    /** Takes the next sequence. The caller must make its event, because a sequence without an event counts as lost. */
    public long nextSequence() {
        return sequence.getAndIncrement();
    }

    /** The event of a sequence that was taken, due at {@code dueNanos} on the clock of {@link NanoClock}. */
    public CustomerSignedUp event(long number, long dueNanos) {
        long customer = customers == 0 ? number : number % customers;
        CustomerSignedUp.Builder event = CustomerSignedUp.newBuilder()
                .setCustomerId("c-" + customer)
                .setEmail("c-" + customer + "@brew.example")
                .setLoyaltyTier(TIERS[(int) (customer % TIERS.length)])
                .setSignedUpAt(timestamp(dueNanos))
                .setEventId(run + '.' + phase + '.' + number);
        return event.setPadding(padding(payloadBytes - event.buildPartial().getSerializedSize())).build();
    }

    /** The instant at which {@code event} was due, in nanoseconds on the clock of {@link NanoClock}. */
    public static long signedUpNanos(CustomerSignedUp event) {
        Timestamp at = event.getSignedUpAt();
        return at.getSeconds() * NANOS_PER_SECOND + at.getNanos();
    }

    private ByteString padding(int room) {
        int left = Math.max(0, room - CodedOutputStream.computeTagSize(PADDING_FIELD));
        int length = Math.max(0, left - CodedOutputStream.computeUInt32SizeNoTag(left));
        if (length + 1 + CodedOutputStream.computeUInt32SizeNoTag(length + 1) == left) {
            length++; // the shorter length field leaves one byte
        }
        return UnsafeByteOperations.unsafeWrap(noise, 0, length);
    }

    private static Timestamp timestamp(long nanos) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(nanos, NANOS_PER_SECOND))
                .setNanos((int) Math.floorMod(nanos, NANOS_PER_SECOND))
                .build();
    }
}
