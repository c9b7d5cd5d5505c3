package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.scenario.harness.BrokerCrash;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Crashes;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.RetryingSender;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.SenderCrash;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.text.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Lost and duplicated events when a recipient, the sender or the broker is killed. */
final class DeliveryGuarantee implements Scenario {

    private static final List<String> ACKS = List.of("0", "1", "all");
    private static final Claim CLAIM = new Claim("delivery-guarantee", Claim.Kind.ROW,
            "delivery guarantee",
            "gRPC delivers at most once: events for a dead recipient are lost unless the sender "
                    + "retries. Kafka delivers at least once with acks=all and consumers that commit after "
                    + "processing.",
            "10,000 events at 500/s to two recipient processes, over each of gRPC, gRPC with a retry "
                    + "in the sender, and Kafka. Each process is killed with kill -9 at two random moments and "
                    + "started again after 1 s. Then the sender (gRPC, gRPC with an outbox, Kafka) is killed "
                    + "five times. Then a broker node hangs for 0.5 s and is killed: a single node, and one of "
                    + "three, each with acks=0, 1 and all.",
            "Confirmed if gRPC without a retry lost events of killed recipients, Kafka lost none of "
                    + "those, and acks=all lost no acknowledged event with three nodes. Refuted if gRPC "
                    + "without a retry lost none, or Kafka lost some. The results of retry, outbox and the "
                    + "other acks are evidence, not part of the criterion.");

    private final Crashes.Plan plan;
    private final int senderKills;
    private final KafkaListener.Commit commit;

    DeliveryGuarantee() {
        this(new Crashes.Plan(2, 500, 10_000, 500, 2, Duration.ofSeconds(1), "none"), 5,
                KafkaListener.Commit.AFTER_PROCESSING);
    }

    DeliveryGuarantee(Crashes.Plan plan, int senderKills, KafkaListener.Commit commit) {
        this.plan = plan;
        this.senderKills = senderKills;
        this.commit = commit;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        SplittableRandom random = context.random(CLAIM);
        context.broker(); // started here, so that its start is not part of an experiment
        Figures figures = new Figures();
        Map<String, Crashes.Account> recipients = sideBySide(Map.of(
                "grpc-parallel", crashes(context, random.split(), "grpc", false),
                "grpc-parallel with retry", crashes(context, random.split(), "retry", true),
                "kafka", kafkaCrashes(context, random.split())));
        recipients.forEach((path, account) -> add(figures, path, account));
        SplittableRandom[] of = {random.split(), random.split(), random.split()};
        sideBySide(Map.<String, Callable<SenderCrash.Account>>of(
                "grpc-parallel", () -> senderCrash(context).grpc(false, of[0]),
                "grpc-parallel with outbox", () -> senderCrash(context).grpc(true, of[1]),
                "kafka", () -> senderCrash(context).kafka(of[2])))
                .forEach((path, account) -> add(figures, path, account));
        BrokerCrash crash = new BrokerCrash(plan.rate(), Duration.ofSeconds(4), Duration.ofMillis(500));
        SplittableRandom[] nodes = {random.split(), random.split()};
        Map<String, Map<String, BrokerCrash.Account>> brokers = sideBySide(Map.of(
                "one", () -> crash.run(context, 1, ACKS, nodes[0]),
                "three", () -> crash.run(context, 3, ACKS, nodes[1])));
        Map<String, BrokerCrash.Account> one = brokers.get("one");
        Map<String, BrokerCrash.Account> three = brokers.get("three");
        one.forEach((acks, account) -> add(figures, "kafka acks=" + acks + ", one node", account));
        three.forEach((acks, account) -> add(figures, "kafka acks=" + acks + ", one of three nodes", account));
        return figures.judged(judge(recipients.get("grpc-parallel").lost(), recipients.get("kafka").lost(),
                three.get("all").lostSilent()));
    }

    /**
     * @param grpc      deliveries that killed recipients missed over gRPC without a retry
     * @param kafka     the same over Kafka
     * @param acksOfAll events that were acknowledged with acks=all by three nodes and never delivered
     */
    static Verdict judge(long grpc, long kafka, long acksOfAll) {
        if (kafka > 0) {
            return Verdict.refuted("killed consumers lost events");
        }
        if (acksOfAll > 0) {
            return Verdict.refuted("acks=all lost acknowledged events");
        }
        return grpc == 0 ? Verdict.refuted("killed gRPC recipients lost nothing") : Verdict.confirmed();
    }

    private Callable<Crashes.Account> crashes(ExperimentContext context, SplittableRandom random, String name,
                                               boolean retry) {
        return () -> new Crashes(context, plan, random, name).grpc(targets -> sender(context, targets, retry), retry);
    }

    private Callable<Crashes.Account> kafkaCrashes(ExperimentContext context, SplittableRandom random) {
        return () -> new Crashes(context, plan, random, "kafka").kafka(commit);
    }

    static DeliveryPath sender(ExperimentContext context, List<GrpcFanOut.Target> targets, boolean retry) {
        return retry ? new RetryingSender(Defaults.GRPC, targets, context.clock())
                : new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, targets, context.clock());
    }

    private SenderCrash senderCrash(ExperimentContext context) throws Exception {
        return new SenderCrash(context, senderKills, plan.rate());
    }

    /** Runs all of them concurrently, each on its own thread; the results are in the order of the names. */
    static <T> Map<String, T> sideBySide(Map<String, Callable<T>> all) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(all.size());
        try {
            Map<String, Future<T>> running = new LinkedHashMap<>();
            new ArrayList<>(all.keySet()).stream().sorted()
                    .forEach(name -> running.put(name, threads.submit(all.get(name))));
            Map<String, T> results = new LinkedHashMap<>();
            for (Map.Entry<String, Future<T>> one : running.entrySet()) {
                results.put(one.getKey(), one.getValue().get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new IllegalStateException(Reason.of(e), e.getCause());
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private void add(Figures figures, String path, Crashes.Account account) {
        figures.add(path, "recipients killed: deliveries due", plan.recipients() * account.sent(), "events")
                .add(path, "recipients killed: deliveries lost", account.lost(), "events")
                .add(path, "recipients killed: duplicated", account.duplicated(), "events")
                .add(path, "recipients killed: events the sender knows to have failed", account.refused(), "events");
    }

    private static void add(Figures figures, String path, SenderCrash.Account account) {
        figures.add(path, "sender killed: sign-ups", account.signedUp(), "events")
                .add(path, "sender killed: sign-ups nobody heard of", account.lost(), "events")
                .add(path, "sender killed: duplicated", account.duplicated(), "events");
    }

    private static void add(Figures figures, String path, BrokerCrash.Account account) {
        figures.add(path, "broker killed: events sent", account.sent(), "events")
                .add(path, "broker killed: acknowledged and lost", account.lostSilent(), "events")
                .add(path, "broker killed: refused, so that the sender knows", account.refused(), "events")
                .add(path, "broker killed: duplicated", account.duplicated(), "events");
    }
}
