package dev.brew.delivery.rig;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.jvm.JitCompilers;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.ClosedLoop;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.load.WarmUp;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.results.WarmUpCurve;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An open path with its recipients, a tracker that follows them, and a broker where the path needs one. JMH states, sweeps,
 * disturbances and experiments all measure on a rig. For one thread, unless a method says otherwise.
 */
public final class Rig implements AutoCloseable {

    /** How long one event may take: far above any latency of a closed loop that is worth measuring. */
    public static final Duration EVENT_DEADLINE = Duration.ofSeconds(30);

    private static final int CUSTOMERS = 100;
    private static final DelayModel BRIEF = DelayModel.parse("fixed:1us");
    private static final int DRIVEN = 2_000;
    private static final double PACED = 0.7;
    private static final long LOOK_EVERY_MILLIS = 5;
    private static final Duration DRIVE = Duration.ofSeconds(1);
    private static final int LAST_RATES = 3;
    private static final double NANOS_PER_MICRO = 1000.0;

    private final Settings settings;
    private final NanoClock clock;
    private final DeliveryTracker tracker;
    private final List<String> series;
    private final List<Recipient> recipients;
    private final Broker broker;
    private final boolean ownsBroker;
    private final DeliveryPath path;
    private int warmUps;
    private long warmUpEvents;
    private int phases;

    /**
     * The parts of a rig.
     *
     * @param spec         of the path
     * @param recipients   that the tracker follows, 0 to {@link Recipient#MAX}
     * @param payloadBytes of an event, see {@link dev.brew.delivery.event.Events}
     * @param customers    whose events' order is checked, see {@link dev.brew.delivery.event.Events}; 0: no order is checked
     */
    public record Settings(PathSpec spec, int recipients, DelayPlan delay, int payloadBytes, int customers) {

        public Settings {
            delay.of(0, names(recipients));
        }

        /** With 100 customers. */
        public Settings(PathSpec spec, int recipients, DelayPlan delay, int payloadBytes) {
            this(spec, recipients, delay, payloadBytes, CUSTOMERS);
        }

        /** The path's kind as users type it. */
        public String path() {
            return spec.kind().toString();
        }

        private Settings with(int count) {
            return new Settings(spec, count, delay, payloadBytes, customers);
        }

        private List<String> names() {
            return names(recipients);
        }

        private static List<String> names(int count) {
            return count == 0 ? List.of() : Recipient.names(count);
        }
    }

    /**
     * Opens the path.
     *
     * @param untracked  recipients that the tracker does not follow; the path delivers to them first
     * @param broker     null if the path needs none
     * @param ownsBroker true if {@link #close} closes the broker
     */
    private Rig(Settings settings, List<Recipient> untracked, NanoClock clock, Broker broker, boolean ownsBroker)
            throws Exception {
        List<String> names = settings.names();
        this.settings = settings;
        this.clock = clock;
        this.tracker = new DeliveryTracker(names, settings.customers, settings.payloadBytes, clock);
        this.series = Series.of(settings.spec.seesReceptions() ? names : List.of());
        this.recipients = Recipient.all(names, settings.delay, clock, tracker);
        this.broker = broker;
        this.ownsBroker = ownsBroker;
        List<Recipient> all = new ArrayList<>(untracked);
        all.addAll(recipients);
        this.path = settings.spec.open(broker, all, clock, tracker);
    }

    /**
     * Opens a rig, with a broker of its own if the path needs one.
     *
     * @param system      the suite's own properties: which image, which cluster
     * @param environment where the container engine is
     * @throws Exception if it cannot be opened; the message says why, and nothing stays open
     */
    public static Rig open(Settings settings, NanoClock clock, Properties system, Map<String, String> environment)
            throws Exception {
        Optional<Brokers.Wanted> wanted = settings.spec.broker();
        Broker broker = wanted.isPresent() ? Brokers.start(wanted.get(), system, environment) : null;
        try {
            return new Rig(settings, List.of(), clock, broker, true);
        } catch (Exception e) {
            closeAfter(e, broker);
            throw e;
        }
    }

