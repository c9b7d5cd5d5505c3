package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.recipient.Ledger;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Recipients in separate processes that are killed with kill -9 and started again while events arrive. The account of
 * the events that each recipient processed comes from files that survive the kill.
 */
public final class Crashes {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    /**
     * After this time without a new event, no more events are expected. The group releases a killed consumer's
     * partitions after six seconds, and gRPC waits some seconds before it reconnects to a recipient that was away.
     */
    private static final Duration QUIET = Duration.ofSeconds(12);
    /** The same time for senders that send no event twice. */
    private static final Duration NO_RETRY_QUIET = Duration.ofSeconds(2);

    private final ExperimentContext context;
    private final Plan plan;
    private final SplittableRandom random;
    private final Path directory;

    /**
     * Creates the experiment.
     *
     * @param random chooses the moments of the kills
     * @param name   name of the directory for the files
     */
    public Crashes(ExperimentContext context, Plan plan, SplittableRandom random, String name) throws IOException {
        this.context = context;
        this.plan = plan;
        this.random = random;
        this.directory = context.directory(name);
    }

    /**
     * The size of the experiment.
     *
     * @param recipients recipient processes, 1 or more
     * @param customers  number of customers, in rotation over the events
     * @param events     events to send
     * @param rate       events a second
     * @param kills      kills per recipient: the sending time has this many equal parts, with one kill at a random
     *                   moment of each part
     * @param away       time from a kill to the restart
     * @param delay      delay of each recipient, in the syntax of {@link dev.brew.delivery.recipient.DelayModel}
     */
    public record Plan(int recipients, int customers, int events, double rate, int kills, Duration away, String delay) {

        private Duration length() {
            return Duration.ofNanos(Math.round(events / rate * 1e9));
        }
    }

    /**
     * The counts from the files, summed over all recipients.
     *
     * @param sent       events sent
     * @param refused    events that at least one recipient did not accept, and the sender knows it
     * @param lost       lost receptions: for each event, the number of recipients that did not process it
     * @param duplicated receptions beyond an event's first
     * @param inversions first receptions after a later event of the same customer
     * @param across     first receptions after a later event of any customer
     * @param kills      kills of all recipients together
     */
    public record Account(long sent, long refused, long lost, long duplicated, long inversions, long across, int kills) {
    }

    /** Starts a recipient's process; every start of the same recipient gets the same file. */
    private interface Victim {
        ChildProcess start(String name, Path file, int index) throws IOException, InterruptedException;
    }

    /**
     * Runs the experiment over gRPC.
     *
     * @param sender  creates the sender from the recipients' addresses
     * @param retries true if the sender retries until a recipient accepts; the experiment then waits for late events
     */
    public Account grpc(Function<List<GrpcFanOut.Target>, DeliveryPath> sender, boolean retries) throws Exception {
        List<String> addresses = new ArrayList<>();
        Victim victim = (name, file, index) -> {
            int port = index < addresses.size() ? HostPort.parse(addresses.get(index)).port() : 0;
            ChildProcess child = start(name, ChildMain.grpcRecipient(port, file, plan.delay()));
            String address = ready(child);
            if (port == 0) {
                addresses.add(address);
            }
            return child;
        };
        return run(victim, () -> {
            List<GrpcFanOut.Target> targets = new ArrayList<>();
            for (int i = 0; i < addresses.size(); i++) {
                targets.add(new GrpcFanOut.Target(names().get(i), addresses.get(i)));
            }
            return sender.apply(targets);
        }, retries ? QUIET : NO_RETRY_QUIET);
    }

    /** Runs the experiment over Kafka; each recipient is a consumer group with one member. */
    public Account kafka(KafkaListener.Commit commit) throws Exception {
        String topic = "crashes-" + EventId.newRun();
        String bootstrap = context.broker().bootstrap();
        try (KafkaAdmin admin = new KafkaAdmin(bootstrap, START)) {
            admin.createTopic(topic, Defaults.KAFKA.partitions(), Optional.empty());
        }
        return run((name, file, index) -> {
            ChildProcess child = start(name, ChildMain.kafkaRecipient(bootstrap, topic, topic + "-" + name, file, plan.delay(),
                    commit));
            ready(child); // a restarted member waits until the group releases its old partitions
            return child;
        }, () -> new KafkaSender(bootstrap, Defaults.KAFKA, topic, context.clock()), QUIET);
    }

    private ChildProcess start(String name, List<String> task) throws IOException {
        return ChildMain.start(directory.resolve(name + ".log"), List.of(), task);
    }

    private static String ready(ChildProcess child) throws IOException, InterruptedException {
        try {
            return child.await("READY", START).strip();
        } catch (IOException | InterruptedException e) {
            child.close();
            throw e;
        }
    }

    private List<String> names() {
        return Recipient.names(plan.recipients());
    }

