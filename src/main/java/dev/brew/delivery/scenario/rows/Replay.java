package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Whether a new recipient can read earlier events. */
final class Replay implements Scenario {

    private static final int IN_FLIGHT = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Claim CLAIM = new Claim("replay", Claim.Kind.ROW, "replay",
            "A new Kafka group reads earlier events without help. Over gRPC there are none to read "
                    + "unless the sender has kept them.",
            "100,000 events go to analytics. Then analytics-v2 appears. Over Kafka it is a new group "
                    + "that starts at the first record. Over gRPC it is a new listener, tried with two "
                    + "senders: one that has kept nothing gets the new address and sends 100 more events; one "
                    + "that appends every event to a file calls analytics-v2 for each of them, 500 in flight.",
            "Not measurable where twice the time that analytics itself took for the events over "
                    + "Kafka reaches 60 s. Confirmed if over Kafka analytics-v2 got as many events as "
                    + "analytics within 60 s, and over gRPC it got no earlier event from the sender that has "
                    + "kept nothing. Refuted if Kafka's group lacks events or gRPC's listener has earlier "
                    + "events.");

    private static final int MORE = 100;

    private final int events;
    private final Between between;
    private final GrpcSender grpcSender;

    /** A step between the last event and the replay. */
    @FunctionalInterface
    interface Between {
        void happens(ExperimentContext context, KafkaPath path) throws Exception;
    }

    /** Opens a sender that has kept nothing. Called for both recipients. */
    @FunctionalInterface
    interface GrpcSender {
        DeliveryPath open(ExperimentContext context, GrpcFanOut.Target recipient);
    }

    Replay() {
        this(100_000, (context, path) -> { }, Replay::sender);
    }

    Replay(int events, Between between, GrpcSender grpcSender) {
        this.events = events;
        this.between = between;
        this.grpcSender = grpcSender;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Figures figures = new Figures();
        Kafka kafka = kafka(context, figures);
        long grpc = grpc(context, figures);
        return figures.judged(judge(kafka.noise(patience()), kafka.lacking(), grpc));
    }

    /**
     * Observations of Kafka.
     *
     * @param lacking      events that analytics has and analytics-v2 has not
     * @param firstSeconds from the first event's sending until analytics itself had all events
     */
    private record Kafka(long lacking, double firstSeconds) {

        Verdict.Noise noise(Duration patience) {
            return Verdict.Noise.millis("the time that analytics itself took", 1000 * firstSeconds,
                    patience.toMillis());
        }
    }

    private Duration patience() {
        return events > 10_000 ? PATIENCE : PATIENCE.dividedBy(6);
    }

    /**
     * @param noise   see the claim
     * @param lacking events that analytics has and Kafka's analytics-v2 has not
     * @param grpc    earlier events that gRPC's analytics-v2 got from a sender that has kept nothing
     */
    static Verdict judge(Verdict.Noise noise, long lacking, long grpc) {
        return Verdict.unlessNear(noise, () -> judge(lacking, grpc));
    }

    private static Verdict judge(long lacking, long grpc) {
        if (lacking > 0) {
            return Verdict.refuted("the new Kafka group lacks history");
        }
        return grpc > 0 ? Verdict.refuted("gRPC's new listener got history that nobody kept") : Verdict.confirmed();
    }

    private Kafka kafka(ExperimentContext context, Figures figures) throws Exception {
        Journal analytics = new Journal();
        Journal second = new Journal();
        Events source = source(context);
        try (KafkaPath path = KafkaPath.open(context.broker(), Defaults.KAFKA,
                List.of(recipient(context, "analytics", analytics)), context.clock(), source.run(), failure -> { })) {
            long sent = System.nanoTime();
            sendAll(path, events, source::next);
            figures.add("kafka", "sending " + events + " events", events / seconds(sent), "events/s");
            if (!analytics.await(events, PATIENCE)) {
                throw new IllegalStateException("analytics has " + analytics.size() + " of " + events + " events");
            }
            double first = seconds(sent);
            between.happens(context, path);
            long begin = System.nanoTime();
            path.join(recipient(context, "analytics-v2", second));
            boolean equal = second.await(events, patience());
            double took = seconds(begin);
            long lacking = analytics.distinct() - second.distinct();
            figures.add("kafka", "from the first event's sending to analytics having all", first, "s")
                    .add("kafka", "from analytics-v2's start to equal counts" + (equal ? "" : " (given up)"), took, "s")
                    .add("kafka", "rate of the replay", second.size() / took, "events/s")
                    .add("kafka", "events that analytics-v2 lacks", lacking, "events")
                    .add("kafka", "what the sender has to keep for it", 0, "bytes");
            return new Kafka(lacking, first);
        }
    }