    /**
     * Opens a rig on a broker that others use, too, and that it does not close.
     *
     * @param broker null if the path needs none
     * @throws Exception if the path cannot be opened
     */
    public static Rig open(Settings settings, NanoClock clock, Broker broker) throws Exception {
        return new Rig(settings, List.of(), clock, broker, false);
    }

    /**
     * Opens a rig that needs no broker of its own.
     *
     * @param untracked recipients that the tracker does not follow; the path delivers to them first
     * @throws Exception if the path cannot be opened
     */
    public static Rig open(Settings settings, List<Recipient> untracked, NanoClock clock) throws Exception {
        return new Rig(settings, untracked, clock, null, false);
    }

    /**
     * Opens a second rig with another number of recipients on the same broker. Close it before this one, which keeps the
     * broker.
     *
     * @throws Exception if the path cannot be opened
     */
    public Rig beside(int count) throws Exception {
        return new Rig(settings.with(count), List.of(), clock, broker, false);
    }

    private static void closeAfter(Exception failure, Broker broker) {
        try {
            if (broker != null) {
                broker.close();
            }
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Sends events from several senders at the same time; throws if an event was not delivered.
     *
     * @return events over per second
     */
    public double warmUp(Duration time) throws InterruptedException {
        return warmUp(time, EVENT_DEADLINE);
    }

    private double warmUp(Duration time, Duration eventDeadline) throws InterruptedException {
        DeliveryTracker.Phase phase = warmUpPhase();
        WarmUp.run(phase, path, series, clock, time, eventDeadline);
        phase.requireBalance();
        warmUpEvents += phase.sent();
        return phase.sent() * 1e9 / time.toNanos();
    }

    /**
     * As {@link #warmUp}, but with brief delays: real delays leave time for a few dozen events, which warm nothing up.
     *
     * @param eventDeadline see {@link ClosedLoop}
     */
    public void load(Duration time, Duration eventDeadline) throws InterruptedException {
        withBriefDelays(() -> warmUp(time, eventDeadline));
    }

    /**
     * Sends one event after another, with brief delays; throws if an event was not delivered.
     *
     * @param eventDeadline see {@link ClosedLoop}
     * @return the median of <em>completed</em>, in µs
     */
    public double look(Duration time, Duration eventDeadline) throws InterruptedException {
        return withBriefDelays(() -> closedLoop(warmUpPhase(), time, eventDeadline).p50("completed") / NANOS_PER_MICRO);
    }

    /** A spell of events. */
    private interface Spell {
        double run() throws InterruptedException;
    }

    private double withBriefDelays(Spell spell) throws InterruptedException {
        shortenDelays();
        try {
            return spell.run();
        } finally {
            restoreDelays();
        }
    }

    private DeliveryTracker.Phase warmUpPhase() {
        return tracker.beginUnordered("s" + warmUps++);
    }

    /** The number of events that the warm-up has sent, without its looks: the history that a new recipient finds in a topic. */
    public long warmUpEvents() {
        return warmUpEvents;
    }

    private void shortenDelays() {
        delayed().forEach(recipient -> recipient.delay(BRIEF));
    }

    private void restoreDelays() {
        List<String> names = settings.names();
        delayed().forEach(recipient -> recipient.delay(settings.delay.of(recipient.index(), names)));
    }

    /** The recipients to which the settings give a delay; an experiment may have given delays to others. */
    private Stream<Recipient> delayed() {
        List<String> names = settings.names();
        return recipients.stream().filter(recipient -> !settings.delay.of(recipient.index(), names).isNone());
    }

    /**
     * A warmed-up path.
     *
     * @param curve see {@link Settling}
     * @param rate  events/s over the last three spells at the highest rate; 0 if there was none
     */
    public record Driven(WarmUpCurve curve, double rate) {
    }

    /**
     * Warms the path up for an open loop until it has settled, see {@link Settling}. Its load is one second at the highest
     * rate that the path takes with {@value #DRIVEN} events in flight, then half a second at {@value #PACED} of that rate:
     * code that stays cold at a high rate, or at a steady rate, also stays cold under a few senders that wait for each event.
     * Delays are brief meanwhile; throws if an event was not delivered.
     *
     * @param most the longest time to settle
     */
    public Driven settle(Duration most) throws Exception {
        List<Double> rates = new ArrayList<>();
        WarmUpCurve curve = Settling.one(driven(rates, most.compareTo(DRIVE) < 0 ? most : DRIVE), most, clock);
        return new Driven(curve, rates.stream().skip(Math.max(0, rates.size() - LAST_RATES)).mapToDouble(Double::doubleValue)
                .average().orElse(0));
    }

    private Settling.Row driven(List<Double> rates, Duration drive) {
        return new Settling.Row() {
            @Override
            public void load(Duration time) throws InterruptedException {
                rates.add(withBriefDelays(() -> {
                    double rate = drive(Arrivals.MAX_RATE, DRIVEN, drive);
                    drive(Math.max(1, PACED * rate), OpenLoop.MAX_IN_FLIGHT, drive.dividedBy(2));
                    return rate;
                }));
            }

            @Override
            public double look(Duration time) throws InterruptedException {
                return Rig.this.look(time, EVENT_DEADLINE);
            }

            @Override
            public long compilerMillis() throws InterruptedException {
                return Rig.this.compilerMillis();
            }

            @Override
            public boolean isHot() {
                return Rig.this.isHot();
            }
        };
    }

    /** How long the compilers of this JVM and of a process broker have worked so far. */
    public long compilerMillis() throws InterruptedException {
        return JitCompilers.millis() + (broker == null ? 0 : broker.compilerTime().toMillis());
    }

    /** True once the warm-up has delivered so often that no compiler waits for more calls; see {@link Settling}. */
    public boolean isHot() {
        return warmUpEvents * Math.max(1, recipients.size()) >= JitCompilers.callsUntilHot();
    }

    /** Returns the events over per second, counted until the last event was over. */
    private double drive(double rate, int inFlight, Duration time) throws InterruptedException {
        DeliveryTracker.Phase phase = warmUpPhase();
        TrialRecorder recorder = recorder();
        long began = clock.nanos();
        recorder.start(began);
        new OpenLoop(phase, path, recorder, clock, Arrivals.Process.CONSTANT.at(rate, 0), inFlight).run(time, Duration.ZERO);
        long end = clock.nanos() + EVENT_DEADLINE.toNanos(); // events that found no place in that time were not sent
        while (!phase.missing().isEmpty() && clock.nanos() < end) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        double seconds = (clock.nanos() - began) / 1e9;
        phase.requireBalance();
        warmUpEvents += phase.sent();
        return phase.sent() / seconds;
    }

    /** Sends one event after another for {@code time}; throws if an event was not delivered. */
    public Measured closedLoop(Duration time) throws InterruptedException {
        return closedLoop(phase(), time, EVENT_DEADLINE);
    }

    private Measured closedLoop(DeliveryTracker.Phase phase, Duration time, Duration eventDeadline)
            throws InterruptedException {
        TrialRecorder recorder = recorder();
        recorder.start(clock.nanos());
        ClosedLoop loop = new ClosedLoop(phase, path, recorder, clock, eventDeadline);
        long end = clock.nanos() + time.toNanos();
        while (clock.nanos() < end) {
            loop.deliverOne();
        }
        loop.flush();
        phase.requireBalance();
        return new Measured(recorder.stop(clock.nanos()), 0, null);
    }

    /**
     * Makes an open loop of evenly spaced events, which can be watched while it runs.
     *
     * @param sender this rig's path, or a wrapper of it
     * @param rate   events/s
     */
    public Running openLoop(DeliveryPath sender, double rate) {
        return new Running(phase(), sender, recorder(), clock, rate);
    }

    /**
     * Runs an open loop over a path whose recipients are in other processes, which no tracker follows.
     *
     * @param path      stays open
     * @param customers whose events take turns; 0: a customer for each event
     * @param rate      events/s
     * @param drain     see {@link OpenLoop#run}
     */
    public static OpenLoop.Outcome send(DeliveryPath path, int customers, int payloadBytes, NanoClock clock, double rate,
                                        Duration length, Duration drain) throws InterruptedException {
        DeliveryTracker tracker = new DeliveryTracker(List.of(), customers, payloadBytes, clock);
        return new Running(tracker.begin("m1"), path, new TrialRecorder(Series.of(List.of())), clock, rate)
                .run(length, drain).outcome();
    }

    /** An open loop. {@link #run} is called once; the other methods may be called from any thread. */
    public static final class Running {

        private final TrialRecorder recorder;
        private final NanoClock clock;
        private final OpenLoop loop;

        private Running(DeliveryTracker.Phase phase, DeliveryPath sender, TrialRecorder recorder, NanoClock clock,
                        double rate) {
            this.recorder = recorder;
            this.clock = clock;
            this.loop = new OpenLoop(phase, sender, recorder, clock, Arrivals.Process.CONSTANT.at(rate, 0),
                    OpenLoop.MAX_IN_FLIGHT);
        }

        /** Events sent and not yet over. */
        public long inFlight() {
            return loop.inFlight();
        }

        /** As {@link OpenLoop#run}: failures and missing events are in the outcome, they do not throw. */
        public Measured run(Duration time, Duration drain) throws InterruptedException {
            long start = clock.nanos();
            recorder.start(start);
            OpenLoop.Outcome outcome = loop.run(time, drain);
            return new Measured(recorder.stop(clock.nanos()), start, outcome);
        }
    }

    /** A new phase for events in flight at the same time; customers stay in order where the path keeps their order. */
    public DeliveryTracker.Phase phase() {
        return phase("m" + ++phases, settings.spec.keepsOrderInFlight());
    }

    /**
     * A new phase.
     *
     * @param name    not used before on this rig; warm-ups of the rig are s0, s1 …
     * @param ordered true: the events of each customer must arrive in order
     */
    public DeliveryTracker.Phase phase(String name, boolean ordered) {
        return ordered ? tracker.begin(name) : tracker.beginUnordered(name);
    }

    /** A fresh recorder of this rig's series. */
    public TrialRecorder recorder() {
        return new TrialRecorder(series);
    }

    public DeliveryPath path() {
        return path;
    }

    /** The recipients that the tracker follows. */
    public List<Recipient> recipients() {
        return recipients;
    }

    /** CPU time and bytes on the wire, from the start until now. */
    public Usage usage() {
        return Usage.now(path.wireBytes(), broker == null ? Optional.empty() : broker.cpuTime());
    }

    /** Every setting that moves the comparison, as a trial's file has it. {@code load} is that of an open loop. */
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(path.settings());
        all.put("path", path.name());
        all.put("load", "open-loop");
        all.put("recipients", Integer.toString(settings.recipients));
        all.put("delay", settings.delay.toString());
        all.put("payload.bytes", Integer.toString(settings.payloadBytes));
        all.put("customers", Integer.toString(settings.customers));
        return all;
    }

    /** @throws Exception if something could not be stopped or deleted; the message names it */
    @Override
    public void close() throws Exception {
        try {
            path.close();
        } catch (Exception e) {
            closeAfter(e, ownsBroker ? broker : null);
            throw e;
        }
        if (broker != null && ownsBroker) {
            broker.close();
        }
    }
}
