package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.FailureModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.text.HostPort;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;

/** When and in which form a sender learns that a recipient has not taken an event. */
final class SenderLearnsOfError implements Scenario {

    private static final int EVENTS = 20;
    private static final Duration DEADLINE = Duration.ofMillis(200);
    private static final Duration WATCH = Duration.ofSeconds(2);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** The monitor's rule: an alarm for a record that is not committed within this time. */
    private static final long ALARM_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Claim CLAIM = new Claim("sender-learns", Claim.Kind.ROW,
            "sender learns of an error",
            "Over gRPC the sender learns at once that a recipient did not take the event. Over Kafka "
                    + "it never does: it sees the broker's ack, and only a monitor of the lag shows the "
                    + "failure, later.",
            "A recipient fails in four ways for 20 events each: it rejects them with a status, "
                    + "rejects them softly, takes 1 s for each (the deadline is 200 ms), or has stopped. Over "
                    + "Kafka a monitor asks the broker for the lag of the group every 50 ms for 2 s, and "
                    + "raises an alarm when a record is not committed 1 s after it was sent.",
            "Confirmed if the gRPC sender was told of all four failures, and Kafka's sender got an "
                    + "ack for all of them. Refuted if the gRPC sender took an event of one of them for "
                    + "delivered, or Kafka's sender learned of one. What the monitor saw is evidence, not part "
                    + "of the criterion.");

    private final UnaryOperator<DeliveryPath> grpcSender;
    private final UnaryOperator<DeliveryPath> kafkaSender;

    SenderLearnsOfError() {
        this(path -> path, path -> path);
    }

    /**
     * @param grpcSender  wraps the path of the gRPC sender
     * @param kafkaSender wraps the path of Kafka's sender
     */
    SenderLearnsOfError(UnaryOperator<DeliveryPath> grpcSender, UnaryOperator<DeliveryPath> kafkaSender) {
        this.grpcSender = grpcSender;
        this.kafkaSender = kafkaSender;
    }

    /** How the recipient fails. */
    enum Trouble {
        REJECTS("rejects", DelayModel.NONE, "INVALID_ARGUMENT@100%"),
        REJECTS_SOFTLY("rejects softly", DelayModel.NONE, "REJECTED@100%"),
        TOO_SLOW("times out", DelayModel.parse("fixed:1s"), "none"),
        GONE("is gone", DelayModel.NONE, "none");

        private final String text;
        private final DelayModel delay;
        private final FailureModel failures;

        Trouble(String text, DelayModel delay, String failures) {
            this.text = text;
            this.delay = delay;
            this.failures = FailureModel.parse(failures);
        }
    }

    /**
     * What a sender learned of one failure.
     *
     * @param told   events that were reported to it as not taken, of 20
     * @param form   the code that it got, or OK
     * @param millis median time until it had the answer
     */
    record Knowledge(int told, String form, double millis) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Figures figures = new Figures();
        Map<Trouble, Knowledge> grpc = new EnumMap<>(Trouble.class);
        Map<Trouble, Knowledge> kafka = new EnumMap<>(Trouble.class);
        for (Trouble trouble : Trouble.values()) {
            grpc.put(trouble, grpc(context, trouble));
            add(figures, "grpc", trouble, grpc.get(trouble));
        }
        for (Trouble trouble : Trouble.values()) {
            kafka.put(trouble, kafka(context, trouble, figures));
        }
        return figures.judged(judge(grpc, kafka));
    }

    private static void add(Figures figures, String path, Trouble trouble, Knowledge known) {
        figures.add(path, "recipient " + trouble.text + ": events the sender was told of, as " + known.form(),
                        known.told(), "events")
                .add(path, "recipient " + trouble.text + ": until the sender had its answer, median", known.millis(),
                        "ms");
    }

    static Verdict judge(Map<Trouble, Knowledge> grpc, Map<Trouble, Knowledge> kafka) {
        for (Trouble trouble : Trouble.values()) {
            if (grpc.get(trouble).told() < EVENTS) {
                return Verdict.refuted("the gRPC sender did not learn that a recipient " + trouble.text);
            }
            if (kafka.get(trouble).told() > 0) {
                return Verdict.refuted("Kafka's sender learned that a recipient " + trouble.text);
            }
        }
        return Verdict.confirmed();
    }

    private Knowledge grpc(ExperimentContext context, Trouble trouble) throws Exception {
        GrpcOptions options = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL, DEADLINE);
        Recipient recipient = new Recipient(0, "analytics", DelayModel.NONE, context.clock(), new Journal());
        GrpcListener listener = GrpcListener.start(recipient, HostPort.loopback(0), options,
                server -> { });
        try (GrpcFanOut fanOut = new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, options,
                List.of(new GrpcFanOut.Target("analytics", listener.target())), context.clock())) {
            fanOut.connect(Duration.ofSeconds(10));
            Events events = new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
            send(fanOut, events); // while all is well
            if (trouble == Trouble.GONE) {
                listener.close();
            }
            recipient.delay(trouble.delay);
            recipient.failures(trouble.failures);
            return send(grpcSender.apply(fanOut), events);
        } finally {
            if (trouble != Trouble.GONE) {
                listener.close();
            }
        }
    }

    private static Knowledge send(DeliveryPath path, Events events) throws Exception {
        Histogram nanos = new Histogram(3);
        int told = 0;
        String form = "OK";
        for (int i = 0; i < EVENTS; i++) {
            SendReport report = path.deliver(events.next()).toCompletableFuture().get();
            nanos.recordValue(report.unblockedNanos() - report.startedNanos());
            SendReport.Outcome outcome = report.outcomes().get(0);
            if (!outcome.accepted()) {
                told++;
                form = outcome.code().equals("OK") ? "accepted=false" : outcome.code();
            }
        }
        return new Knowledge(told, form, nanos.getValueAtPercentile(50) / 1e6);
    }

    private Knowledge kafka(ExperimentContext context, Trouble trouble, Figures figures) throws Exception {
        Recipient recipient = new Recipient(0, "analytics", DelayModel.NONE, context.clock(), new Journal());
        Events events = new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
        try (KafkaPath path = KafkaPath.open(context.broker(), Defaults.KAFKA, List.of(recipient), context.clock(),
                events.run(), failure -> { })) {
            send(path, events);
            awaitNoLag(path, recipient);
            if (trouble == Trouble.GONE) {
                path.leave(recipient);
            }
            recipient.delay(trouble.delay);
            recipient.failures(trouble.failures);
            long begun = System.nanoTime();
            Knowledge known = send(kafkaSender.apply(path), events);
            add(figures, "kafka", trouble, known);
            double alarm = alarmMillis(path, recipient, begun);
            figures.add("kafka", "recipient " + trouble.text + ": until lag monitoring raised an alarm (–: it did not)",
                    alarm, "ms");
            recipient.delay(DelayModel.NONE);
            return known;
        }
    }

    private static void awaitNoLag(KafkaPath path, Recipient recipient) throws InterruptedException {
        long end = System.nanoTime() + Defaults.DEADLINE.toNanos();
        while (path.lag(recipient) > 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("a healthy group has not committed within " + Defaults.DEADLINE);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    /** Milliseconds from the first event's sending to the alarm; NaN if the lag went away earlier. */
    private static double alarmMillis(KafkaPath path, Recipient recipient, long begun) throws InterruptedException {
        long end = begun + WATCH.toNanos();
        while (System.nanoTime() < end) {
            long lag = path.lag(recipient);
            long age = System.nanoTime() - begun;
            if (lag > 0 && age >= ALARM_NANOS) {
                return age / 1e6;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return Double.NaN;
    }
}
