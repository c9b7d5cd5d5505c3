package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.jvm.ParentWatch;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.path.kafka.ListenerEvent;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.text.HostPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is killed with kill -9: a recipient, a sender, or a handler of sign-ups, in a process of its own. It says
 * {@code READY …} on its standard output, and ends when its standard input does.
 */
public final class ChildMain {

    private static final Duration DRAIN = Duration.ofSeconds(10);

    private ChildMain() {
    }

    public static void main(String[] arguments) throws Exception {
        ParentWatch.start(line -> { }, 0);
        List<String> given = List.of(arguments);
        switch (given.get(0)) {
            case "grpc-recipient" -> grpcRecipient(Integer.parseInt(given.get(1)), Path.of(given.get(2)), given.get(3));
            case "kafka-recipient" -> kafkaRecipient(given.get(1), given.get(2), given.get(3), Path.of(given.get(4)),
                    given.get(5), KafkaListener.Commit.valueOf(given.get(6)));
            case "sender" -> send(given.get(1), given.get(2), Path.of(given.get(3)), Double.parseDouble(given.get(4)),
                    Duration.parse(given.get(5)), Boolean.parseBoolean(given.get(6)));
            case "sign-ups" -> SignUps.run(given.get(1), given.get(2), Path.of(given.get(3)),
                    Integer.parseInt(given.get(4)));
            default -> throw new IllegalArgumentException("no such child: " + given.get(0));
        }
    }

    /** Serves until it is killed. */
    private static void grpcRecipient(int port, Path file, String delay) throws Exception {
        IdFile ids = IdFile.open(file);
        Recipient recipient = new Recipient(0, "recipient", DelayModel.parse(delay), NanoClock.system(), ids);
        GrpcListener listener = GrpcListener.start(recipient, HostPort.loopback(port), Stage.GRPC,
                server -> { });
        System.out.println("READY " + listener.target());
        Thread.currentThread().join();
    }

    /** Reads until it is killed. */
    private static void kafkaRecipient(String bootstrap, String topic, String group, Path file, String delay,
                                       KafkaListener.Commit commit) throws IOException {
        IdFile ids = IdFile.open(file);
        new KafkaListener(bootstrap, topic, group, true, DelayModel.parse(delay), commit, NanoClock.system(), told -> {
            if (told instanceof ListenerEvent.Received received) {
                ids.add(received.event().getEventId());
            } else if (told instanceof ListenerEvent.Assigned) {
                System.out.println("READY");
            }
        }).run();
    }

    /**
     * Sends at a rate, and writes down each sign-up before it is delivered, and each delivery. With an outbox it first
     * delivers what an earlier process has signed up and not delivered.
     */
    private static void send(String way, String where, Path file, double rate, Duration length, boolean outbox)
            throws Exception {
        NanoClock clock = NanoClock.system();
        List<GrpcFanOut.Target> targets = new ArrayList<>();
        if (way.equals("grpc")) {
            for (String address : where.split(",")) {
                targets.add(new GrpcFanOut.Target(address, address));
            }
        }
        try (OutboxFile log = OutboxFile.open(file);
             DeliveryPath path = way.equals("grpc")
                     ? new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Stage.GRPC, targets, clock)
                     : new KafkaSender(where.split("/")[0], Stage.KAFKA, where.split("/")[1], clock)) {
            if (path instanceof GrpcFanOut fanOut) {
                fanOut.connect(DRAIN);
            }
            DeliveryPath logged = log.before(path);
            if (outbox) {
                log.deliverPending(logged);
            }
            DeliveryTracker tracker = new DeliveryTracker(List.of(), 0, Stage.PAYLOAD_BYTES, clock);
            TrialRecorder recorder = new TrialRecorder(Series.of(List.of()));
            recorder.start(clock.nanos());
            System.out.println("READY");
            OpenLoop.Outcome outcome = new OpenLoop(tracker.beginUnordered("m"), logged, recorder, clock,
                    Arrivals.Process.CONSTANT.at(rate, 0), OpenLoop.MAX_IN_FLIGHT).run(length, DRAIN);
            System.out.println("DONE " + outcome.sent());
        }
    }
}
