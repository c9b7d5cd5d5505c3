package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.path.kafka.ListenerEvent;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.scenario.harness.ChildMain;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.SignUps;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A handler that is killed between committing a row and publishing its event, with and without an outbox. */
final class DualWrite implements Scenario {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Concurrent handlers, each with its own database. */
    private static final int HANDLERS = 3;
    /** The longest time from a commit to the kill; a publish takes about as long. */
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int MOST_COMMITS = 5;
    private static final Claim CLAIM = new Claim("dual-write", Claim.Kind.ANTI_PATTERN,
            "everything in one RPC: dual write",
            "A handler that commits a sign-up and then publishes its event loses events when it is "
                    + "killed between the two steps. With an outbox (row and event in one transaction, a relay "
                    + "publishes) no event is lost, and some events arrive twice.",
            "Three handlers sign customers up both ways, each into its own H2 database on disk and "
                    + "all into one topic. They are killed with kill -9 up to 2 ms after a commit and started "
                    + "again, 200 times. The outbox's relay is a part of the handler and runs once more at the "
                    + "end. Databases and topic are compared.",
            "Confirmed if the dual write produced sign-ups without an event, and the outbox produced "
                    + "neither sign-ups without an event nor events without a sign-up. Refuted if the dual "
                    + "write produced none, or the outbox some.");

    /** How a handler's process ends. */
    enum End {
        KILLED, IN_ORDER
    }

    private final int kills;
    private final End end;

    DualWrite() {
        this(200, End.KILLED);
    }

    /** @param kills how often a handler ends, all together */
    DualWrite(int kills, End end) {
        this.kills = kills;
        this.end = end;
    }

    /**
     * The comparison of databases and topic.
     *
     * @param signUps      rows
     * @param withoutEvent rows without an event
     * @param withoutRow   events without a row
     * @param duplicated   events beyond the first of a row
     */
    record Account(long signUps, long withoutEvent, long withoutRow, long duplicated) {

        /** The comparison for the ids of one phase. */
        static Account of(Set<String> allRows, List<String> allEvents, String phase) {
            Set<String> rows = allRows.stream().filter(id -> isOf(id, phase)).collect(Collectors.toSet());
            List<String> events = allEvents.stream().filter(id -> isOf(id, phase)).toList();
            Set<String> distinct = new HashSet<>(events);
            return new Account(rows.size(), rows.stream().filter(id -> !distinct.contains(id)).count(),
                    distinct.stream().filter(id -> !rows.contains(id)).count(), events.size() - distinct.size());
        }
    }

    private static boolean isOf(String id, String phase) {
        return EventId.parse(id).phase().equals(phase);
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        String bootstrap = context.broker().bootstrap();
        String topic = "sign-ups-" + EventId.newRun();
        try (KafkaAdmin admin = new KafkaAdmin(bootstrap, PATIENCE)) {
            admin.createTopic(topic, 1, Optional.empty());
        }
        Path root = context.directory("dual-write");
        long begin = System.nanoTime();
        killAll(context, root, (directory, count) -> ChildMain.signUps(bootstrap, topic, directory, count));
        double seconds = (System.nanoTime() - begin) / 1e9;
        Set<String> rows = new HashSet<>();
        try (DeliveryPath relay = new KafkaSender(bootstrap, Defaults.KAFKA, topic, context.clock())) {
            for (Path directory : handlers(root)) {
                try (SignUps.Database database = SignUps.Database.open(directory)) {
                    rows.addAll(database.signedUp());
                    database.relay(relay);
                }
            }
        }
        List<String> events = read(context, bootstrap, topic);
        Account dualWrite = Account.of(rows, events, SignUps.DUAL);
        Account withOutbox = Account.of(rows, events, SignUps.OUTBOX);
        Figures figures = new Figures();
        figures.add("both", "processes that ended, " + (end == End.KILLED ? "with kill -9" : "in order"), kills, "")
                .add("both", "which took", seconds, "s");
        add(figures, "dual write", dualWrite);
        add(figures, "outbox", withOutbox);
        return figures.judged(judge(dualWrite, withOutbox));
    }

