package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.path.kafka.ListenerEvent;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Crashes one broker node while several senders send at once, each with its own acks setting (0, 1, all). The node
 * hangs first (SIGSTOP), because acks=0 loses the records that the sockets of the hanging node still accept. Then it is
 * killed.
 */
public final class BrokerCrash {

    private static final Map<String, String> GIVE_UP_SOON = Map.of("delivery.timeout.ms", "8000",
            "request.timeout.ms", "2000", "max.block.ms", "3000");
    private static final Map<String, String> NOTICE_SOON = Map.of("broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500");
    private static final Duration DRAIN = Duration.ofSeconds(12);
    private static final Duration QUIET = Duration.ofSeconds(4);
    private static final Duration ADMIN = Duration.ofSeconds(30);
    private static final int PARTITIONS = 3;

    private final double rate;
    private final Duration length;
    private final Duration hang;

    /**
     * Creates the experiment.
     *
     * @param rate   events a second, per sender
     * @param length how long each sender sends
     * @param hang   time from SIGSTOP to SIGKILL; zero: no SIGSTOP
     */
    public BrokerCrash(double rate, Duration length, Duration hang) {
        this.rate = rate;
        this.length = length;
        this.hang = hang;
    }

    /**
     * The events of one sender, by their fate.
     *
     * @param sent       events sent
     * @param acked      events that the sender counts as delivered
     * @param refused    events whose delivery failed, and the sender knows it
     * @param lostSilent acknowledged events that the recipient never received
     * @param duplicated receptions beyond an event's first
     */
    public record Account(long sent, long acked, long refused, long lostSilent, long duplicated) {
    }

    /** Runs one crash; returns the account of each acks setting. Every setting has its own topic. */
    public Map<String, Account> run(ExperimentContext context, int nodes, List<String> acks, SplittableRandom random)
            throws Exception {
        ProcessBroker.Options options = new ProcessBroker.Options("256m", NOTICE_SOON, Duration.ofMinutes(1),
                Collections.nCopies(nodes, 0));
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Flow> flows = new ArrayList<>();
        try (ProcessBroker broker = ProcessBroker.start(options)) {
            for (String setting : acks) {
                flows.add(new Flow(context, broker, setting, threads));
            }
            for (Flow flow : flows) {
                flow.awaitAssigned();
            }
            ProcessHandle victim = broker.handles().get(random.nextInt(nodes));
            List<CompletableFuture<OpenLoop.Outcome>> loops = flows.stream()
                    .map(flow -> CompletableFuture.supplyAsync(flow::send, threads)).toList();
            long moment = Math.round(length.toNanos() * (0.3 + 0.3 * random.nextDouble()));
            TimeUnit.NANOSECONDS.sleep(moment);
            crash(victim);
            if (nodes == 1) {
                flows.forEach(Flow::noBrokerIsLeft);
            }
            Map<String, Account> accounts = new LinkedHashMap<>();
            for (int i = 0; i < flows.size(); i++) {
                accounts.put(acks.get(i), flows.get(i).account(loops.get(i).get()));
            }
            return accounts;
        } finally {
            flows.forEach(Flow::close);
            threads.shutdown(); // an interrupt would make the clients log errors
            threads.awaitTermination(ADMIN.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void crash(ProcessHandle victim) throws IOException, InterruptedException {
        if (!hang.isZero()) {
            signal("STOP", victim);
            TimeUnit.NANOSECONDS.sleep(hang.toNanos());
        }
        victim.destroyForcibly();
        victim.onExit().join();
    }

    /** Sends a signal. Java itself can send only TERM and KILL. */
    public static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor() != 0) {
            throw new IOException("kill -" + name + " " + process.pid() + " failed");
        }
    }

    /** One sender, its topic and the recipient behind it. */
    private final class Flow {

        private final ExperimentContext context;
        private final KafkaSender sender;
        private final KafkaListener listener;
        private final CompletableFuture<Void> assigned = new CompletableFuture<>();
        private volatile boolean alone;
        private final Set<String> acked = ConcurrentHashMap.newKeySet();
        private final List<String> received = Collections.synchronizedList(new ArrayList<>());

        Flow(ExperimentContext context, ProcessBroker broker, String acks, ExecutorService threads) throws Exception {
            this.context = context;
            String topic = "acks-" + acks;
            try (KafkaAdmin admin = new KafkaAdmin(broker.bootstrap(), ADMIN)) {
                admin.createTopic(topic, PARTITIONS, broker.replication());
            }
            KafkaOptions options = new KafkaOptions(acks, PARTITIONS, (short) 1, GIVE_UP_SOON, Map.of());
            this.sender = new KafkaSender(broker.bootstrap(), options, topic, context.clock());
            this.listener = new KafkaListener(broker.bootstrap(), topic, "recipient-" + acks, true, DelayModel.NONE,
                    context.clock(), this::handle);
            threads.execute(listener::run);
        }

        private void handle(ListenerEvent event) {
            if (event instanceof ListenerEvent.Received reception) {
                received.add(reception.event().getEventId());
            } else if (event instanceof ListenerEvent.Assigned) {
                assigned.complete(null);
            }
        }

        /**
         * Makes further sends fail at once. Without a broker, the producer blocks its caller for each event; a real
         * sender would stop.
         */
        void noBrokerIsLeft() {
            alone = true;
        }

        void awaitAssigned() throws Exception {
            assigned.get(ADMIN.toSeconds(), TimeUnit.SECONDS);
        }

        OpenLoop.Outcome send() {
            try {
                return Rig.send(new BorrowedPath(sender) {
                    @Override
                    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                        if (alone) {
                            return CompletableFuture.failedFuture(new IllegalStateException("no broker is left"));
                        }
                        return sender.deliver(event).whenComplete((report, failure) -> {
                            if (failure == null && report.accepted()) {
                                acked.add(event.getEventId());
                            }
                        });
                    }
                }, 0, Defaults.PAYLOAD_BYTES, context.clock(), rate, length, DRAIN);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while sending", e);
            }
        }

        Account account(OpenLoop.Outcome outcome) throws InterruptedException {
            settle();
            List<String> got = List.copyOf(received);
            Set<String> distinct = new HashSet<>(got);
            return new Account(outcome.sent(), acked.size(),
                    outcome.failures().values().stream().mapToLong(Long::longValue).sum(),
                    acked.stream().filter(id -> !distinct.contains(id)).count(), got.size() - distinct.size());
        }

        private void settle() throws InterruptedException {
            long lastChange = System.nanoTime();
            int before = -1;
            while (System.nanoTime() - lastChange < QUIET.toNanos() && !new HashSet<>(received).containsAll(acked)) {
                if (received.size() != before) {
                    before = received.size();
                    lastChange = System.nanoTime();
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(100_000_000L);
            }
        }

        void close() {
            alone = true;
            listener.stop();
            sender.close();
        }
    }
}
