package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.rig.Measured;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The time until every recipient has the event, by path and number of recipients. */
final class Latency implements Scenario {

    private static final List<Integer> RECIPIENTS = List.of(1, 3, 5, 10);
    private static final double RATE = 200;
    /**
     * Two medians with a smaller ratio are level. Two loops of one path differ by up to 1.15 on a shared machine.
     */
    private static final double MARGIN = 1.25;
    private static final Claim CLAIM = new Claim("latency", Claim.Kind.ROW, "latency end to end",
            "gRPC is faster end to end than Kafka. Sequential fan-out takes the sum of its calls, "
                    + "parallel fan-out the slowest call.",
            "1, 3, 5 and 10 recipients without a delay, on each path: one event after another "
                    + "(twice), and at 200 events/s. Completed means that every recipient has processed the "
                    + "event and the sender has its answer. The noise is the median, over paths and numbers of "
                    + "recipients, of the ratio of the two medians.",
            "By completed p50, one event after another; two medians are level if they are less than "
                    + "1.25 × apart. Not measurable where the square of the noise reaches 1.25. Confirmed if "
                    + "Kafka is slower than both gRPC paths, and not level, at every number of recipients. "
                    + "Refuted if it is slower than both at none. Depends on the number of recipients if it is "
                    + "slower than both at some.");

    private final Times times;
    private final ExperimentContext.Opener opener;

    /** Duration of each warm-up and of each loop, and the numbers of recipients. */
    record Times(Duration warmUp, Duration closed, Duration open, List<Integer> recipients) {
    }

    Latency() {
        this(new Times(Duration.ofMillis(1200), Duration.ofMillis(1200), Duration.ofMillis(1600), RECIPIENTS),
                ExperimentContext::standard);
    }

    Latency(Times times, ExperimentContext.Opener opener) {
        this.times = times;
        this.opener = opener;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Figures figures = new Figures();
        Map<Integer, Map<PathKind, Double>> medians = new TreeMap<>();
        List<Double> noise = new ArrayList<>();
        warmBroker(context);
        for (int n : times.recipients()) {
            Map<PathKind, Double> row = new EnumMap<>(PathKind.class);
            for (PathKind kind : PathKind.WITH_TRANSPORT) {
                row.put(kind, measure(context, kind, n, figures, noise));
            }
            medians.put(n, row);
        }
        figures.add("kafka", "first N at which its completed p50 is below grpc-sequential's (0: at none)",
                firstBelow(medians, PathKind.GRPC_SEQUENTIAL), "");
        figures.add("kafka", "first N at which its completed p50 is below grpc-parallel's (0: at none)",
                firstBelow(medians, PathKind.GRPC_PARALLEL), "");
        return figures.judged(judge(Lookups.middle(noise), medians));
    }

    /** The first events of a fresh broker are much slower than later ones. */
    private void warmBroker(ExperimentContext context) throws Exception {
        try (Rig rig = context.open(PathKind.KAFKA, 3, List.of(), opener)) {
            rig.warmUp(times.warmUp().multipliedBy(4));
        }
    }

    private double measure(ExperimentContext context, PathKind kind, int n, Figures figures, List<Double> noise)
            throws Exception {
        try (Rig rig = context.open(kind, n, List.of(), opener)) {
            rig.warmUp(times.warmUp());
            Measured control = rig.closedLoop(times.closed());
            Measured closed = rig.closedLoop(times.closed());
            double first = control.p50("completed");
            noise.add(Math.max(first, closed.p50("completed")) / Math.min(first, closed.p50("completed")));
            Measured open = rig.openLoop(rig.path(), RATE).run(times.open(), Duration.ofSeconds(10));
            open.outcome().requireSound();
            String path = kind + " N=" + n;
            figures.millis(path, "completed p50 of as long before that", first)
                    .millis(path, "completed p50", closed.p50("completed"))
                    .millis(path, "completed p99", closed.p99("completed"))
                    .millis(path, "completed p50 at 200/s", open.p50("completed"))
                    .millis(path, "completed p99 at 200/s", open.p99("completed"));
            open.outcome().findings().sumOfCalls().ifPresent(ratio ->
                    figures.add(path, "mean sender-blocked ÷ sum of the mean calls (theory: 1)", ratio, "×"));
            open.outcome().findings().independence().ifPresent(ratio ->
                    figures.add(path, "p50 of the slowest call ÷ that of independent calls (theory: 1)", ratio, "×"));
            if (kind == PathKind.KAFKA) {
                figures.millis(path, "produce: sender-blocked p50", closed.p50("sender"))
                        .millis(path, "and fetch: completed p50 − sender-blocked p50",
                                closed.p50("completed") - closed.p50("sender"));
            }
            return closed.p50("completed");
        }
    }

    private static int firstBelow(Map<Integer, Map<PathKind, Double>> medians, PathKind other) {
        return medians.entrySet().stream().filter(row -> row.getValue().get(PathKind.KAFKA) < row.getValue().get(other))
                .map(Map.Entry::getKey).findFirst().orElse(0);
    }

    /**
     * @param noise   see the claim
     * @param medians completed p50 by number of recipients and path, in any one unit
     */
    static Verdict judge(double noise, Map<Integer, Map<PathKind, Double>> medians) {
        return Verdict.unlessNear(Verdict.Noise.ratio("the same median, measured twice,", noise, 1, MARGIN),
                () -> judge(medians));
    }

    private static Verdict judge(Map<Integer, Map<PathKind, Double>> medians) {
        List<Integer> slower = new ArrayList<>();
        for (Map.Entry<Integer, Map<PathKind, Double>> row : medians.entrySet()) {
            double kafka = row.getValue().get(PathKind.KAFKA);
            double grpc = Math.max(row.getValue().get(PathKind.GRPC_SEQUENTIAL),
                    row.getValue().get(PathKind.GRPC_PARALLEL));
            if (kafka >= MARGIN * grpc) {
                slower.add(row.getKey());
            }
        }
        if (slower.size() == medians.size()) {
            return Verdict.confirmed();
        }
        return slower.isEmpty() ? Verdict.refuted("Kafka is not slower than both gRPC paths at any number of recipients")
                : Verdict.depends("the number of recipients: Kafka is slower with few of them only");
    }
}
