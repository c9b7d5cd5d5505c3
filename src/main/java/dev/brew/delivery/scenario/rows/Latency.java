package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.rig.Measured;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.rig.Settling;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** The time until every recipient has the event, by path and number of recipients. */
final class Latency implements Scenario {

    private static final List<Integer> RECIPIENTS = List.of(1, 3, 5, 10);
    private static final double RATE = 200;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /**
     * Two medians with a smaller ratio are level. Two loops of one path differ by up to 1.15 on a shared machine.
     */
    private static final double MARGIN = 1.25;
    private static final int SLICES = 8;
    private static final Claim CLAIM = new Claim("latency", Claim.Kind.ROW, "latency end to end",
            "gRPC is faster end to end than Kafka. Sequential fan-out takes the sum of its calls, "
                    + "parallel fan-out the slowest call.",
            "1, 3, 5 and 10 recipients without a delay, on each path. As in a block of the default run, all rows are "
                    + "open side by side, warm up together until each has settled, and are measured in turn in "
                    + SLICES + " slices of 400 ms, in random order: one event after another. Then each row is measured "
                    + "at 200 events/s. Completed means that every recipient has processed the event and the sender has "
                    + "its answer. The noise is the median, over all rows, of the ratio of the medians of the even and "
                    + "the odd slices.",
            "By completed p50, one event after another; two medians are level if they are less than "
                    + "1.25 × apart. Not measurable where the square of the noise reaches 1.25, or where a row "
                    + "has not settled within two minutes. Confirmed if "
                    + "Kafka is slower than both gRPC paths, and not level, at every number of recipients. "
                    + "Refuted if it is slower than both at none. Depends on the number of recipients if it is "
                    + "slower than both at some.");

    private final Times times;
    private final ExperimentContext.Opener opener;

    /**
     * The durations, and the numbers of recipients.
     *
     * @param warmUp the longest time to settle; zero: no warm-up, and no row need have settled
     */
    record Times(Duration warmUp, Duration slice, Duration open, List<Integer> recipients) {
    }

    Latency() {
        this(new Times(Settling.DEFAULT_MOST, Duration.ofMillis(400), Duration.ofMillis(1600), RECIPIENTS),
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
        List<Row> rows = new ArrayList<>();
        try {
            for (int n : times.recipients()) {
                for (PathKind kind : PathKind.WITH_TRANSPORT) {
                    rows.add(new Row(kind, n, context.open(kind, n, List.of(), opener), context.broker()));
                }
            }
            return measure(rows, new Random(context.random(CLAIM).nextLong()), context.clock());
        } finally {
            close(rows);
        }
    }

    private Finding measure(List<Row> rows, Random order, NanoClock clock) throws Exception {
        List<WarmUpCurve> curves = settle(rows, order, clock);
        for (int slice = 0; slice < SLICES; slice++) {
            List<Row> inTurn = new ArrayList<>(rows);
            Collections.shuffle(inTurn, order);
            for (Row row : inTurn) {
                row.slices.add(row.rig.closedLoop(times.slice()));
            }
        }
        Figures figures = new Figures();
        Map<Integer, Map<PathKind, Double>> medians = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            medians.computeIfAbsent(row.n, n -> new EnumMap<>(PathKind.class)).put(row.kind, row.p50());
            row.add(figures, curves.get(i), row.rig.openLoop(row.rig.path(), RATE).run(times.open(), DRAIN));
        }
        figures.add("kafka", "first N at which its completed p50 is below grpc-sequential's (0: at none)",
                firstBelow(medians, PathKind.GRPC_SEQUENTIAL), "");
        figures.add("kafka", "first N at which its completed p50 is below grpc-parallel's (0: at none)",
                firstBelow(medians, PathKind.GRPC_PARALLEL), "");
        Map<String, WarmUpCurve> warmUps = new LinkedHashMap<>();
        IntStream.range(0, rows.size()).forEach(i -> warmUps.put(rows.get(i).name(), curves.get(i)));
        return figures.judged(Verdict.onceSettled(times.warmUp(), warmUps,
                () -> judge(Lookups.middle(rows.stream().map(Row::noise).toList()), medians)));
    }

    private List<WarmUpCurve> settle(List<Row> rows, Random order, NanoClock clock) throws Exception {
        List<Exception> failures = new ArrayList<>();
        List<WarmUpCurve> curves = Settling.all(rows, times.warmUp(), order, clock, new Settling.Watcher() {
            @Override
            public void round(Duration elapsed, List<Integer> left) {
                // the matrix tells which row is under way
            }

            @Override
            public void failed(int row, Exception why) {
                failures.add(why);
            }
        });
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return curves;
    }

    private static void close(List<Row> rows) throws Exception {
        Exception first = null;
        for (Row row : rows) {
            try {
                row.rig.close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** A path with a number of recipients, open beside the others. */
    private static final class Row implements Settling.Row {

        private final PathKind kind;
        private final int n;
        private final Rig rig;
        private final Broker broker;
        private final List<Measured> slices = new ArrayList<>();

        Row(PathKind kind, int n, Rig rig, Broker broker) {
            this.kind = kind;
            this.n = n;
            this.rig = rig;
            this.broker = broker;
        }

        String name() {
            return kind + " N=" + n;
        }

        @Override
        public void load(Duration time) throws InterruptedException {
            rig.load(time, Rig.EVENT_DEADLINE);
        }

        @Override
        public double look(Duration time) throws InterruptedException {
            return rig.look(time, Rig.EVENT_DEADLINE);
        }

        @Override
        public long compilerMillis() throws InterruptedException {
            return rig.compilerMillis() + (kind == PathKind.KAFKA ? broker.compilerTime().toMillis() : 0);
        }

        @Override
        public boolean isHot() {
            return rig.isHot();
        }

        /** In ns, over all slices. */
        double p50() {
            return of("completed", slice -> true).getValueAtPercentile(50);
        }

        /** Larger ÷ smaller of the medians of the even and of the odd slices. */
        double noise() {
            double even = of("completed", slice -> slice % 2 == 0).getValueAtPercentile(50);
            double odd = of("completed", slice -> slice % 2 == 1).getValueAtPercentile(50);
            return Math.max(even, odd) / Math.min(even, odd);
        }

        private Histogram of(String series, IntPredicate which) {
            Histogram sum = new Histogram(3);
            IntStream.range(0, slices.size()).filter(which).forEach(i -> sum.add(slices.get(i).all(series)));
            return sum;
        }

        void add(Figures figures, WarmUpCurve curve, Measured open) {
            open.outcome().requireSound();
            Histogram completed = of("completed", slice -> true);
            figures.settled(name(), curve).millis(name(), "completed p50", completed.getValueAtPercentile(50))
                    .millis(name(), "completed p99", completed.getValueAtPercentile(99))
                    .millis(name(), "completed p50 at 200/s", open.p50("completed"))
                    .millis(name(), "completed p99 at 200/s", open.p99("completed"));
            open.outcome().findings().sumOfCalls().ifPresent(ratio ->
                    figures.add(name(), "mean sender-blocked ÷ sum of the mean calls (theory: 1)", ratio, "×"));
            open.outcome().findings().independence().ifPresent(ratio ->
                    figures.add(name(), "p50 of the slowest call ÷ that of independent calls (theory: 1)", ratio, "×"));
            if (kind == PathKind.KAFKA) {
                double sender = of("sender", slice -> true).getValueAtPercentile(50);
                figures.millis(name(), "produce: sender-blocked p50", sender)
                        .millis(name(), "and fetch: completed p50 − sender-blocked p50",
                                completed.getValueAtPercentile(50) - sender);
            }
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
