package dev.brew.delivery.scenario.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.scenario.harness.Crashes;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.scenario.harness.Verdict.Noise;
import dev.brew.delivery.scenario.harness.Verdict.Outcome;
import dev.brew.delivery.scenario.rows.SenderLearnsOfError.Knowledge;
import dev.brew.delivery.scenario.rows.SenderLearnsOfError.Trouble;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** No verdict is decided in advance: each criterion, with figures that bring it out either way. */
class VerdictsTest {

    @Test
    void noiseIsNearWhereTwiceOfItReachesTheCriterion() {
        assertThat(Noise.millis("p99", 49.9, 100).isNear()).isFalse();
        assertThat(Noise.millis("p99", 50, 100).isNear()).isTrue();
        assertThat(Noise.ratio("p50", 1.2, 1, 1.5).isNear()).isFalse();
        assertThat(Noise.ratio("p50", 1, 1.25, 1.5).isNear()).as("both off by so much, in opposite directions")
                .isTrue();
        assertThat(Noise.millis("p99", Double.NaN, 100).isNear()).as("not measured").isTrue();
        assertThat(Verdict.unlessNear(Noise.millis("p99", 1, 100), Verdict::confirmed)).isEqualTo(Verdict.confirmed());
        assertThat(Verdict.unlessNear(Noise.ratio("the same p50", 1, 1.25, 1.5), () -> {
            throw new AssertionError("judged all the same");
        })).isEqualTo(new Verdict(Outcome.NOT_MEASURABLE,
                "the same p50 differs by 1.25 ×, and its square reaches the criterion, 1.50 ×"));
        assertThat(Outcome.NOT_MEASURABLE).hasToString("not measurable here");
    }

    @Test
    void theSenderKnowsItsRecipientsUnlessItFindsThemOrKafkaHasToBeTold() {
        var told = new SenderKnowsRecipients.Facts(3, 1, 1, 0, 50, 100);
        var untold = new SenderKnowsRecipients.Facts(2, 0, 0, 100, 0, 0);
        assertThat(SenderKnowsRecipients.judge(told, untold).outcome()).isEqualTo(Outcome.CONFIRMED);
        var found = new SenderKnowsRecipients.Facts(3, 0, 0, 50, 0, 50);
        assertThat(SenderKnowsRecipients.judge(found, untold).why())
                .isEqualTo("the gRPC sender found the fourth recipient by itself");
        assertThat(SenderKnowsRecipients.judge(told, new SenderKnowsRecipients.Facts(2, 0, 0, 50, 0, 50)).why())
                .isEqualTo("Kafka's sender had to be told, or the new group missed events");
        assertThat(SenderKnowsRecipients.judge(told, new SenderKnowsRecipients.Facts(2, 1, 1, 0, 50, 0)).outcome())
                .isEqualTo(Outcome.REFUTED);
        assertThat(SenderKnowsRecipients.judge(new SenderKnowsRecipients.Facts(3, 1, 1, 0, 0, 150), untold))
                .isEqualTo(Verdict.depends("what a sender must be told: for gRPC's, a restart with another address was "
                        + "not enough"));
    }

    @Test
    void addingARecipientDependsOnTheOthersLoadOnceTheyFeelIt() {
        assertThat(add(600, 0, 10, 60)).isEqualTo(Verdict.confirmed());
        assertThat(add(600, 0, 10, 61)).isEqualTo(Verdict.depends(
                "the load that the other groups can bear while the new one reads history"));
        assertThat(add(600, 0, 34, 500)).as("24 ms above the part before it, with nothing changed").isEqualTo(
                Verdict.depends("the load that the other groups can bear while the new one reads history"));
        assertThat(add(600, 0, 35, 5)).isEqualTo(new Verdict(Outcome.NOT_MEASURABLE,
                "the change of the others' p99 before anybody joined is 25.0 ms, and twice that reaches the criterion, 50.0 ms"));
        assertThat(add(0, 0, 35, 5)).as("what is missed is counted").extracting(Verdict::outcome)
                .isEqualTo(Outcome.REFUTED);
        assertThat(add(600, 1, 10, 10)).isEqualTo(Verdict.refuted("the new Kafka group missed events"));
        assertThat(add(0, 0, 10, 10)).isEqualTo(Verdict.refuted("the new gRPC recipient missed nothing"));
    }

