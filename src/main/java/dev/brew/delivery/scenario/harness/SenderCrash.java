package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.path.kafka.KafkaListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills a sender repeatedly with kill -9 while its events are in flight. The gRPC recipient takes 20 ms for each event;
 * the Kafka recipient has no delay.
 */
public final class SenderCrash {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final Duration LIFE = Duration.ofSeconds(1);
    private static final String DELAY = "fixed:20ms";

    private final ExperimentContext context;
    private final int kills;
    private final double rate;
    private final Path directory;

    public SenderCrash(ExperimentContext context, int kills, double rate) throws IOException {
        this.context = context;
        this.kills = kills;
        this.rate = rate;
        this.directory = context.directory("sender-crash");
    }

    /**
     * The counts from the files.
     *
     * @param signedUp   events that the sender logged before it sent them
     * @param lost       logged events that the recipient never processed
     * @param duplicated receptions beyond an event's first
     */
    public record Account(long signedUp, long lost, long duplicated) {
    }

    public Account grpc(boolean outbox, SplittableRandom random) throws Exception {
        Path ids = directory.resolve("grpc.ids");
        try (ChildProcess recipient = start("recipient", ChildMain.grpcRecipient(0, ids, DELAY))) {
            return run("grpc", recipient.await("READY ", PATIENCE), ids, outbox, random);
        }
    }

    public Account kafka(SplittableRandom random) throws Exception {
        Path ids = directory.resolve("kafka.ids");
        String topic = "sender-crash-" + EventId.newRun();
        String bootstrap = context.broker().bootstrap();
        try (KafkaAdmin admin = new KafkaAdmin(bootstrap, PATIENCE)) {
            admin.createTopic(topic, Defaults.KAFKA.partitions(), Optional.empty());
        }
        // no delay: the recipient processes records one by one and would lag; a lagging event would count as lost
        try (ChildProcess recipient = start("recipient", ChildMain.kafkaRecipient(bootstrap, topic, topic, ids, "none",
                KafkaListener.Commit.AFTER_PROCESSING))) {
            recipient.await("READY", PATIENCE);
            return run("kafka", bootstrap + "/" + topic, ids, false, random);
        }
    }

    private Account run(String path, String to, Path ids, boolean outbox, SplittableRandom random) throws Exception {
        Path log = directory.resolve(path + "-" + outbox + ".log");
        for (int i = 0; i <= kills; i++) {
            try (ChildProcess sender = start("sender", ChildMain.sender(path, to, log, rate, LIFE, outbox))) {
                sender.await("READY", PATIENCE);
                if (i < kills) {
                    TimeUnit.NANOSECONDS.sleep(Math.round(LIFE.toNanos() * (0.2 + 0.6 * random.nextDouble())));
                } else {
                    sender.await("DONE ", PATIENCE);
                }
            }
        }
        List<String> signedUp = OutboxFile.signedUp(log);
        settle(signedUp, ids);
        List<String> processed = new ArrayList<>(IdFile.read(ids));
        Set<String> distinct = new HashSet<>(processed);
        return new Account(signedUp.size(), signedUp.stream().filter(id -> !distinct.contains(id)).count(),
                processed.size() - distinct.size());
    }

    private ChildProcess start(String name, List<String> task) throws IOException {
        return ChildMain.start(directory.resolve(name + ".log"), List.of(), task);
    }

    private static void settle(List<String> signedUp, Path ids) throws IOException, InterruptedException {
        long end = System.nanoTime() + QUIET.toNanos();
        while (System.nanoTime() < end && !new HashSet<>(IdFile.read(ids)).containsAll(signedUp)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(50_000_000L);
        }
    }
}