    private long grpc(ExperimentContext context, Figures figures) throws Exception {
        Path log = context.directory("replay").resolve("events.log");
        Journal analytics = new Journal();
        Events source = source(context);
        try (GrpcListener first = listener(context, "analytics", analytics)) {
            try (DeliveryPath sender = grpcSender.open(context, target(first));
                 OutputStream out = new BufferedOutputStream(Files.newOutputStream(log))) {
                sendAll(sender, events, () -> {
                    CustomerSignedUp event = source.next();
                    event.writeDelimitedTo(out);
                    return event;
                });
            }
        }
        replayed(context, log, analytics.distinct(), figures);
        long history = untold(context, source);
        figures.add("grpc, nothing kept", "events of before that analytics-v2 got", history, "events");
        return history;
    }

    /** A sender that has kept nothing gets the new address; returns how many earlier events arrive with the new ones. */
    private long untold(ExperimentContext context, Events source) throws Exception {
        Journal late = new Journal();
        try (GrpcListener listener = listener(context, "analytics-v2", late);
             DeliveryPath sender = grpcSender.open(context, target(listener))) {
            sendAll(sender, MORE, source::next);
        }
        List<Long> came = late.entries().stream().map(Journal.Entry::sequence).distinct().toList();
        if (came.stream().filter(sequence -> sequence >= events).count() < MORE) {
            throw new IllegalStateException("analytics-v2 lacks events that were sent to it");
        }
        return came.stream().filter(sequence -> sequence < events).count();
    }

    private void replayed(ExperimentContext context, Path log, long all, Figures figures) throws Exception {
        Journal late = new Journal();
        try (GrpcListener listener = listener(context, "analytics-v2", late);
             DeliveryPath sender = sender(context, target(listener));
             InputStream in = new BufferedInputStream(Files.newInputStream(log))) {
            long begin = System.nanoTime();
            sendAll(sender, events, () -> CustomerSignedUp.parseDelimitedFrom(in));
            double took = seconds(begin);
            figures.add("grpc, sender's log", "what the sender has kept", Files.size(log), "bytes")
                    .add("grpc, sender's log", "from analytics-v2's start to equal counts", took, "s")
                    .add("grpc, sender's log", "rate of the replay", late.size() / took, "events/s")
                    .add("grpc, sender's log", "events that analytics-v2 lacks", all - late.distinct(), "events");
        }
    }

    private interface Source {
        CustomerSignedUp next() throws IOException;
    }

    private static void sendAll(DeliveryPath path, int count, Source source) throws IOException, InterruptedException {
        Semaphore places = new Semaphore(IN_FLIGHT);
        AtomicReference<String> failure = new AtomicReference<>();
        for (int i = 0; i < count; i++) {
            places.acquire();
            path.deliver(source.next()).whenComplete((report, broken) -> {
                if (broken != null || !report.accepted()) {
                    failure.compareAndSet(null, broken != null ? broken.toString() : report.refusals());
                }
                places.release();
            });
        }
        if (!places.tryAcquire(IN_FLIGHT, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            failure.compareAndSet(null, "no answer within " + PATIENCE);
        }
        if (failure.get() != null) {
            throw new IllegalStateException("not delivered: " + failure.get());
        }
    }

    private static Events source(ExperimentContext context) {
        return new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
    }

    private static Recipient recipient(ExperimentContext context, String name, Journal journal) {
        return new Recipient(0, name, DelayModel.NONE, context.clock(), journal);
    }

    private static GrpcListener listener(ExperimentContext context, String name, Journal journal) throws IOException {
        return GrpcListener.start(recipient(context, name, journal), HostPort.loopback(0), Defaults.GRPC,
                server -> { });
    }

    private static GrpcFanOut.Target target(GrpcListener listener) {
        return new GrpcFanOut.Target("recipient", listener.target());
    }

    private static GrpcFanOut sender(ExperimentContext context, GrpcFanOut.Target recipient) {
        return new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, List.of(recipient), context.clock());
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