    private static Verdict add(long grpcMissed, long kafkaMissed, double before, double during) {
        return AddRecipient.judge(new AddRecipient.Facts(grpcMissed, 0, 1, 1, 5, 5, 5, 5),
                new AddRecipient.Facts(kafkaMissed, 0, 1, 1, 10, before, during, 5));
    }

    @Test
    void latencyDependsOnTheNumberOfRecipientsOnceKafkaIsNotTheSlowestEverywhere() {
        assertThat(Latency.judge(1.1, medians("1:1,1,1.3", "10:1,1,1.25"))).isEqualTo(Verdict.confirmed());
        assertThat(Latency.judge(1.1, medians("1:1,1,1.3", "10:1,1,1.24")).outcome()).isEqualTo(Outcome.DEPENDS);
        assertThat(Latency.judge(1.1, medians("1:1,1,1.2", "10:4,3,2"))).isEqualTo(Verdict.refuted(
                "Kafka is not slower than both gRPC paths at any number of recipients"));
        assertThat(Latency.judge(1.1, medians("1:1,3,2"))).as("slower than one of the two only")
                .extracting(Verdict::outcome).isEqualTo(Outcome.REFUTED);
        assertThat(Latency.judge(1.12, medians("1:1,1,9"))).isEqualTo(new Verdict(Outcome.NOT_MEASURABLE,
                "the same median, measured twice, differs by 1.12 ×, and its square reaches the criterion, 1.25 ×"));
    }

    private static Map<Integer, Map<PathKind, Double>> medians(String... rows) {
        Map<Integer, Map<PathKind, Double>> medians = new TreeMap<>();
        for (String row : rows) {
            String[] values = row.split(":")[1].split(",");
            medians.put(Integer.valueOf(row.split(":")[0]), Map.of(PathKind.GRPC_SEQUENTIAL, Double.valueOf(values[0]),
                    PathKind.GRPC_PARALLEL, Double.valueOf(values[1]), PathKind.KAFKA, Double.valueOf(values[2])));
        }
        return medians;
    }

    @Test
    void aSlowRecipientHoldsUpNobodyOverKafkaUnlessItDoes() {
        assertThat(slow(210, 210, 10, 210, 5, 5)).isEqualTo(Verdict.confirmed());
        assertThat(slow(210, 210, 10, 210, 100, 5)).isEqualTo(Verdict.refuted(
                "over Kafka the sender or the healthy recipients wait, too"));
        assertThat(slow(210, 210, 10, 210, 5, 100).outcome()).isEqualTo(Outcome.REFUTED);
        assertThat(slow(10, 10, 10, 10, 5, 5)).isEqualTo(Verdict.refuted("no gRPC sender waits for the slow recipient"));
        assertThat(slow(10, 210, 10, 210, 5, 5)).as("the slow one is called last")
                .isEqualTo(Verdict.depends("how the gRPC sender fans out"));
    }

    @Test
    void aSlowRecipientCannotBeJudgedOnAMachineThatIsAsSlowByItself() {
        Map<PathKind, SlowRecipient.Facts> clear = facts(210, 210, 10, 210, 5, 5);
        assertThat(SlowRecipient.judge(facts(1, 1, 49, 1, 1, 1), clear, 200)).isEqualTo(Verdict.confirmed());
        assertThat(SlowRecipient.judge(facts(1, 1, 50, 1, 1, 1), clear, 200)).isEqualTo(new Verdict(
                Outcome.NOT_MEASURABLE,
                "the largest p99 without a delay is 50.0 ms, and twice that reaches the criterion, 100.0 ms"));
        // as it happened: a verdict of 208 ms, where the same without much of a delay stood at 387 ms
        assertThat(SlowRecipient.judge(facts(387, 387, 1, 1, 1, 1), facts(210, 210, 10, 210, 208, 5), 200).outcome())
                .isEqualTo(Outcome.NOT_MEASURABLE);
    }

