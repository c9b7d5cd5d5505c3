package dev.brew.delivery.rig;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.load.WarmUp;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcLoopback;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A path with all that it needs, open and followed by a tracker: what programs outside JMH measure on. For one thread,
 * unless it says otherwise.
 */
public final class Rig implements AutoCloseable {

    /** The paths there are. */
    public static final List<String> PATHS = List.of("grpc-sequential", "grpc-parallel", "kafka", "null");

    private static final int CUSTOMERS = 100;
    private static final Duration EVENT_DEADLINE = Duration.ofSeconds(30);
    private static final DelayModel BRIEF = DelayModel.parse("fixed:1us");
    private static final int DRIVEN = 2_000;
    private static final double PACED = 0.7;
    private static final long LOOK_EVERY_MILLIS = 5;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Settings settings;
    private final NanoClock clock;
    private final DeliveryTracker tracker;
    private final List<Recipient> recipients;
    private final Broker broker;
    private final boolean ownsBroker;
    private final DeliveryPath path;
    private int warmUps;
    private int phases;

    /** @throws IllegalArgumentException if {@code path} is none of {@link #PATHS}; returns it otherwise */
    public static String requirePath(String path) {
        if (!PATHS.contains(path)) {
            throw new IllegalArgumentException("path must be one of " + String.join(", ", PATHS) + ", got '" + path + "'");
        }
        return path;
    }

    /**
     * What is opened.
     *
     * @param path         one of {@link #PATHS}
     * @param recipients   1 to {@link Recipient#MAX}
     * @param payloadBytes of an event, see {@link dev.brew.delivery.event.Events}
     * @param grpc         how calls are made; without meaning for Kafka
     * @param broker       which broker; without meaning for gRPC
     * @param kafka        how events are written and read; without meaning for gRPC
     */
    public record Settings(String path, int recipients, DelayPlan delay, int payloadBytes, GrpcOptions grpc,
                           Brokers.Wanted broker, KafkaOptions kafka) {

        public Settings {
            requirePath(path);
            delay.of(0, Recipient.names(recipients));
        }

        boolean isKafka() {
            return path.equals("kafka");
        }

        private Settings with(int count) {
            return new Settings(path, count, delay, payloadBytes, grpc, broker, kafka);
        }
    }

    /** @param broker null where the path has none */
    private Rig(Settings settings, NanoClock clock, Broker broker, boolean ownsBroker) throws Exception {
        this.settings = settings;
        this.clock = clock;
        List<String> names = Recipient.names(settings.recipients);
        this.tracker = new DeliveryTracker(names, CUSTOMERS, settings.payloadBytes, clock);
        this.recipients = Recipient.all(names, settings.delay, clock, tracker);
        this.broker = broker;
        this.ownsBroker = ownsBroker;
        this.path = openPath();
    }

    /**
     * Opens it.
     *
     * @param system      the suite's own properties: which image, which cluster
     * @param environment where the container engine is
     * @throws Exception if it cannot be opened; the message says why, and nothing is left
     */
    public static Rig open(Settings settings, NanoClock clock, Properties system, Map<String, String> environment)
            throws Exception {
        Broker broker = settings.isKafka() ? Brokers.start(settings.broker, system, environment) : null;
        try {
            return new Rig(settings, clock, broker, true);
        } catch (Exception e) {
            closeAfter(e, broker);
            throw e;
        }
    }

    /**
     * Opens the same for another number of recipients, beside this one: on the same broker, which stays this one's. Close it
     * before this one.
     *
     * @throws Exception as {@link #open}
     */
    public Rig beside(int count) throws Exception {
        return new Rig(settings.with(count), clock, broker, false);
    }

