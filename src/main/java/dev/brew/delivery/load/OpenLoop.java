package dev.brew.delivery.load;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.TrialRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

/**
 * A sender whose schedule never waits for the system. The instant when an event is due is its sign-up time, so a stall
 * cannot hide the events that it delayed (coordinated omission). The number of events in flight is bounded. An event
 * that is due while the bound is reached waits, and its latency includes this wait.
 *
 * <p>A loop runs once, on one thread. {@link #stop} and the methods that count events may be called from any thread.
 */
public final class OpenLoop {

    /** The default bound on the number of events in flight. */
    public static final int MAX_IN_FLIGHT = 10_000;
    /** The longest time between two checks for {@link #stop}. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final DeliveryTracker.Phase phase;
    private final DeliveryPath path;
    private final LongFunction<TrialRecorder> recorderOf;
    private final NanoClock clock;
    private final Pacer pacer;
    private final Arrivals arrivals;
    private final int maxInFlight;
    private final Semaphore places;
    private final Throughput throughput = new Throughput();
    private final SelfCheck selfCheck;
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Map<String, AtomicLong> failures = new ConcurrentSkipListMap<>();
    private final AtomicReference<RuntimeException> broken = new AtomicReference<>();
    private volatile long sent;
    private volatile long endNanos;
    private boolean stopped;
    private volatile boolean closed;
    private final AtomicLong slow = new AtomicLong();
    private long slowNanos = Long.MAX_VALUE;
    private long mostSlow = Long.MAX_VALUE;
    private volatile boolean gaveUp;
    private Duration drain;
    private long startNanos;
    private int mostInFlight;
    private long neverSent;

    /**
     * @param phase       the phase of the events; an unordered phase unless the path keeps the order of events in
     *                    flight
     * @param recorder    records the latencies of the events; already started
     * @param arrivals    the schedule of the events
     * @param maxInFlight the largest number of events that are sent and not yet over, 1 or more
     */
    public OpenLoop(DeliveryTracker.Phase phase, DeliveryPath path, TrialRecorder recorder, NanoClock clock,
                    Arrivals arrivals, int maxInFlight) {
        this(phase, path, due -> recorder, clock, new Pacer(clock), arrivals, maxInFlight);
    }

    /** @param recorderOf the recorder of an event's latencies, by the instant at which the event was due */
    public OpenLoop(DeliveryTracker.Phase phase, DeliveryPath path, LongFunction<TrialRecorder> recorderOf, NanoClock clock,
             Pacer pacer, Arrivals arrivals, int maxInFlight) {
        this.phase = phase;
        this.path = path;
        this.recorderOf = recorderOf;
        this.clock = clock;
        this.pacer = pacer;
        this.arrivals = arrivals;
        this.maxInFlight = requireInFlight(maxInFlight);
        this.places = new Semaphore(maxInFlight);
        this.selfCheck = new SelfCheck(path.name());
    }

