package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The cost of a lookup over Kafka, for one caller and for many. */
final class QueriesOverKafka implements Scenario {

    private static final List<Integer> CALLERS = List.of(1, 16);
    private static final double DEARER = 1.5;
    private static final Claim CLAIM = new Claim("queries-over-kafka", Claim.Kind.ANTI_PATTERN,
            "queries over Kafka",
            "A lookup over Kafka costs more time and more CPU than one over gRPC, for one caller and "
                    + "for many.",
            "The round trips of kafka-as-rpc, read as lookups, with 1 and with 16 callers. Each "
                    + "caller sends one question after another, twice over. CPU time is the sum of caller, "
                    + "server and broker. The noise is the median of the ratios of the two p50 and of the two "
                    + "CPU times.",
            "Not measurable where the square of the noise reaches 1.5, or where a lookup has not "
                    + "settled within two minutes. Confirmed if, at 1 and at 16 "
                    + "callers, Kafka's p50 and its CPU time of a lookup are at least 1.5 × gRPC's. Refuted if "
                    + "both are below gRPC's at both. Otherwise it depends on the number of callers.");

    private final Lookups.Times times;
    private final RecipientObserver grpcServer;

    QueriesOverKafka() {
        this(Lookups.Times.USUAL, new Journal.None());
    }

    /** @param grpcServer called by the server for each unary call, before the reply */
    QueriesOverKafka(Lookups.Times times, RecipientObserver grpcServer) {
        this.times = times;
        this.grpcServer = grpcServer;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Lookups lookups = new Lookups(context, times, grpcServer);
        Map<Integer, Lookups.Costs> grpc = lookups.grpc(CALLERS);
        Map<Integer, Lookups.Costs> kafka = lookups.kafka(CALLERS);
        Figures figures = new Figures();
        Map<String, WarmUpCurve> warmUps = new LinkedHashMap<>();
        grpc.forEach((callers, costs) -> add(figures, warmUps, "grpc, callers: " + callers, costs));
        kafka.forEach((callers, costs) -> add(figures, warmUps, "kafka, callers: " + callers, costs));
        return figures.judged(Verdict.onceSettled(times.warmUp(), warmUps, () -> judge(grpc, kafka)));
    }

    private static void add(Figures figures, Map<String, WarmUpCurve> warmUps, String path, Lookups.Costs costs) {
        warmUps.put(path, costs.warmUp());
        Lookups.Cost cost = costs.cost();
        figures.settled(path, costs.warmUp()).add(path, "p50", cost.p50Millis(), "ms").add(path, "p99", cost.p99Millis(), "ms")
                .add(path, "lookups", cost.perSecond(), "calls/s")
                .add(path, "CPU time a lookup", cost.cpuMicros(), "µs")
                .add(path, "p50, measured twice: apart", costs.p50Noise(), "×")
                .add(path, "CPU time, measured twice: apart", costs.cpuNoise(), "×");
    }

    static Verdict judge(Map<Integer, Lookups.Costs> grpc, Map<Integer, Lookups.Costs> kafka) {
        List<Double> noise = Stream.of(grpc, kafka).flatMap(one -> one.values().stream())
                .flatMap(costs -> Stream.of(costs.p50Noise(), costs.cpuNoise())).toList();
        return Verdict.unlessNear(
                Verdict.Noise.ratio("the same lookup, measured twice,", Lookups.middle(noise), 1, DEARER),
                () -> judgeCosts(grpc, kafka));
    }

    private static Verdict judgeCosts(Map<Integer, Lookups.Costs> grpc, Map<Integer, Lookups.Costs> kafka) {
        boolean dearer = grpc.keySet().stream().allMatch(callers ->
                time(grpc, kafka, callers) >= DEARER && work(grpc, kafka, callers) >= DEARER);
        boolean cheaper = grpc.keySet().stream().allMatch(callers ->
                time(grpc, kafka, callers) < 1 && work(grpc, kafka, callers) < 1);
        return dearer ? Verdict.confirmed() : cheaper ? Verdict.refuted("a lookup over Kafka is cheaper")
                : Verdict.depends("the number of callers");
    }

    private static double time(Map<Integer, Lookups.Costs> grpc, Map<Integer, Lookups.Costs> kafka, int callers) {
        return kafka.get(callers).cost().p50Millis() / grpc.get(callers).cost().p50Millis();
    }

    private static double work(Map<Integer, Lookups.Costs> grpc, Map<Integer, Lookups.Costs> kafka, int callers) {
        return kafka.get(callers).cost().cpuMicros() / grpc.get(callers).cost().cpuMicros();
    }
}