    private static Verdict slow(double sequentialHealthy, double sequentialSender, double parallelHealthy,
                                double parallelSender, double kafkaHealthy, double kafkaSender) {
        return SlowRecipient.judge(facts(1, 1, 1, 1, 1, 1), facts(sequentialHealthy, sequentialSender, parallelHealthy,
                parallelSender, kafkaHealthy, kafkaSender), 200);
    }

    private static Map<PathKind, SlowRecipient.Facts> facts(double sequentialHealthy, double sequentialSender,
                                                       double parallelHealthy, double parallelSender,
                                                       double kafkaHealthy, double kafkaSender) {
        return Map.of(PathKind.GRPC_SEQUENTIAL, new SlowRecipient.Facts(sequentialHealthy, sequentialSender),
                PathKind.GRPC_PARALLEL, new SlowRecipient.Facts(parallelHealthy, parallelSender),
                PathKind.KAFKA, new SlowRecipient.Facts(kafkaHealthy, kafkaSender));
    }

    @Test
    void theSenderLearnsUnlessOneErrorIsTakenForADelivery() {
        assertThat(SenderLearnsOfError.judge(known(20), known(0))).isEqualTo(Verdict.confirmed());
        assertThat(SenderLearnsOfError.judge(known(19), known(0)))
                .isEqualTo(Verdict.refuted("the gRPC sender did not learn that a recipient rejects"));
        assertThat(SenderLearnsOfError.judge(known(20), known(1)))
                .isEqualTo(Verdict.refuted("Kafka's sender learned that a recipient rejects"));
    }

    private static Map<Trouble, Knowledge> known(int told) {
        return Arrays.stream(Trouble.values())
                .collect(Collectors.toMap(trouble -> trouble, trouble -> new Knowledge(told, "X", 1)));
    }

    @Test
    void replayIsRefutedByLackingHistoryAndByHistoryThatNobodyKept() {
        Noise brief = Noise.millis("the time that analytics itself took", 1_100, 60_000);
        assertThat(Replay.judge(brief, 0, 0)).isEqualTo(Verdict.confirmed());
        assertThat(Replay.judge(brief, 1, 0)).isEqualTo(Verdict.refuted("the new Kafka group lacks history"));
        assertThat(Replay.judge(brief, 0, 1)).isEqualTo(
                Verdict.refuted("gRPC's new listener got history that nobody kept"));
        Noise busy = Noise.millis("the time that analytics itself took", 30_000, 60_000);
        assertThat(Replay.judge(busy, 1, 0)).isEqualTo(new Verdict(Outcome.NOT_MEASURABLE,
                "the time that analytics itself took is 30000.0 ms, and twice that reaches the criterion, 60000.0 ms"));
    }

    @Test
    void theGuaranteeIsRefutedByWhateverIsLostWhereNothingMayBeAndTheOtherWayRound() {
        assertThat(DeliveryGuarantee.judge(900, 0, 0)).isEqualTo(Verdict.confirmed());
        assertThat(DeliveryGuarantee.judge(900, 1, 0)).isEqualTo(Verdict.refuted("killed consumers lost events"));
        assertThat(DeliveryGuarantee.judge(900, 0, 1)).isEqualTo(Verdict.refuted("acks=all lost acknowledged events"));
        assertThat(DeliveryGuarantee.judge(0, 0, 0)).isEqualTo(Verdict.refuted("killed gRPC recipients lost nothing"));
    }

