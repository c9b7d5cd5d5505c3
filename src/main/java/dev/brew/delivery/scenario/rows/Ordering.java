package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Crashes;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** Whether the events of a customer are received in the order in which they were sent. */
final class Ordering implements Scenario {

    private static final String GRPC = "grpc-parallel with retry";
    private static final String KAFKA = "kafka";
    private static final Claim CLAIM = new Claim("ordering", Claim.Kind.ROW, "ordering",
            "Kafka keeps the order of each customer's events. Over gRPC retries change the order. "
                    + "Across customers, and so across partitions, Kafka keeps no order either.",
            "20 events for each of 500 customers, at 500/s, to a recipient process that is killed "
                    + "with kill -9 once in the middle and started again after 1 s. The gRPC sender retries "
                    + "until it gets an answer. An inversion is the first reception of an event after a later "
                    + "event of the same customer.",
            "Confirmed if there are no inversions over Kafka and some over gRPC, and no event was "
                    + "lost. Refuted if Kafka has inversions, or gRPC has none. Depends on whether events may "
                    + "be lost if a path lost some.");

    private final Crashes.Plan plan;

    Ordering() {
        this(new Crashes.Plan(1, 500, 10_000, 500, 1, Duration.ofSeconds(1), "none"));
    }

    Ordering(Crashes.Plan plan) {
        this.plan = plan;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        SplittableRandom random = context.random(CLAIM);
        SplittableRandom grpcRandom = random.split();
        SplittableRandom kafkaRandom = random.split();
        context.broker();
        Map<String, Crashes.Account> accounts = DeliveryGuarantee.sideBySide(Map.<String, Callable<Crashes.Account>>of(
                GRPC, () -> new Crashes(context, plan, grpcRandom, "order-grpc")
                        .grpc(targets -> DeliveryGuarantee.sender(context, targets, true), true),
                KAFKA, () -> new Crashes(context, plan, kafkaRandom, "order-kafka")
                        .kafka(KafkaListener.Commit.AFTER_PROCESSING)));
        Figures figures = new Figures();
        accounts.forEach((path, account) -> figures
                .add(path, "events sent", account.sent(), "events")
                .add(path, "inversions within a customer", account.inversions(), "events")
                .add(path, "inversions across customers", account.across(), "events")
                .add(path, "duplicated", account.duplicated(), "events")
                .add(path, "lost", account.lost(), "events"));
        return figures.judged(judge(accounts.get(GRPC), accounts.get(KAFKA)));
    }

    static Verdict judge(Crashes.Account grpc, Crashes.Account kafka) {
        if (kafka.inversions() > 0) {
            return Verdict.refuted("Kafka turned a customer's events round");
        }
        if (grpc.inversions() == 0) {
            return Verdict.refuted("gRPC kept the order of every customer's events");
        }
        return grpc.lost() + kafka.lost() == 0 ? Verdict.confirmed() : Verdict.depends("whether events may be lost");
    }
}
