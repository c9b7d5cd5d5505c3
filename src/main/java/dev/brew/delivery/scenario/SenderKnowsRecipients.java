package dev.brew.delivery.scenario;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.text.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** What the sender has to know of those who listen. */
final class SenderKnowsRecipients implements Scenario {

    private static final int BEFORE = 3;
    private static final int EVENTS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Claim CLAIM = new Claim("sender-knows", Claim.Kind.ROW, "sender knows recipients",
            "Over gRPC the sender knows every recipient's address; over Kafka it knows a topic, and nobody behind it.",
            "Three recipients get 50 events. A fourth is started and nobody tells the sender; 50 more. If the fourth got "
                    + "nothing, the sender is started again with four addresses; 50 more.",
            "Confirmed if the fourth got nothing over gRPC until the sender was given another value and started again, and "
                    + "every event over Kafka with neither. Refuted if gRPC needed neither, or Kafka needed something.");

    private final GrpcSender grpcSender;

    SenderKnowsRecipients() {
        this((given, registry, lab) -> new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Stage.GRPC, given, lab.clock()));
    }

    /** @param grpcSender made with the addresses it is given; a registry of all listeners stands beside them */
    SenderKnowsRecipients(GrpcSender grpcSender) {
        this.grpcSender = grpcSender;
    }

    /** Makes a sender. */
    @FunctionalInterface
    interface GrpcSender {
        DeliveryPath open(List<GrpcFanOut.Target> given, Supplier<List<GrpcFanOut.Target>> registry, Lab lab);
    }

    /**
     * What decides.
     *
     * @param values   that say where events go, as the sender was given them at first
     * @param told     values that the sender was given when the fourth came
     * @param restarts of the sender
     * @param untold   events that the fourth got before that, of those sent since it was there
     * @param missed   events that the fourth has not got in the end, of all that were ever sent
     */
    record Facts(int values, int told, int restarts, int untold, int missed) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(Lab lab) throws Exception {
        Facts grpc = grpc(lab);
        Facts kafka = kafka(lab);
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
                .add(path, "events of before that the fourth never got", facts.missed(), "events");
    }

    static Verdict judge(Facts grpc, Facts kafka) {
        if (grpc.told() == 0 && grpc.restarts() == 0 && grpc.untold() > 0) {
            return Verdict.refuted("the gRPC sender found the fourth recipient by itself");
        }
        if (kafka.told() > 0 || kafka.restarts() > 0 || kafka.missed() > 0) {
            return Verdict.refuted("Kafka's sender had to be told, or the new group missed events");
        }
        return Verdict.confirmed();
    }

    private Facts grpc(Lab lab) throws Exception {
        List<GrpcListener> listeners = new ArrayList<>();
        List<GrpcFanOut.Target> registry = new ArrayList<>();
        Journal fourth = new Journal();
        Events events = events(lab);
        try {
            for (String name : Recipient.names(BEFORE)) {
                listen(lab, name, new Journal(), listeners, registry);
            }
            List<GrpcFanOut.Target> given = List.copyOf(registry);
            int untold;
            try (DeliveryPath sender = grpcSender.open(given, () -> List.copyOf(registry), lab)) {
                send(sender, events);
                listen(lab, Recipient.names(BEFORE + 1).get(BEFORE), fourth, listeners, registry);
                send(sender, events);
                untold = fourth.size();
            }
            if (untold > 0) {
                return new Facts(given.size(), 0, 0, untold, (int) events.made() - untold);
            }
            try (DeliveryPath sender = grpcSender.open(List.copyOf(registry), () -> List.copyOf(registry), lab)) {
                send(sender, events);
            }
            return new Facts(given.size(), registry.size() - given.size(), 1, untold,
                    (int) events.made() - fourth.size());
        } finally {
            listeners.forEach(GrpcListener::close);
        }
    }

    private static void listen(Lab lab, String name, Journal journal, List<GrpcListener> listeners,
                               List<GrpcFanOut.Target> registry) throws Exception {
        GrpcListener listener = GrpcListener.start(new Recipient(0, name, DelayModel.NONE, lab.clock(), journal),
                HostPort.loopback(0), Stage.GRPC, server -> { });
        listeners.add(listener);
        registry.add(new GrpcFanOut.Target(name, listener.target()));
    }

    private static Facts kafka(Lab lab) throws Exception {
        Events events = events(lab);
        List<Recipient> three = new ArrayList<>();
        for (String name : Recipient.names(BEFORE)) {
            three.add(new Recipient(three.size(), name, DelayModel.NONE, lab.clock(), new Journal()));
        }
        Journal fourth = new Journal();
        try (KafkaPath path = KafkaPath.open(lab.broker(), Stage.KAFKA, three, lab.clock(), events.run(),
                failure -> { })) {
            send(path, events);
            path.join(new Recipient(BEFORE, Recipient.names(BEFORE + 1).get(BEFORE), DelayModel.NONE, lab.clock(),
                    fourth));
            send(path, events);
            fourth.await(2 * EVENTS, PATIENCE);
            return new Facts(2, 0, 0, fourth.size(), (int) (events.made() - fourth.distinct())); // address and topic
        }
    }

    private static Events events(Lab lab) {
        return new Events(EventId.newRun(), "m", 0, Stage.PAYLOAD_BYTES, lab.clock());
    }

    private static void send(DeliveryPath path, Events events) throws InterruptedException, ExecutionException {
        for (int i = 0; i < EVENTS; i++) {
            var report = path.deliver(events.next()).toCompletableFuture().get();
            if (!report.accepted()) {
                throw new IllegalStateException("not accepted: " + report.outcomes());
            }
        }
    }
}
