package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.scenario.harness.ChildMain;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Request and reply over Kafka: request topic, reply topic, correlation id. */
final class KafkaAsRpc implements Scenario {

    private static final Claim CLAIM = new Claim("kafka-as-rpc", Claim.Kind.ANTI_PATTERN, "Kafka as RPC",
            "Request and reply over two topics cost more than a unary call, and a caller whose reply "
                    + "is lost gets no error.",
            "One caller sends one question after another, twice over: as a unary call, and as a "
                    + "record in a request topic that is answered by a record with the same id in a reply "
                    + "topic (linger 0, acks=all). The noise of a path is the ratio of its two p50; the larger "
                    + "one of both paths counts. Then the server process is killed with kill -9 between "
                    + "question and answer. Both callers wait for at most 3 s.",
            "Not measurable where the square of the noise reaches 1.5, or where a path has not "
                    + "settled within two minutes. Confirmed if Kafka's p50 is "
                    + "at least 1.5 × gRPC's, and after the kill the gRPC caller had an error before its "
                    + "deadline while Kafka's caller had none in 3 s. Refuted if Kafka's p50 is below gRPC's. "
                    + "Otherwise it depends on the acceptable cost of a round trip.");

    private static final double DEARER = 1.5;
    private static final String GAVE_UP = "";
    private static final String NEVER = "fixed:10s";
    private static final long UNTIL_KILL_MILLIS = 200;

    private final Lookups.Times times;
    private final RecipientObserver grpcServer;
    private final Supervisor supervisor;

    KafkaAsRpc() {
        this(Lookups.Times.USUAL, new Journal.None(), answer -> { });
    }

    /**
     * @param grpcServer called by the server for each unary call, before the reply
     * @param supervisor told when Kafka's server process has ended
     */
    KafkaAsRpc(Lookups.Times times, RecipientObserver grpcServer, Supervisor supervisor) {
        this.times = times;
        this.grpcServer = grpcServer;
        this.supervisor = supervisor;
    }

    /** Is told that a server's process has ended. */
    @FunctionalInterface
    interface Supervisor {
        /** @param answer the reply that the caller waits for */
        void serverIsGone(CompletableFuture<Void> answer);
    }

    /**
     * The outcome for a caller whose server was killed.
     *
     * @param told   the error that the caller got; empty: none before it gave up
     * @param millis from the kill until then
     */
    record Lost(String told, double millis) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Lookups lookups = new Lookups(context, times, grpcServer);
        Figures figures = new Figures();
        Lookups.Costs grpc = lookups.grpc(List.of(1)).get(1);
        Lookups.Costs kafka = lookups.kafka(List.of(1)).get(1);
        add(figures, "grpc", grpc);
        add(figures, "kafka", kafka);
        Lost grpcLost = grpcLost(context);
        Lost kafkaLost = kafkaLost(context);
        add(figures, "grpc", grpcLost);
        add(figures, "kafka", kafkaLost);
        return figures.judged(Verdict.onceSettled(times.warmUp(), Map.of("grpc", grpc.warmUp(), "kafka", kafka.warmUp()),
                () -> judge(grpc, kafka, grpcLost, kafkaLost)));
    }

    private static void add(Figures figures, String path, Lookups.Costs costs) {
        Lookups.Cost cost = costs.cost();
        figures.settled(path, costs.warmUp()).add(path, "p50", cost.p50Millis(), "ms").add(path, "p99", cost.p99Millis(), "ms")
                .add(path, "throughput of one caller", cost.perSecond(), "calls/s")
                .add(path, "p50, measured twice: apart", costs.p50Noise(), "×");
    }

    private static void add(Figures figures, String path, Lost lost) {
        figures.add(path, "server killed: until the caller " + (lost.told().equals(GAVE_UP) ? "gave up, told nothing"
                : "had " + lost.told()), lost.millis(), "ms");
    }

    static Verdict judge(Lookups.Costs grpc, Lookups.Costs kafka, Lost grpcLost, Lost kafkaLost) {
        double noise = Lookups.middle(List.of(grpc.p50Noise(), kafka.p50Noise()));
        return Verdict.unlessNear(Verdict.Noise.ratio("the same p50, measured twice,", noise, 1, DEARER),
                () -> judge(kafka.cost().p50Millis() / grpc.cost().p50Millis(), grpcLost, kafkaLost));
    }

    private static Verdict judge(double dearer, Lost grpcLost, Lost kafkaLost) {
        if (dearer < 1) {
            return Verdict.refuted("a round trip over Kafka is quicker than a unary call");
        }
        boolean blind = !grpcLost.told().equals(GAVE_UP) && kafkaLost.told().equals(GAVE_UP);
        return blind && dearer >= DEARER ? Verdict.confirmed()
                : Verdict.depends("what a round trip may cost, and what a caller has to be told");
    }

    private static Lost grpcLost(ExperimentContext context) throws Exception {
        Path directory = context.directory("rpc");
        GrpcOptions patient = new GrpcOptions(Defaults.GRPC.transport(), Defaults.GRPC.executor(), Lookups.TIMEOUT);
        try (ChildProcess server = ChildMain.start(directory.resolve("server.log"), List.of(),
                ChildMain.grpcRecipient(0, directory.resolve("server.ids"), NEVER));
             GrpcFanOut caller = new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, patient, List.of(new GrpcFanOut.Target(
                     "server", server.await("READY ", Defaults.DEADLINE))), context.clock())) {
            caller.connect(Defaults.DEADLINE);
            Events events = new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
            CompletableFuture<SendReport> answer = caller.deliver(events.next()).toCompletableFuture();
            TimeUnit.MILLISECONDS.sleep(UNTIL_KILL_MILLIS);
            long killed = System.nanoTime();
            server.kill();
            String code = answer.get().outcomes().get(0).code();
            return new Lost(code.equals("DEADLINE_EXCEEDED") ? GAVE_UP : code, (System.nanoTime() - killed) / 1e6);
        }
    }

    /** The caller waits until the client, the broker or the supervisor completes its reply, or until it gives up. */
    private Lost kafkaLost(ExperimentContext context) throws Exception {
        Path directory = context.directory("kafka-rpc");
        try (Lookups.OverKafka rpc = new Lookups.OverKafka(context)) {
            rpc.call().get(Defaults.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            rpc.endServer();
            try (ChildProcess server = ChildMain.start(directory.resolve("server.log"), List.of(),
                    ChildMain.kafkaRecipient(context.broker().bootstrap(), rpc.requestTopic(), rpc.requestTopic() + "-server",
                            directory.resolve("server.ids"), NEVER, KafkaListener.Commit.AFTER_PROCESSING))) {
                server.await("READY", Defaults.DEADLINE);
                return kafkaLost(rpc.call(), server);
            }
        }
    }

    private Lost kafkaLost(CompletableFuture<Void> answer, ChildProcess server) throws Exception {
        long asked = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(UNTIL_KILL_MILLIS);
        long killed = System.nanoTime();
        server.kill();
        supervisor.serverIsGone(answer);
        String told;
        try {
            answer.get(asked + Lookups.TIMEOUT.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
            throw new IllegalStateException("a server that was killed has answered");
        } catch (TimeoutException e) {
            told = GAVE_UP;
        } catch (ExecutionException e) {
            told = e.getCause().getMessage();
        }
        return new Lost(told, (System.nanoTime() - killed) / 1e6);
    }
}
