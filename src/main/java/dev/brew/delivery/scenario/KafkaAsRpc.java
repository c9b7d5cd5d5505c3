package dev.brew.delivery.scenario;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.recipient.RecipientObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A question over Kafka: request topic, reply topic, correlation id. */
final class KafkaAsRpc implements Scenario {

    private static final Claim CLAIM = new Claim("kafka-as-rpc", Claim.Kind.ANTI_PATTERN, "Kafka as RPC",
            "Request and reply over two topics cost more than a unary call, and a caller whose reply is lost is told nothing.",
            "One caller, one question after another: a unary call, and a record in a request topic answered by one with the "
                    + "same id in a reply topic (linger 0, acks=all). Then the server is lost between question and answer: "
                    + "kill -9 over gRPC; over Kafka it does not reply. Both callers wait for at most 3 s.",
            "Confirmed if Kafka's p50 is at least 1.5 × gRPC's, and after a lost reply the gRPC caller had an error before its "
                    + "deadline while Kafka's waited the whole 3 s. Refuted if Kafka's p50 is below gRPC's. Else it depends "
                    + "on what a round trip may cost.");

    private final Duration length;
    private final RecipientObserver grpcServer;

    KafkaAsRpc() {
        this(Duration.ofSeconds(2), new Journal.None());
    }

    /** @param grpcServer what the server does for a unary call before it answers */
    KafkaAsRpc(Duration length, RecipientObserver grpcServer) {
        this.length = length;
        this.grpcServer = grpcServer;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(Lab lab) throws Exception {
        Lookups lookups = new Lookups(lab, length, grpcServer);
        Figures figures = new Figures();
        Lookups.Cost grpc = lookups.grpc(List.of(1)).get(1);
        Lookups.Cost kafka = lookups.kafka(List.of(1)).get(1);
        add(figures, "grpc", grpc);
        add(figures, "kafka", kafka);
        double grpcLost = grpcLost(lab, figures);
        double kafkaLost = kafkaLost(lab);
        figures.add("kafka", "reply lost: until the caller gave up, told nothing", kafkaLost, "ms");
        return figures.judged(judge(grpc, kafka, grpcLost, kafkaLost));
    }

    private static void add(Figures figures, String path, Lookups.Cost cost) {
        figures.add(path, "p50", cost.p50Millis(), "ms").add(path, "p99", cost.p99Millis(), "ms")
                .add(path, "throughput of one caller", cost.perSecond(), "calls/s");
    }

    /**
     * @param grpcLost  until the gRPC caller had an error, ms
     * @param kafkaLost until Kafka's caller gave up, ms; NaN: it was told earlier
     */
    static Verdict judge(Lookups.Cost grpc, Lookups.Cost kafka, double grpcLost, double kafkaLost) {
        if (kafka.p50Millis() < grpc.p50Millis()) {
            return Verdict.refuted("a round trip over Kafka is quicker than a unary call");
        }
        boolean blind = grpcLost < Lookups.TIMEOUT.toMillis() && kafkaLost >= Lookups.TIMEOUT.toMillis();
        return blind && kafka.p50Millis() >= 1.5 * grpc.p50Millis() ? Verdict.confirmed()
                : Verdict.depends("what a round trip may cost, and what a caller has to be told");
    }

    private static double grpcLost(Lab lab, Figures figures) throws Exception {
        Path directory = lab.directory("rpc");
        try (ChildProcess server = ChildProcess.start(directory.resolve("server.log"), List.of(),
                List.of("grpc-recipient", "0", directory.resolve("server.ids").toString(), "fixed:10s"));
             GrpcFanOut caller = new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Stage.GRPC, List.of(new GrpcFanOut.Target(
                     "server", server.await("READY ", Stage.DEADLINE))), lab.clock())) {
            caller.connect(Stage.DEADLINE);
            Events events = new Events(EventId.newRun(), "m", 0, Stage.PAYLOAD_BYTES, lab.clock());
            CompletableFuture<SendReport> answer = caller.deliver(events.next()).toCompletableFuture();
            TimeUnit.MILLISECONDS.sleep(200);
            long killed = System.nanoTime();
            server.kill();
            String code = answer.get().outcomes().get(0).code();
            double millis = (System.nanoTime() - killed) / 1e6;
            figures.add("grpc", "server killed: until the caller had " + code, millis, "ms");
            return millis;
        }
    }

    private static double kafkaLost(Lab lab) throws Exception {
        try (Lookups.OverKafka rpc = new Lookups.OverKafka(lab)) {
            rpc.call().get(Stage.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            rpc.loseReplies();
            long begin = System.nanoTime();
            try {
                rpc.call().get(Lookups.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
                return Double.NaN;
            } catch (TimeoutException e) { // that is all it ever learns
                return (System.nanoTime() - begin) / 1e6;
            }
        }
    }
}