    private Path file(String name) {
        return directory.resolve(name + ".ids");
    }

    private interface Opener {
        DeliveryPath open() throws Exception;
    }

    private Account run(Victim victim, Opener opener, Duration quiet) throws Exception {
        ExecutorService killers = Executors.newFixedThreadPool(plan.recipients());
        List<Life> lives = new ArrayList<>();
        try {
            for (String name : names()) {
                lives.add(new Life(name, lives.size(), victim));
            }
            try (DeliveryPath path = opener.open()) {
                context.addSettings(path.settings());
                if (path instanceof GrpcFanOut fanOut) {
                    fanOut.connect(START);
                }
                List<CompletableFuture<Void>> killing = new ArrayList<>();
                long begin = System.nanoTime();
                for (Life life : lives) {
                    List<Long> moments = moments();
                    killing.add(CompletableFuture.runAsync(() -> life.killAt(begin, moments), killers));
                }
                OpenLoop.Outcome outcome = send(path);
                for (CompletableFuture<Void> killer : killing) {
                    killer.get();
                }
                settle(outcome.sent(), quiet);
                return account(outcome);
            }
        } catch (ExecutionException e) {
            throw new IOException("a recipient could not be started again: " + Reason.of(e), e.getCause());
        } finally {
            killers.shutdownNow();
            killers.awaitTermination(START.toSeconds(), TimeUnit.SECONDS);
            lives.forEach(Life::end);
        }
    }

    private OpenLoop.Outcome send(DeliveryPath path) throws InterruptedException {
        return Rig.send(path, plan.customers(), Defaults.PAYLOAD_BYTES, context.clock(), plan.rate(),
                plan.length(), DRAIN);
    }

    /** One moment in each part, between 10 % and 60 % of it, so that the restart falls into the same part. */
    private List<Long> moments() {
        List<Long> moments = new ArrayList<>();
        double part = plan.length().toNanos() / (double) Math.max(1, plan.kills());
        for (int i = 0; i < plan.kills(); i++) {
            moments.add(Math.round(part * (i + 0.1 + 0.5 * random.nextDouble())));
        }
        return moments;
    }

    /** Waits until every recipient has every event, or until no new event has arrived for {@code quiet}. */
    private void settle(long sent, Duration quiet) throws IOException, InterruptedException {
        long lastChange = System.nanoTime();
        long before = -1;
        while (System.nanoTime() - lastChange < quiet.toNanos()) {
            long distinct = 0;
            for (String name : names()) {
                distinct += new HashSet<>(IdFile.read(file(name))).size();
            }
            if (distinct == sent * plan.recipients()) {
                return;
            }
            if (distinct != before) {
                before = distinct;
                lastChange = System.nanoTime();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(100_000_000L);
        }
    }

    private Account account(OpenLoop.Outcome outcome) throws IOException {
        Ledger perCustomer = new Ledger(names(), plan.customers());
        Ledger overall = new Ledger(names(), 1);
        for (int i = 0; i < plan.recipients(); i++) {
            for (String id : IdFile.read(file(names().get(i)))) {
                long sequence = EventId.parse(id).sequence();
                perCustomer.received(i, sequence);
                overall.received(i, sequence);
            }
        }
        List<Ledger.Balance> balances = perCustomer.balance(outcome.sent());
        return new Account(outcome.sent(), outcome.failures().values().stream().mapToLong(Long::longValue).sum(),
                balances.stream().mapToLong(Ledger.Balance::lost).sum(),
                balances.stream().mapToLong(Ledger.Balance::duplicated).sum(),
                balances.stream().mapToLong(Ledger.Balance::outOfOrder).sum(),
                overall.balance(outcome.sent()).stream().mapToLong(Ledger.Balance::outOfOrder).sum(),
                plan.kills() * plan.recipients());
    }

    /** One recipient, across the kills and restarts of its process. */
    private final class Life {

        private final String name;
        private final int index;
        private final Victim victim;
        private ChildProcess child;
        private boolean ended;

        Life(String name, int index, Victim victim) throws IOException, InterruptedException {
            this.name = name;
            this.index = index;
            this.victim = victim;
            this.child = victim.start(name, file(name), index);
        }

        void killAt(long begin, List<Long> moments) {
            try {
                for (long moment : moments) {
                    TimeUnit.NANOSECONDS.sleep(Math.max(0, begin + moment - System.nanoTime()));
                    child.kill();
                    TimeUnit.NANOSECONDS.sleep(plan.away().toNanos());
                    restart();
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(Reason.of(e), e);
            }
        }

        private void restart() throws IOException, InterruptedException {
            ChildProcess next = victim.start(name, file(name), index);
            synchronized (this) {
                child = next;
                if (ended) {
                    next.kill();
                }
            }
        }

        synchronized void end() {
            ended = true;
            child.kill();
        }
    }
}