    private DeliveryPath openPath() throws Exception {
        if (settings.isKafka()) {
            broker.onLoss(tracker::fail);
            return KafkaPath.open(broker, settings.kafka, recipients, clock, tracker.run(), tracker::fail);
        }
        return switch (settings.path) {
            case "grpc-sequential" -> GrpcLoopback.open(GrpcFanOut.Mode.SEQUENTIAL, settings.grpc, recipients, clock);
            case "grpc-parallel" -> GrpcLoopback.open(GrpcFanOut.Mode.PARALLEL, settings.grpc, recipients, clock);
            default -> new NullPath(recipients, clock);
        };
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
     * Sends events from several senders side by side for so long; throws if one was not delivered.
     *
     * @return how many a second were over
     */
    public double warmUp(Duration time) throws InterruptedException {
        DeliveryTracker.Phase phase = tracker.beginUnordered("w" + ++warmUps);
        WarmUp.run(phase, path, Series.of(Recipient.names(settings.recipients)), clock, time, EVENT_DEADLINE);
        phase.requireBalance();
        return phase.sent() * 1e9 / time.toNanos();
    }

    /**
     * Keeps the path under load until it has settled, see {@link Settling}: in turn a second of as many events as it
     * takes with {@value #DRIVEN} in flight, and half a second at {@value #PACED} of that rate, since what is cold at a high
     * rate, or at a pace, stays cold under a few senders that wait for each event. Delays are brief meanwhile. Nothing of it is
     * measured, but for the rate; throws if an event was not delivered.
     *
     * @param most how long it may take
     * @return what came of it; its rate is that without a pause
     */
    public Settling settle(Duration most) throws InterruptedException {
        List<String> names = Recipient.names(settings.recipients);
        recipients.forEach(one -> one.delay(settings.delay.of(one.index(), names).isNone() ? DelayModel.NONE : BRIEF));
        try {
            Settling settling = new Settling(most);
            while (!settling.isOver()) {
                long began = clock.nanos();
                long compiled = compilerMillis();
                double rate = drive(Arrivals.MAX_RATE, DRIVEN, most.compareTo(LOOK) < 0 ? most : LOOK);
                drive(Math.max(1, PACED * rate), OpenLoop.MAX_IN_FLIGHT, LOOK.dividedBy(2));
                settling.tell(rate, clock.nanos() - began,
                        TimeUnit.MILLISECONDS.toNanos(compilerMillis() - compiled));
            }
            return settling;
        } finally {
            recipients.forEach(one -> one.delay(settings.delay.of(one.index(), names)));
        }
    }

    /** For how long the compilers of this JVM and of a process broker have been busy so far. */
    public long compilerMillis() throws InterruptedException {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return (compiler == null ? 0 : compiler.getTotalCompilationTime()) // a JVM without one is settled
                + (broker == null ? 0 : broker.compilerTime().toMillis());
    }

    /** How many events a second were over, counted until the last one was. */
    private double drive(double rate, int inFlight, Duration time) throws InterruptedException {
        DeliveryTracker.Phase phase = tracker.beginUnordered("w" + ++warmUps);
        TrialRecorder recorder = recorder();
        long began = clock.nanos();
        recorder.start(began);
        new OpenLoop(phase, path, recorder, clock, Arrivals.Process.CONSTANT.at(rate, 0), inFlight).run(time, Duration.ZERO);
        long end = clock.nanos() + EVENT_DEADLINE.toNanos(); // what had no place in that time was not sent
        while (!phase.missing().isEmpty() && clock.nanos() < end) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        double seconds = (clock.nanos() - began) / 1e9;
        phase.requireBalance();
        return phase.sent() / seconds;
    }

    /** A new phase for events in flight side by side: with its customers in order where the path keeps it. */
    public DeliveryTracker.Phase phase() {
        String name = "m" + ++phases;
        boolean ordered = settings.isKafka() && settings.kafka.acks().equals("all");
        return ordered ? tracker.begin(name) : tracker.beginUnordered(name);
    }

    /** A fresh recorder of this rig's series. */
    public TrialRecorder recorder() {
        return new TrialRecorder(Series.of(Recipient.names(settings.recipients)));
    }

    public DeliveryPath path() {
        return path;
    }

    public List<Recipient> recipients() {
        return recipients;
    }

    /** What has been used so far: CPU time and bytes on the wire. */
    public Usage usage() {
        return Usage.now(path.wireBytes(), broker == null ? Optional.empty() : broker.cpuTime());
    }

    /** All that moves the comparison, as in a trial's file. */
    public Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(path.settings());
        all.put("path", path.name());
        all.put("load", "open-loop");
        all.put("recipients", Integer.toString(settings.recipients));
        all.put("delay", settings.delay.toString());
        all.put("payload.bytes", Integer.toString(settings.payloadBytes));
        all.put("customers", Integer.toString(CUSTOMERS));
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