    /** The databases of all handlers, including the handler that made the class-data archive. */
    private static List<Path> handlers(Path root) throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static void add(Figures figures, String path, Account account) {
        figures.add(path, "sign-ups", account.signUps(), "events")
                .add(path, "sign-ups without an event", account.withoutEvent(), "events")
                .add(path, "events without a sign-up", account.withoutRow(), "events")
                .add(path, "events that came twice", account.duplicated(), "events");
    }

    static Verdict judge(Account dual, Account outbox) {
        if (outbox.withoutEvent() + outbox.withoutRow() > 0) {
            return Verdict.refuted("the outbox lost events or made some up");
        }
        return dual.withoutEvent() == 0 ? Verdict.refuted("the dual write lost nothing") : Verdict.confirmed();
    }

    private void killAll(ExperimentContext context, Path root, BiFunction<Path, Integer, List<String>> task) throws Exception {
        SplittableRandom random = context.random(CLAIM);
        List<String> archive = archive(root, task);
        ExecutorService threads = Executors.newFixedThreadPool(HANDLERS);
        try {
            List<Future<?>> handlers = new ArrayList<>();
            for (int i = 0; i < HANDLERS; i++) {
                Path directory = Files.createDirectory(root.resolve("handler-" + i));
                SplittableRandom own = random.split();
                int deaths = kills / HANDLERS + (i < kills % HANDLERS ? 1 : 0);
                handlers.add(threads.submit(() -> {
                    for (int death = 0; death < deaths; death++) {
                        live(root, directory, archive, task, 1 + own.nextInt(MOST_COMMITS),
                                own.nextLong(LONGEST_NANOS));
                    }
                    return null;
                }));
            }
            for (Future<?> one : handlers) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(Reason.of(e), e.getCause());
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /**
     * JVM options that use a class-data archive, which halves the start time of a handler. A handler that ends in order
     * makes the archive. Empty if the class path holds a directory: the JVM makes no archive of one.
     */
    private static List<String> archive(Path root, BiFunction<Path, Integer, List<String>> task) throws Exception {
        if (!ChildJvm.runsFromJars()) {
            return List.of();
        }
        Path archive = root.resolve("classes.jsa");
        Path directory = Files.createDirectory(root.resolve("archive"));
        try (ChildProcess first = ChildMain.start(root.resolve("archive.log"), List.of("-XX:ArchiveClassesAtExit=" + archive,
                "-Xlog:cds=off", "-Xlog:cds+dynamic=off"), task.apply(directory, 5))) {
            if (first.exitCode() != 0) {
                throw new IllegalStateException("the first handler failed; its log is " + root.resolve("archive.log"));
            }
        }
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off");
    }

    /** Runs one process on a handler's database, from its start to its end. */
    private void live(Path root, Path directory, List<String> archive, BiFunction<Path, Integer, List<String>> task,
                      int commits, long nanos) throws Exception {
        try (ChildProcess handler = ChildMain.start(root.resolve("handlers.log"), archive,
                task.apply(directory, end == End.KILLED ? 0 : SignUps.FIRST + commits))) {
            for (int i = 0; i < commits; i++) {
                handler.await("COMMITTED", PATIENCE);
            }
            if (end == End.KILLED) {
                long until = System.nanoTime() + nanos;
                for (long left = nanos; left > 0; left = until - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                handler.kill();
            } else if (handler.exitCode() != 0) {
                throw new IllegalStateException("a handler failed; its log is " + root.resolve("handlers.log"));
            }
        }
    }

    /** All ids in a topic. */
    private static List<String> read(ExperimentContext context, String bootstrap, String topic) throws Exception {
        List<String> ids = new ArrayList<>();
        // an event that marks the end of the topic
        String end = EventId.newRun();
        try (DeliveryPath sender = new KafkaSender(bootstrap, Defaults.KAFKA, topic, context.clock())) {
            sender.deliver(new Events(end, "end", 0, Defaults.PAYLOAD_BYTES, context.clock()).next())
                    .toCompletableFuture().get();
        }
        KafkaListener[] listener = new KafkaListener[1];
        listener[0] = new KafkaListener(bootstrap, topic, topic, true, DelayModel.NONE, context.clock(), told -> {
            if (told instanceof ListenerEvent.Received received) {
                String id = received.event().getEventId();
                if (id.startsWith(end + ".")) {
                    listener[0].stop();
                } else {
                    ids.add(id);
                }
            }
        });
        listener[0].run();
        return ids;
    }
}