    @Test
    void backpressureIsRefutedWhereTheWrongSenderFeelsIt() {
        var refused = new Backpressure.Facts(1, 700, 2900, 1);
        assertThat(Backpressure.judge(refused, new Backpressure.Facts(1, 0, 5, 2))).isEqualTo(Verdict.confirmed());
        assertThat(Backpressure.judge(new Backpressure.Facts(1, 0, 999, 1), new Backpressure.Facts(1, 0, 5, 2)))
                .isEqualTo(Verdict.refuted("the gRPC sender felt nothing"));
        assertThat(Backpressure.judge(refused, new Backpressure.Facts(1, 1, 5, 2)))
                .isEqualTo(Verdict.refuted("Kafka's sender was refused events, or blocked"));
        assertThat(Backpressure.judge(refused, new Backpressure.Facts(1, 0, 1000, 2)).outcome())
                .isEqualTo(Outcome.REFUTED);
        assertThat(Backpressure.judge(refused, new Backpressure.Facts(1, 0, 100, 2)).outcome())
                .isEqualTo(Outcome.DEPENDS);
        assertThat(Backpressure.judge(refused, new Backpressure.Facts(1, 0, 5, Double.NaN)).outcome())
                .as("never caught up").isEqualTo(Outcome.DEPENDS);
        assertThat(Backpressure.judge(refused, new Backpressure.Facts(50, 0, 1000, 2))).isEqualTo(new Verdict(
                Outcome.NOT_MEASURABLE,
                "the larger sender-blocked p99 before is 50.0 ms, and twice that reaches the criterion, 100.0 ms"));
    }

    @Test
    void orderingIsRefutedByInversionsOverKafkaOrNoneOverGrpc() {
        assertThat(Ordering.judge(inversions(9, 0), inversions(0, 0))).isEqualTo(Verdict.confirmed());
        assertThat(Ordering.judge(inversions(9, 0), inversions(1, 0)))
                .isEqualTo(Verdict.refuted("Kafka turned a customer's events round"));
        assertThat(Ordering.judge(inversions(0, 0), inversions(0, 0)))
                .isEqualTo(Verdict.refuted("gRPC kept the order of every customer's events"));
        assertThat(Ordering.judge(inversions(9, 1), inversions(0, 0)))
                .isEqualTo(Verdict.depends("whether events may be lost"));
    }

    private static Crashes.Account inversions(long inversions, long lost) {
        return new Crashes.Account(10_000, 0, lost, 0, inversions, 0, 1);
    }

    @Test
    void kafkaAsRpcIsRefutedByAQuickerRoundTripAndDependsInBetween() {
        var error = new KafkaAsRpc.Lost("UNAVAILABLE", 8);
        var nothing = new KafkaAsRpc.Lost("", 2800);
        assertThat(KafkaAsRpc.judge(cost(1, 1), cost(1.5, 1), error, nothing)).isEqualTo(Verdict.confirmed());
        assertThat(KafkaAsRpc.judge(cost(1, 1), cost(1.4, 1), error, nothing).outcome()).isEqualTo(Outcome.DEPENDS);
        assertThat(KafkaAsRpc.judge(cost(1, 1), cost(2, 1), nothing, nothing).outcome()).as("gRPC's caller is as blind")
                .isEqualTo(Outcome.DEPENDS);
        assertThat(KafkaAsRpc.judge(cost(1, 1), cost(2, 1), error, error).outcome()).as("Kafka's caller was told")
                .isEqualTo(Outcome.DEPENDS);
        assertThat(KafkaAsRpc.judge(cost(1, 1), cost(0.9, 1), error, nothing))
                .isEqualTo(Verdict.refuted("a round trip over Kafka is quicker than a unary call"));
        assertThat(KafkaAsRpc.judge(cost(1, 1), costs(one(1.6, 1), one(2, 1)), error, nothing))
                .isEqualTo(new Verdict(Outcome.NOT_MEASURABLE,
                        "the same p50, measured twice, differs by 1.25 ×, and its square reaches the criterion, 1.50 ×"));
    }

