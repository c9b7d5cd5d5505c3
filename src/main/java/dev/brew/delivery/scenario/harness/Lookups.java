package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.jvm.JitCompilers;
import dev.brew.delivery.load.WarmUp;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcLoopback;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.rig.Settling;
import dev.brew.delivery.text.Median;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * Measures request and reply, once they have settled. Over gRPC, a lookup is a unary call. Over Kafka, it is a record in a
 * request topic and a record with the same id in a reply topic. Both use this project's own paths.
 */
public final class Lookups {

    public static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** The slices of a measurement and of its control take turns, so that a slow spell of the machine meets both. */
    private static final int SLICES = 4;

    private final ExperimentContext context;
    private final Times times;
    private final RecipientObserver grpcServer;

    /**
     * @param warmUp the longest time to settle; zero: no warm-up, and no lookup need have settled
     * @param length duration of one measurement
     */
    public record Times(Duration warmUp, Duration length) {

        /** As for a user. */
        public static final Times USUAL = new Times(Settling.DEFAULT_MOST, Duration.ofSeconds(2));
    }

    /**
     * Creates the measurement.
     *
     * @param grpcServer the work of the gRPC server for a call before it answers
     */
    public Lookups(ExperimentContext context, Times times, RecipientObserver grpcServer) {
        this.context = context;
        this.times = times;
        this.grpcServer = grpcServer;
    }

    /**
     * The cost of one lookup.
     *
     * @param p50Millis  median time from request to reply
     * @param p99Millis  99th percentile of that time
     * @param perSecond  lookups a second, by all callers together
     * @param cpuMicros  CPU time per lookup: caller, server and broker
     */
    public record Cost(double p50Millis, double p99Millis, double perSecond, double cpuMicros) {
    }

    /**
     * The same lookups, measured twice.
     *
     * @param warmUp  before the measurement
     * @param control the first measurement; its ratio to {@code cost} is the noise
     * @param cost    the second measurement, which is judged
     */
    public record Costs(WarmUpCurve warmUp, Cost control, Cost cost) {

        public double p50Noise() {
            return apart(control.p50Millis(), cost.p50Millis());
        }

        public double cpuNoise() {
            return apart(control.cpuMicros(), cost.cpuMicros());
        }

        private static double apart(double first, double second) {
            return Math.max(first, second) / Math.min(first, second);
        }
    }

    /**
     * The median; for an even number of values, the larger of the two middle values. With a median, a single slow
     * moment does not decide a row.
     */
    public static double middle(List<Double> values) {
        return Median.upper(values);
    }

    /** Measures gRPC; returns the costs by number of callers. */
    public Map<Integer, Costs> grpc(List<Integer> callers) throws Exception {
        Recipient server = new Recipient(0, "server", DelayModel.NONE, context.clock(), grpcServer);
        Events events = events();
        try (GrpcLoopback path = GrpcLoopback.open(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, List.of(server),
                context.clock())) {
            return measure(callers, () -> path.deliver(events.next()).thenAccept(report -> {
                if (!report.accepted()) {
                    throw new IllegalStateException("no answer: " + report.refusals());
                }
            }).toCompletableFuture());
        }
    }

    /** Measures Kafka; returns the costs by number of callers. */
    public Map<Integer, Costs> kafka(List<Integer> callers) throws Exception {
        try (OverKafka rpc = new OverKafka(context)) {
            return measure(callers, rpc::call);
        }
    }

    private Events events() {
        return new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
    }

    private Map<Integer, Costs> measure(List<Integer> callers, Supplier<CompletableFuture<Void>> call)
            throws Exception {
        Map<Integer, Costs> costs = new TreeMap<>();
        for (int n : callers) {
            WarmUpCurve curve = Settling.one(new Asked(n, call), times.warmUp(), context.clock());
            Sum control = new Sum();
            Sum cost = new Sum();
            for (int slice = 0; slice < SLICES; slice++) {
                boolean controlFirst = slice % 2 == 0;
                (controlFirst ? control : cost).add(n, call);
                (controlFirst ? cost : control).add(n, call);
            }
            costs.put(n, new Costs(curve, control.cost(), cost.cost()));
        }
        return costs;
    }

    /** The slices of one measurement. */
    private final class Sum {

        private final Histogram answers = new Histogram(3);
        private long nanos;
        private long cpuNanos;

        void add(int callers, Supplier<CompletableFuture<Void>> call) throws Exception {
            long cpu = cpuNanos();
            long begin = System.nanoTime();
            answers.add(ask(callers, call, times.length().dividedBy(SLICES)));
            nanos += System.nanoTime() - begin;
            cpuNanos += cpuNanos() - cpu;
        }

