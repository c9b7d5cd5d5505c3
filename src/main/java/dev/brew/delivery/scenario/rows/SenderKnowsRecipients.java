package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.text.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** What a sender must know about its recipients. */
final class SenderKnowsRecipients implements Scenario {

    private static final int BEFORE = 3;
    private static final int EVENTS = 50;
    /** The cluster's address and a topic. */
    private static final int KAFKA_VALUES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Claim CLAIM = new Claim("sender-knows", Claim.Kind.ROW, "sender knows recipients",
            "Over gRPC the sender knows the address of every recipient. Over Kafka it knows a topic, "
                    + "and none of the groups that read it.",
            "Three recipients get 50 events. A fourth one is started without any change to the "
                    + "sender, and 50 more events are sent. If the fourth got none of them, the sender is "
                    + "restarted with the value that it lacks (an address or a topic), and 50 more events are "
                    + "sent.",
            "Confirmed if over gRPC the fourth got no event until the sender was given another value "
                    + "and restarted, and over Kafka it got every event with neither. Refuted if gRPC needed "
                    + "neither, or Kafka needed one of them. Otherwise it depends on the values that a sender "
                    + "must be given.");

    private final GrpcSender grpcSender;
    private final Fourth kafkaFourth;

    SenderKnowsRecipients() {
        this(SenderKnowsRecipients::standard, (context, path, fourth) -> {
            path.join(fourth);
            return path;
        });
    }

    /** @param kafkaFourth how the fourth recipient joins over Kafka */
    SenderKnowsRecipients(GrpcSender grpcSender, Fourth kafkaFourth) {
        this.grpcSender = grpcSender;
        this.kafkaFourth = kafkaFourth;
    }

