package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.rig.Measured;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.scenario.harness.BorrowedPath;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** What a sender notices when a recipient cannot keep up. */
final class Backpressure implements Scenario {

    private static final double RATE = 100;
    /** The noise is measured in this time. It is as long as a typical slow period of a shared machine. */
    private static final int BEFORE_SECONDS = 3;
    private static final int AFTER_SECONDS = 3;
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration DRAIN = Duration.ofSeconds(15);
    /** Events in flight and lag, together, at which the path counts as recovered: half a second of events. */
    private static final long RECOVERED = 50;
    private static final double MOST_BLOCKED_MILLIS = 100;
    private static final Claim CLAIM = new Claim("backpressure", Claim.Kind.ROW, "backpressure",
            "A recipient that cannot keep up blocks the gRPC sender, whose calls then fail. Over "
                    + "Kafka the broker keeps the unread events, the sender is not affected, and the recipient "
                    + "catches up later.",
            "100 events/s to a recipient that processes one event at a time. It takes 100 ms for "
                    + "each event for 10 s, which is ten times too slow, and no time after that. The deadline "
                    + "of a gRPC call is 3 s. Events in flight (sent and not answered) are counted every 100 "
                    + "ms.",
            "Not measurable where twice the larger sender-blocked p99 of the time before reaches 100 "
                    + "ms. Confirmed if over gRPC events were refused or the sender-blocked p99 was at least 1 "
                    + "s, and over Kafka no event was refused, the sender-blocked p99 stayed below 100 ms, and "
                    + "the lag was gone within 15 s. Refuted if the gRPC sender was not affected, or if over "
                    + "Kafka events were refused or the sender was blocked for 1 s. Otherwise it depends on "
                    + "how long a sender may wait.");

    private final int slowSeconds;
    private final ExperimentContext.Opener kafka;

    Backpressure() {
        this(10, ExperimentContext::standard);
    }

    Backpressure(int slowSeconds, ExperimentContext.Opener kafka) {
        this.slowSeconds = slowSeconds;
        this.kafka = kafka;
    }