    @Test
    void queriesDependOnTheNumberOfCallersUnlessAllAgree() {
        Map<Integer, Lookups.Costs> grpc = Map.of(1, cost(1, 100), 16, cost(2, 100));
        assertThat(QueriesOverKafka.judge(grpc, Map.of(1, cost(2, 200), 16, cost(4, 150)))).isEqualTo(Verdict.confirmed());
        assertThat(QueriesOverKafka.judge(grpc, Map.of(1, cost(2, 200), 16, cost(4, 149))))
                .isEqualTo(Verdict.depends("the number of callers"));
        assertThat(QueriesOverKafka.judge(grpc, Map.of(1, cost(0.9, 90), 16, cost(1, 90))))
                .isEqualTo(Verdict.refuted("a lookup over Kafka is cheaper"));
        Lookups.Costs noisy = costs(one(5, 500), one(4, 400));
        assertThat(QueriesOverKafka.judge(grpc, Map.of(1, noisy, 16, cost(4, 200))).outcome())
                .as("one slow spell does not speak for the row").isEqualTo(Outcome.CONFIRMED);
        assertThat(QueriesOverKafka.judge(grpc, Map.of(1, noisy, 16, noisy))).isEqualTo(new Verdict(
                Outcome.NOT_MEASURABLE,
                "the same lookup, measured twice, differs by 1.25 ×, and its square reaches the criterion, 1.50 ×"));
    }

    @Test
    void whatHadNotSettledIsNotMeasurable() {
        Map<String, WarmUpCurve> warmUps = new TreeMap<>(Map.of("grpc", new WarmUpCurve(true, 9, List.of()), "kafka",
                new WarmUpCurve(false, 120, List.of())));
        assertThat(Verdict.onceSettled(Duration.ofSeconds(120), warmUps, Verdict::confirmed))
                .isEqualTo(Verdict.notMeasurable("not settled within 120 s: kafka"));
        assertThat(Verdict.onceSettled(Duration.ZERO, warmUps, Verdict::confirmed)).isEqualTo(Verdict.confirmed());
        warmUps.remove("kafka");
        assertThat(Verdict.onceSettled(Duration.ofSeconds(120), warmUps, Verdict::confirmed)).isEqualTo(Verdict.confirmed());
    }

    /** Twice the same: no noise. */
    private static Lookups.Costs cost(double p50Millis, double cpuMicros) {
        return costs(one(p50Millis, cpuMicros), one(p50Millis, cpuMicros));
    }

    private static Lookups.Costs costs(Lookups.Cost control, Lookups.Cost cost) {
        return new Lookups.Costs(new WarmUpCurve(true, 9, List.of()), control, cost);
    }

    private static Lookups.Cost one(double p50Millis, double cpuMicros) {
        return new Lookups.Cost(p50Millis, p50Millis, 1000, cpuMicros);
    }

    @Test
    void logAndSkipIsRefutedWhereGrpcLosesNothingOrKafkaSomething() {
        assertThat(LogAndSkip.judge(500, 0)).isEqualTo(Verdict.confirmed());
        assertThat(LogAndSkip.judge(0, 0)).isEqualTo(Verdict.refuted("gRPC lost nothing"));
        assertThat(LogAndSkip.judge(500, 1)).isEqualTo(Verdict.refuted("Kafka lost events"));
    }

    @Test
    void theDualWriteIsRefutedByAnOutboxThatIsNoBetter() {
        Set<String> rows = Set.of("r.dual.0", "r.dual.1", "r.dual.2", "r.outbox.0", "r.outbox.1");
        List<String> events = List.of("r.dual.0", "r.outbox.0", "r.dual.1", "r.dual.1", "r.dual.3", "r.outbox.1",
                "r.outbox.1");
        var torn = DualWrite.Account.of(rows, events, "dual");
        assertThat(torn).isEqualTo(new DualWrite.Account(3, 1, 1, 1));
        var whole = DualWrite.Account.of(rows, events, "outbox");
        assertThat(whole).isEqualTo(new DualWrite.Account(2, 0, 0, 1));
        assertThat(DualWrite.judge(torn, whole)).isEqualTo(Verdict.confirmed());
        assertThat(DualWrite.judge(whole, whole)).isEqualTo(Verdict.refuted("the dual write lost nothing"));
        assertThat(DualWrite.judge(torn, torn)).isEqualTo(Verdict.refuted("the outbox lost events or made some up"));
    }
}