    static DeliveryPath standard(List<GrpcFanOut.Target> given, Supplier<List<GrpcFanOut.Target>> registry,
                                 ExperimentContext context) {
        return new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, given, context.clock());
    }

    /** Opens a sender with the given addresses; it may also ask a registry of all listeners. */
    @FunctionalInterface
    interface GrpcSender {
        DeliveryPath open(List<GrpcFanOut.Target> given, Supplier<List<GrpcFanOut.Target>> registry,
                          ExperimentContext context);
    }

    /** Starts the fourth recipient over Kafka. */
    @FunctionalInterface
    interface Fourth {
        /**
         * Returns the path whose topic it reads: {@code path} itself, or another one, which the sender must be given.
         */
        KafkaPath join(ExperimentContext context, KafkaPath path, Recipient fourth) throws Exception;
    }

    /**
     * Observations of one path.
     *
     * @param values   addresses or topics that the sender was given at first
     * @param told     values that the sender was given for the fourth recipient
     * @param restarts of the sender
     * @param untold   events that the fourth received before the sender was given a value
     * @param after    events that it received after the restart of the sender; 0 if there was none
     * @param missed   events that the fourth never received, of all that were sent
     */
    record Facts(int values, int told, int restarts, long untold, long after, long missed) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Facts grpc = grpc(context);
        Facts kafka = kafka(context);
        Figures figures = new Figures();
        add(figures, "grpc", grpc);
        add(figures, "kafka", kafka);
        return figures.judged(judge(grpc, kafka));
    }

    private static void add(Figures figures, String path, Facts facts) {
        figures.add(path, "values that say where events go", facts.values(), "")
                .add(path, "values to tell the sender for the fourth", facts.told(), "")
                .add(path, "sender restarts for the fourth", facts.restarts(), "")
                .add(path, "events the fourth got before the sender was told", facts.untold(), "events")
                .add(path, "events the fourth got of those sent afterwards", facts.after(), "events")
                .add(path, "events of before that the fourth never got", facts.missed(), "events");
    }

    static Verdict judge(Facts grpc, Facts kafka) {
        if (grpc.told() == 0 && grpc.restarts() == 0 && grpc.untold() > 0) {
            return Verdict.refuted("the gRPC sender found the fourth recipient by itself");
        }
        if (kafka.told() > 0 || kafka.restarts() > 0 || kafka.missed() > 0) {
            return Verdict.refuted("Kafka's sender had to be told, or the new group missed events");
        }
        return grpc.told() > 0 && grpc.restarts() > 0 && grpc.after() > 0 ? Verdict.confirmed()
                : Verdict.depends("what a sender must be told: for gRPC's, a restart with another address was not "
                        + "enough");
    }

    private Facts grpc(ExperimentContext context) throws Exception {
        List<GrpcListener> listeners = new ArrayList<>();
        List<GrpcFanOut.Target> registry = new ArrayList<>();
        Journal fourth = new Journal();
        Events events = events(context);
        try {
            for (String name : Recipient.names(BEFORE)) {
                listen(context, name, new Journal(), listeners, registry);
            }
            List<GrpcFanOut.Target> given = List.copyOf(registry);
            long untold;
            try (DeliveryPath sender = grpcSender.open(given, () -> List.copyOf(registry), context)) {
                send(sender, events);
                listen(context, Recipient.names(BEFORE + 1).get(BEFORE), fourth, listeners, registry);
                send(sender, events);
                untold = fourth.distinct();
            }
            if (untold > 0) {
                return new Facts(given.size(), 0, 0, untold, 0, events.made() - untold);
            }
            try (DeliveryPath sender = grpcSender.open(List.copyOf(registry), () -> List.copyOf(registry), context)) {
                send(sender, events);
            }
            return new Facts(given.size(), registry.size() - given.size(), 1, untold, fourth.distinct() - untold,
                    events.made() - fourth.distinct());
        } finally {
            listeners.forEach(GrpcListener::close);
        }
    }

    private static void listen(ExperimentContext context, String name, Journal journal, List<GrpcListener> listeners,
                               List<GrpcFanOut.Target> registry) throws Exception {
        GrpcListener listener = GrpcListener.start(new Recipient(0, name, DelayModel.NONE, context.clock(), journal),
                HostPort.loopback(0), Defaults.GRPC, server -> { });
        listeners.add(listener);
        registry.add(new GrpcFanOut.Target(name, listener.target()));
    }

    private Facts kafka(ExperimentContext context) throws Exception {
        Events events = events(context);
        List<Recipient> three = new ArrayList<>();
        for (String name : Recipient.names(BEFORE)) {
            three.add(new Recipient(three.size(), name, DelayModel.NONE, context.clock(), new Journal()));
        }
        Journal fourth = new Journal();
        try (KafkaPath path = KafkaPath.open(context.broker(), Defaults.KAFKA, three, context.clock(), events.run(),
                failure -> { })) {
            send(path, events);
            KafkaPath read = kafkaFourth.join(context, path, new Recipient(BEFORE,
                    Recipient.names(BEFORE + 1).get(BEFORE), DelayModel.NONE, context.clock(), fourth));
            try {
                send(path, events);
                fourth.await(2 * EVENTS, PATIENCE);
                long untold = fourth.distinct();
                if (untold > 0) {
                    return new Facts(KAFKA_VALUES, 0, 0, untold, 0, events.made() - untold);
                }
                return afterRestart(context, path, read, events, fourth);
            } finally {
                if (read != path) {
                    read.close();
                }
            }
        }
    }

    /** The fourth received nothing: a new sender also writes to the fourth's topic, if that is another one. */
    private static Facts afterRestart(ExperimentContext context, KafkaPath path, KafkaPath read, Events events,
                                      Journal fourth)
            throws Exception {
        Set<String> topics = new LinkedHashSet<>(List.of(path.topic(), read.topic()));
        for (String topic : topics) {
            try (DeliveryPath sender = new KafkaSender(context.broker().bootstrap(), Defaults.KAFKA, topic,
                    context.clock())) {
                send(sender, events);
            }
        }
        fourth.await(EVENTS, PATIENCE);
        return new Facts(KAFKA_VALUES, topics.size() - 1, 1, 0, fourth.distinct(), events.made() - fourth.distinct());
    }

    private static Events events(ExperimentContext context) {
        return new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
    }

    private static void send(DeliveryPath path, Events events) throws InterruptedException, ExecutionException {
        for (int i = 0; i < EVENTS; i++) {
            var report = path.deliver(events.next()).toCompletableFuture().get();
            if (!report.accepted()) {
                throw new IllegalStateException("not accepted: " + report.refusals());
            }
        }
    }
}