        Cost cost() {
            return new Cost(answers.getValueAtPercentile(50) / 1e6, answers.getValueAtPercentile(99) / 1e6,
                    answers.getTotalCount() * 1e9 / nanos, cpuNanos / 1e3 / answers.getTotalCount());
        }
    }

    /** Lookups under warm-up. */
    private final class Asked implements Settling.Row {

        private final int callers;
        private final Supplier<CompletableFuture<Void>> call;
        private long answers;

        Asked(int callers, Supplier<CompletableFuture<Void>> call) {
            this.callers = callers;
            this.call = call;
        }

        @Override
        public void load(Duration time) throws Exception {
            answers += ask(Math.max(callers, WarmUp.SENDERS), call, time).getTotalCount();
        }

        @Override
        public double look(Duration time) throws Exception {
            return ask(callers, call, time).getValueAtPercentile(50) / 1e3;
        }

        @Override
        public long compilerMillis() throws Exception {
            return JitCompilers.millis() + context.broker().compilerTime().toMillis();
        }

        @Override
        public boolean isHot() {
            return answers >= JitCompilers.callsUntilHot();
        }
    }

    private static Histogram ask(int callers, Supplier<CompletableFuture<Void>> call, Duration time) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            long end = System.nanoTime() + time.toNanos();
            List<Future<Histogram>> running = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                running.add(threads.submit(() -> {
                    Histogram answers = new Histogram(3);
                    for (long begin = System.nanoTime(); begin < end; begin = System.nanoTime()) {
                        call.get().get(Defaults.DEADLINE.toSeconds(), TimeUnit.SECONDS);
                        answers.recordValue(System.nanoTime() - begin);
                    }
                    return answers;
                }));
            }
            Histogram all = new Histogram(3);
            for (Future<Histogram> caller : running) {
                all.add(caller.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private long cpuNanos() throws Exception {
        long own = ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean os ? os.getProcessCpuTime() : 0;
        return own + context.broker().cpuTime().map(Duration::toNanos).orElse(0L);
    }

    /** A request topic and a reply topic; the event id assigns each reply to its request. */
    public static final class OverKafka implements AutoCloseable {

        private final Map<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
        private final Events events;
        private final Recipient server;
        private final DeliveryPath replies;
        private final KafkaPath requests;

        public OverKafka(ExperimentContext context) throws Exception {
            events = new Events(EventId.newRun(), "m", 0, Defaults.PAYLOAD_BYTES, context.clock());
            Recipient caller = new Recipient(0, "caller", DelayModel.NONE, context.clock(), new Journal.None() {
                @Override
                public Reception received(Recipient recipient, CustomerSignedUp reply, long atNanos) {
                    CompletableFuture<Void> asked = waiting.remove(reply.getEventId());
                    if (asked != null) {
                        asked.complete(null);
                    }
                    return at -> { };
                }
            });
            replies = KafkaPath.open(context.broker(), Defaults.KAFKA, List.of(caller), context.clock(),
                    EventId.newRun(), this::fail);
            server = new Recipient(0, "server", DelayModel.NONE, context.clock(), new Journal.None() {
                @Override
                public Reception received(Recipient recipient, CustomerSignedUp request, long atNanos) {
                    replies.deliver(request);
                    return at -> { };
                }
            });
            try {
                requests = KafkaPath.open(context.broker(), Defaults.KAFKA, List.of(server), context.clock(),
                        events.run(), this::fail);
            } catch (Exception e) {
                replies.close();
                throw e;
            }
        }

        private void fail(Throwable cause) {
            waiting.values().forEach(asked -> asked.completeExceptionally(cause));
        }

        public CompletableFuture<Void> call() {
            CustomerSignedUp question = events.next();
            CompletableFuture<Void> answer = new CompletableFuture<>();
            waiting.put(question.getEventId(), answer);
            requests.deliver(question).whenComplete((report, failure) -> {
                if (failure != null || !report.accepted()) {
                    answer.completeExceptionally(failure != null ? failure
                            : new IllegalStateException("not taken: " + report.outcomes()));
                }
            });
            return answer;
        }

        /** The topic of the requests. */
        public String requestTopic() {
            return requests.topic();
        }

        /** Ends the server. Requests that arrive later remain for another server. */
        public void endServer() throws InterruptedException {
            requests.leave(server);
        }

        @Override
        public void close() throws Exception {
            requests.close();
            replies.close();
        }
    }
}