    /**
     * Observations of one path.
     *
     * @param before     sender-blocked p99 before the recipient was slow, ms
     * @param refused    events that were reported to the sender as not delivered
     * @param blockedP99 sender-blocked p99 of the accepted events while the recipient was slow, ms
     * @param recovered  seconds from the end of the slow time until events in flight and lag were small; NaN: over 15 s
     */
    record Facts(double before, long refused, double blockedP99, double recovered) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Figures figures = new Figures();
        Facts grpc = measure(context, PathKind.GRPC_PARALLEL, figures);
        Facts broker = measure(context, PathKind.KAFKA, figures);
        return figures.judged(judge(grpc, broker));
    }

    static Verdict judge(Facts grpc, Facts kafka) {
        return Verdict.unlessNear(Verdict.Noise.millis("the larger sender-blocked p99 before",
                Math.max(grpc.before(), kafka.before()), MOST_BLOCKED_MILLIS), () -> judgeEffect(grpc, kafka));
    }

    private static Verdict judgeEffect(Facts grpc, Facts kafka) {
        boolean grpcFelt = grpc.refused() > 0 || grpc.blockedP99() >= 1000;
        if (!grpcFelt) {
            return Verdict.refuted("the gRPC sender felt nothing");
        }
        if (kafka.refused() > 0 || kafka.blockedP99() >= 1000) {
            return Verdict.refuted("Kafka's sender was refused events, or blocked");
        }
        return kafka.blockedP99() < MOST_BLOCKED_MILLIS && !Double.isNaN(kafka.recovered()) ? Verdict.confirmed()
                : Verdict.depends("how long a sender may wait, and a recipient be behind");
    }

    private Facts measure(ExperimentContext context, PathKind kind, Figures figures) throws Exception {
        Worker worker = new Worker();
        Recipient recipient = new Recipient(0, "slow", DelayModel.NONE, context.clock(), worker);
        ExperimentContext.Opener opener = kind == PathKind.KAFKA ? kafka
                : (of, mode, recipients, tracker) -> new OneByOne(of, recipient);
        try (Rig rig = context.open(kind, 0, List.of(recipient), opener)) {
            rig.warmUp(Duration.ofSeconds(1));
            Rig.Running running = rig.openLoop(rig.path(), RATE);
            Watch watch = new Watch(rig, kind, recipient, running, worker);
            Thread watching = new Thread(watch::run, "watch-backpressure");
            watching.setDaemon(true);
            watching.start();
            Measured measured;
            try {
                measured = running.run(Duration.ofSeconds(BEFORE_SECONDS + slowSeconds + AFTER_SECONDS), DRAIN);
            } finally {
                worker.nanos = 0;
                watch.end();
                watching.join();
            }
            watch.requireWhole();
            return facts(kind, measured, watch, figures);
        }
    }

    private Facts facts(PathKind kind, Measured measured, Watch watch, Figures figures) {
        Histogram before = measured.between("sender", 0, BEFORE_SECONDS);
        Histogram during = measured.between("sender", BEFORE_SECONDS, BEFORE_SECONDS + slowSeconds);
        long refused = measured.outcome().failures().values().stream().mapToLong(Long::longValue).sum();
        Facts facts = new Facts(before.getValueAtPercentile(99) / 1e6, refused,
                during.getValueAtPercentile(99) / 1e6, watch.recoveredSeconds);
        String path = kind.toString();
        figures.millis(path, "sender-blocked p99 before", before.getValueAtPercentile(99))
                .add(path, "sender-blocked p99 during, of the events that were taken", facts.blockedP99(), "ms")
                .add(path, "events sent", measured.outcome().sent(), "events")
                .add(path, "events refused", refused, "events");
        for (int i = 0; i < watch.inFlight.length; i++) {
            figures.add(path, "in flight after " + Math.round(watch.atSeconds(i)) + " s of it", watch.inFlight[i], "events");
        }
        figures.add(path, "largest lag at the broker", kind == PathKind.KAFKA ? watch.mostLag : Double.NaN, "events")
                .add(path, "sender's heap, largest − at its start (with garbage)", watch.mostHeap >> 20, "MiB")
                .add(path, "until all was as before", watch.recoveredSeconds, "s");
        return facts;
    }

    /** Blocks the calling thread for a settable time, as a handler that works does. */
    private static final class Worker extends Journal.None {

        private volatile long nanos;

        @Override
        public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0 && nanos > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return at -> { };
        }
    }

    /** A listener whose handler has one thread, as a consumer does. */
    private static final class OneByOne extends BorrowedPath {

        private final ExecutorService handler;
        private final GrpcListener listener;
        private final GrpcFanOut sender;

        private OneByOne(ExecutorService handler, GrpcListener listener, GrpcFanOut sender) {
            super(sender);
            this.handler = handler;
            this.listener = listener;
            this.sender = sender;
        }

        OneByOne(ExperimentContext context, Recipient recipient) throws Exception {
            this(context, recipient, Executors.newSingleThreadExecutor(work -> {
                Thread thread = new Thread(work, "one-by-one");
                thread.setDaemon(true);
                return thread;
            }));
        }

        private OneByOne(ExperimentContext context, Recipient recipient, ExecutorService handler) throws Exception {
            this(context, handler, GrpcListener.start(recipient, HostPort.loopback(0), Defaults.GRPC,
                    server -> server.executor(handler)));
        }

        private OneByOne(ExperimentContext context, ExecutorService handler, GrpcListener listener) {
            this(handler, listener, new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC,
                    List.of(new GrpcFanOut.Target("slow", listener.target())), context.clock()));
        }

        @Override
        public void close() {
            sender.close();
            listener.close();
            handler.shutdownNow();
        }
    }

    /** Makes the recipient slow at the planned time, and samples sender and broker throughout. */
    private final class Watch {

        private final Rig rig;
        private final PathKind kind;
        private final Recipient recipient;
        private final Rig.Running running;
        private final Worker worker;
        private final long heapBefore = heap();
        private final long[] inFlight = new long[3];
        private long mostLag;
        private long mostHeap;
        private double recoveredSeconds = Double.NaN;
        private volatile boolean ended;
        private volatile Exception failure;

        Watch(Rig rig, PathKind kind, Recipient recipient, Rig.Running running, Worker worker) {
            this.rig = rig;
            this.kind = kind;
            this.recipient = recipient;
            this.running = running;
            this.worker = worker;
        }

        double atSeconds(int index) {
            return slowSeconds * (index + 1) / (double) inFlight.length;
        }

        void run() {
            try {
                long begin = System.nanoTime();
                long slow = begin + TimeUnit.SECONDS.toNanos(BEFORE_SECONDS);
                long quick = slow + TimeUnit.SECONDS.toNanos(slowSeconds);
                while (!ended || Double.isNaN(recoveredSeconds) && System.nanoTime() - quick < DRAIN.toNanos()) {
                    long now = System.nanoTime();
                    worker.nanos = now >= slow && now < quick ? WORK_NANOS : 0;
                    look(now, slow, quick);
                    LockSupport.parkNanos(LOOK_EVERY_NANOS);
                }
            } catch (Exception e) {
                failure = e;
            }
        }

        private void look(long now, long slow, long quick) throws InterruptedException {
            long open = running.inFlight();
            long lag = kind == PathKind.KAFKA ? ExperimentContext.kafka(rig).lag(recipient) : 0;
            mostLag = Math.max(mostLag, lag);
            mostHeap = Math.max(mostHeap, heap() - heapBefore);
            for (int i = 0; i < inFlight.length; i++) {
                if (now < quick && now - slow < atSeconds(i) * 1e9 && now > slow) {
                    inFlight[i] = open;
                }
            }
            if (Double.isNaN(recoveredSeconds) && now > quick && open + lag <= RECOVERED) {
                recoveredSeconds = (System.nanoTime() - quick) / 1e9;
            }
        }

        void end() {
            ended = true;
        }

        void requireWhole() throws Exception {
            if (failure != null) {
                throw failure;
            }
        }

        private static long heap() {
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }
    }
}
