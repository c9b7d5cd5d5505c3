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
 * Recipients in processes of their own that are killed with kill -9 and started again while events come, and the account
 * of what each of them processed, from files that survive.
 */
public final class Crashes {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    /**
     * Without a new event for so long, no more will come. A consumer's seat in its group is free again after six seconds, and
     * gRPC waits some seconds before it connects again to a recipient that was away.
     */
    private static final Duration QUIET = Duration.ofSeconds(12);
    /** The same where nobody sends an event a second time. */
    private static final Duration NO_RETRY_QUIET = Duration.ofSeconds(2);

    private final ExperimentContext context;
    private final Plan plan;
    private final SplittableRandom random;
    private final Path directory;

    /** @param random when processes are killed */
    public Crashes(ExperimentContext context, Plan plan, SplittableRandom random, String name) throws IOException {
        this.context = context;
        this.plan = plan;
        this.random = random;
        this.directory = context.directory(name);
    }

    /**
     * How much, and how often.
     *
     * @param recipients processes, 1 or more
     * @param customers  over how many the events go round
     * @param events     to be sent
     * @param rate       events a second
     * @param kills      of each recipient, at a random moment of as many equal parts of the time
     * @param away       from a kill to the restart
     * @param delay      of each recipient, as {@link dev.brew.delivery.recipient.DelayModel} has it
     */
    public record Plan(int recipients, int customers, int events, double rate, int kills, Duration away, String delay) {

        private Duration length() {
            return Duration.ofNanos(Math.round(events / rate * 1e9));
        }
    }

    /**
     * What the files say, over all recipients.
     *
     * @param sent       events
     * @param refused    events of which the sender knew in the end that somebody had not accepted them
     * @param lost       events times recipients that did not process them
     * @param duplicated receptions beyond an event's first
     * @param inversions first receptions after a later event of the same customer
     * @param across     first receptions after a later event of any customer
     */
    public record Account(long sent, long refused, long lost, long duplicated, long inversions, long across, int kills) {
    }

    /** Starts a recipient's process, again and again with the same file. */
    private interface Victim {
        ChildProcess start(String name, Path file, int index) throws IOException, InterruptedException;
    }

    /**
     * Recipients over gRPC, and the sender that {@code sender} makes of their addresses.
     *
     * @param retries true if that sender tries again until a recipient accepts: late events are waited for then
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

    /** Recipients that are consumer groups of one member. */
    public Account kafka(KafkaListener.Commit commit) throws Exception {
        String topic = "crashes-" + EventId.newRun();
        String bootstrap = context.broker().bootstrap();
        try (KafkaAdmin admin = new KafkaAdmin(bootstrap, START)) {
            admin.createTopic(topic, Defaults.KAFKA.partitions(), Optional.empty());
        }
        return run((name, file, index) -> {
            ChildProcess child = start(name, ChildMain.kafkaRecipient(bootstrap, topic, topic + "-" + name, file, plan.delay(),
                    commit));
            ready(child); // a member that comes back waits for its old seat
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

    /** One moment in each part, not in its last tenth, so that the restart belongs to it too. */
    private List<Long> moments() {
        List<Long> moments = new ArrayList<>();
        double part = plan.length().toNanos() / (double) Math.max(1, plan.kills());
        for (int i = 0; i < plan.kills(); i++) {
            moments.add(Math.round(part * (i + 0.1 + 0.5 * random.nextDouble())));
        }
        return moments;
    }

    /** Until every recipient has every event, or none of them gets any more. */
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

    /** One recipient over its deaths. */
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
