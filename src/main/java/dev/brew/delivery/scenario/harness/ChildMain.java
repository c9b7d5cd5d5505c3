package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.jvm.Parent;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.path.kafka.ListenerEvent;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.text.HostPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process that an experiment kills with SIGKILL: a recipient, a sender, or a handler of sign-ups. It prints
 * {@code READY …} on its standard output, and ends when its standard input ends. Its task is on its command line and
 * not JSON on its standard input: loading Jackson would lengthen the start by a third, and the time that a process is
 * away is a part of some experiments.
 */
public final class ChildMain {

    /** Flags for a fast start; no child measures microseconds. */
    private static final List<String> FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
            "-Xmx128m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private ChildMain() {
    }

    /**
     * The task of a gRPC recipient that adds the id of each event to {@code ids}; it prints {@code READY host:port}.
     */
    public static List<String> grpcRecipient(int port, Path ids, String delay) {
        return List.of("grpc-recipient", Integer.toString(port), ids.toString(), delay);
    }

    /**
     * The task of a Kafka recipient that adds the id of each event to {@code ids}; it prints {@code READY} when it has
     * its partitions.
     */
    public static List<String> kafkaRecipient(String bootstrap, String topic, String group, Path ids, String delay,
                                              KafkaListener.Commit commit) {
        return List.of("kafka-recipient", bootstrap, topic, group, ids.toString(), delay, commit.name());
    }

    /**
     * The task of a sender that prints {@code READY} when it starts, and {@code DONE count} when it ends.
     *
     * @param path   {@code grpc} or {@code kafka}
     * @param to     for gRPC the addresses, separated by commas; for Kafka {@code bootstrap/topic}
     * @param file   the sender's log, see {@link OutboxFile}
     * @param rate   events a second
     * @param length how long it sends
     * @param outbox true if it first delivers the sign-ups that an earlier process has not delivered
     */
    static List<String> sender(String path, String to, Path file, double rate, Duration length, boolean outbox) {
        return List.of("sender", path, to, file.toString(), Double.toString(rate), length.toString(), Boolean.toString(outbox));
    }

    /** The task that runs {@link SignUps#run}. */
    public static List<String> signUps(String bootstrap, String topic, Path directory, int count) {
        return List.of("sign-ups", bootstrap, topic, directory.toString(), Integer.toString(count));
    }

    /**
     * Starts a child process.
     *
     * @param log  the file to which its standard error is appended
     * @param jvm  additional JVM flags
     * @param task the result of one of the methods above
     */
    public static ChildProcess start(Path log, List<String> jvm, List<String> task) throws IOException {
        return ChildProcess.start(ChildJvm.helper(Stream.concat(FLAGS.stream(), jvm.stream()).toList(), ChildMain.class, task)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())));
    }

    public static void main(String[] task) throws Exception {
        new Parent(System.in).watch(line -> { }, 0);
        switch (task[0]) {
            case "grpc-recipient" -> receiveGrpc(Integer.parseInt(task[1]), Path.of(task[2]), task[3]);
            case "kafka-recipient" -> receiveKafka(task[1], task[2], task[3], Path.of(task[4]), task[5],
                    KafkaListener.Commit.valueOf(task[6]));
            case "sender" -> send(task[1], task[2], Path.of(task[3]), Double.parseDouble(task[4]), Duration.parse(task[5]),
                    Boolean.parseBoolean(task[6]));
            case "sign-ups" -> SignUps.run(task[1], task[2], Path.of(task[3]), Integer.parseInt(task[4]));
            default -> throw new IllegalArgumentException("no such child: " + task[0]);
        }
    }

    /** Serves until it is killed. */
    private static void receiveGrpc(int port, Path file, String delay) throws Exception {
        IdFile ids = IdFile.open(file);
        Recipient recipient = new Recipient(0, "recipient", DelayModel.parse(delay), NanoClock.system(), ids);
        GrpcListener listener = GrpcListener.start(recipient, HostPort.loopback(port), Defaults.GRPC,
                server -> { });
        System.out.println("READY " + listener.target());
        Thread.currentThread().join();
    }

    /** Reads until it is killed. */
    private static void receiveKafka(String bootstrap, String topic, String group, Path file, String delay,
                                     KafkaListener.Commit commit) throws IOException {
        IdFile ids = IdFile.open(file);
        new KafkaListener(bootstrap, topic, group, true, DelayModel.parse(delay), commit, NanoClock.system(), event -> {
            if (event instanceof ListenerEvent.Received received) {
                ids.add(received.event().getEventId());
            } else if (event instanceof ListenerEvent.Assigned) {
                System.out.println("READY");
            }
        }).run();
    }

    /**
     * Sends events at a rate, and logs each sign-up before its delivery, and each delivery. With an outbox it first
     * delivers the sign-ups that an earlier process logged and did not deliver.
     */
    private static void send(String path, String to, Path file, double rate, Duration length, boolean outbox)
            throws Exception {
        NanoClock clock = NanoClock.system();
        List<GrpcFanOut.Target> targets = new ArrayList<>();
        if (path.equals("grpc")) {
            for (String address : to.split(",")) {
                targets.add(new GrpcFanOut.Target(address, address));
            }
        }
        try (OutboxFile log = OutboxFile.open(file);
             DeliveryPath sender = path.equals("grpc")
                     ? new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, targets, clock)
                     : new KafkaSender(to.split("/")[0], Defaults.KAFKA, to.split("/")[1], clock)) {
            if (sender instanceof GrpcFanOut fanOut) {
                fanOut.connect(DRAIN);
            }
            DeliveryPath logged = log.before(sender);
            if (outbox) {
                log.deliverPending(logged);
            }
            System.out.println("READY");
            OpenLoop.Outcome outcome = Rig.send(logged, 0, Defaults.PAYLOAD_BYTES, clock, rate, length, DRAIN);
            System.out.println("DONE " + outcome.sent());
        }
    }
}