    /**
     * Returns {@code maxInFlight} if it is in range, else throws an {@link IllegalArgumentException} with the value.
     */
    public static int requireInFlight(int maxInFlight) {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight must be 1 or more, got " + maxInFlight);
        }
        return maxInFlight;
    }

    /**
     * Aborts the load once more than {@code most} events exceed {@code bound}: everything after that is backlog. Call it
     * before {@link #run}.
     */
    public OpenLoop giveUpAbove(Duration bound, long most) {
        slowNanos = bound.toNanos();
        mostSlow = most;
        return this;
    }

    /**
     * Sends the events that are due within {@code length} from now, or until {@link #stop}, and waits until they are
     * over. Events may be sent until {@code drain} after the end of the schedule. The loop then waits for the events
     * in flight, for at most another {@code drain}. An event that is not over by then is late: the latencies that its
     * sender and recipients have by then are recorded, and later ones are ignored.
     *
     * @return the result; it lists missing events, which cause no exception
     * @throws IllegalStateException if a sample was wrong, for example because an event was stamped in the future
     */
    public Outcome run(Duration length, Duration drain) throws InterruptedException {
        this.drain = drain;
        begin(length);
        send();
        if (places.tryAcquire(maxInFlight, drain.toNanos(), TimeUnit.NANOSECONDS)) {
            places.release(maxInFlight);
        }
        closed = true;
        Outcome outcome = outcome();
        phase.late(delivery -> recorderOf.apply(delivery.signedUpNanos()).record(clock.nanos(),
                delivery.latenciesSoFar()));
        if (broken.get() != null) {
            throw new IllegalStateException(broken.get().getMessage(), broken.get());
        }
        return outcome;
    }

    /** Synchronized with {@link #stop}: if the stop comes first, the run ends at once. */
    private synchronized void begin(Duration length) {
        startNanos = clock.nanos();
        endNanos = stopped ? startNanos : startNanos + length.toNanos();
    }

    private void send() throws InterruptedException {
        long due = nextDue();
        while (due < endNanos) {
            awaitUntil(due);
            if (due >= endNanos) { // the loop was stopped during the wait
                return;
            }
            throughput.due(due - startNanos);
            if (clock.nanos() > endNanos + drain.toNanos() || !place()) {
                countNeverSent();
                return;
            }
            phase.send(path, due, this::ended);
            sent++;
            mostInFlight = Math.max(mostInFlight, maxInFlight - places.availablePermits());
            due = nextDue();
        }
    }

    private void countNeverSent() {
        neverSent = 1;
        for (long due = nextDue(); due < endNanos; due = nextDue()) {
            throughput.due(due - startNanos);
            neverSent++;
        }
    }

    private long nextDue() {
        return startNanos + arrivals.nextNanos();
    }

    private void awaitUntil(long due) throws InterruptedException {
        for (long now = clock.nanos(); due - now > SLICE_NANOS && due < endNanos; now = clock.nanos()) {
            pacer.awaitUntil(Math.min(due - SLICE_NANOS / 2, now + SLICE_NANOS));
        }
        if (due < endNanos) {
            pacer.awaitUntil(due);
        }
    }

    /** Takes a place for one event in flight; false if no place becomes free until the drain is over. */
    private boolean place() throws InterruptedException {
        boolean taken = places.tryAcquire();
        for (long left = left(); !taken && left > 0; left = left()) {
            taken = places.tryAcquire(Math.min(left, SLICE_NANOS), TimeUnit.NANOSECONDS);
        }
        return taken;
    }

    private long left() {
        return endNanos + drain.toNanos() - clock.nanos();
    }

    private void ended(Delivery delivery) {
        if (closed) { // late: the record would belong to the next iteration
            return;
        }
        try {
            if (delivery.failure() == null) {
                long over = delivery.completedNanos();
                recorderOf.apply(delivery.signedUpNanos()).record(over, delivery.latencies(over));
                throughput.over(delivery.signedUpNanos() - startNanos, over - startNanos);
                selfCheck.add(delivery.report(), delivery.processedNanos());
                completed.incrementAndGet();
                if (over - delivery.signedUpNanos() > slowNanos && slow.incrementAndGet() > mostSlow) {
                    gaveUp = true;
                    stop();
                }
            } else {
                failures.computeIfAbsent(kind(delivery), key -> new AtomicLong()).incrementAndGet();
                failed.incrementAndGet();
                if (delivery.report() != null) { // the receptions and the sender's latency are recorded
                    recorderOf.apply(delivery.signedUpNanos()).record(delivery.report().unblockedNanos(),
                            delivery.latenciesOfFailure());
                }
            }
        } catch (RuntimeException e) { // a thread of the transport would discard the exception
            broken.compareAndSet(null, e);
        } finally {
            places.release();
        }
    }

    /** The codes of the targets that did not accept the event, or the class of the exception that broke the path. */
    private static String kind(Delivery delivery) {
        if (delivery.report() == null) {
            return delivery.failure().getClass().getSimpleName();
        }
        return delivery.report().outcomes().stream().filter(outcome -> !outcome.accepted())
                .map(outcome -> outcome.code().equals("OK") ? "REJECTED" : outcome.code()).distinct().sorted()
                .reduce((first, second) -> first + "+" + second).orElse("UNKNOWN");
    }

    private Outcome outcome() {
        long end = Math.min(endNanos, clock.nanos());
        Map<String, Long> counted = new TreeMap<>();
        failures.forEach((kind, count) -> counted.put(kind, count.get()));
        List<String> missing = new ArrayList<>(phase.missing());
        if (neverSent > 0) {
            missing.add(neverSent + " events were due and never sent: " + maxInFlight + " were in flight");
        }
        return new Outcome(sent, neverSent, completed.get(), counted, missing,
                throughput.rates(end - startNanos), mostInFlight, gaveUp, selfCheck.findings());
    }

    /** Ends the schedule: no event is due from now on. After a call before {@link #run}, no event is due at all. */
    public synchronized void stop() {
        stopped = true;
        endNanos = Math.min(endNanos, clock.nanos());
    }

    /** The number of events sent so far. */
    public long sent() {
        return sent;
    }

    /** The number of events that are over so far, without failed events. */
    public long completed() {
        return completed.get();
    }

    /** The number of events that have failed so far: a target did not accept the event, or the path broke. */
    public long failed() {
        return failed.get();
    }

    /** The number of events sent and not yet over. */
    public long inFlight() {
        return maxInFlight - places.availablePermits();
    }

    /**
     * The result of an open loop.
     *
     * @param sent         events sent
     * @param neverSent    events that were due and not sent, because too many events were in flight until the drain
     *                     was over
     * @param completed    sent events that are over
     * @param failures     number of failed events, by the codes of their targets
     * @param missing      the missing receptions, processings and answers of the sent events that neither completed nor
     *                     failed, and the events that were never sent; in words
     * @param rates        see {@link Throughput.Rates}
     * @param mostInFlight the largest number of events sent and not yet over
     * @param gaveUp       true if the load was aborted because too many events were slow; its latencies are not valid
     * @param findings     see {@link SelfCheck.Findings}
     */
    public record Outcome(long sent, long neverSent, long completed, Map<String, Long> failures, List<String> missing,
                          Throughput.Rates rates, int mostInFlight, boolean gaveUp,
                          SelfCheck.Findings findings) {

        /** The number of failed events. */
        public long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }

        /** The number of events that were sent and had neither completed nor failed at the end of the drain. */
        public long late() {
            return sent - completed - failed();
        }

        /**
         * Checks the outcome against the bounds that hold for every run.
         *
         * @throws DeliveryException if a hard bound does not hold: the measurement is then wrong, not the path
         */
        public void requireSound() {
            List<String> problems = new ArrayList<>(findings.problems());
            if (!gaveUp && !rates.saturated() && completed >= SelfCheck.ENOUGH && !rates.obeysLittle()) {
                problems.add("Little's law: " + rates);
            }
            if (!problems.isEmpty()) {
                throw new DeliveryException("self-check: " + String.join("; ", problems));
            }
        }

        /** The figures by their names in a trial's file; see {@link Scalars}. */
        public Map<String, Double> scalars() {
            Map<String, Double> scalars = new TreeMap<>(Map.of(Scalars.OFFERED, rates.offered(),
                    Scalars.ACHIEVED, rates.achieved(), Scalars.NEVER_SENT, (double) neverSent,
                    Scalars.MOST_IN_FLIGHT, (double) mostInFlight));
            scalars.put(Scalars.LATE, (double) late());
            scalars.put(Scalars.FAILED, (double) failed());
            if (gaveUp) {
                scalars.put(Scalars.GAVE_UP, 1.0);
            }
            findings.sumOfCalls().ifPresent(ratio -> scalars.put(Scalars.SUM_OF_CALLS, ratio));
            findings.independence().ifPresent(ratio -> scalars.put(Scalars.INDEPENDENCE, ratio));
            return scalars;
        }
    }
}
