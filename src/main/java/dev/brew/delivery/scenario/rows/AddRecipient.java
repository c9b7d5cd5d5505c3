package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.SendReport;
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
import dev.brew.delivery.text.Reason;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What it takes to add a recipient to a running system, and whom it slows down. */
final class AddRecipient implements Scenario {

    private static final int OTHERS = 3;
    private static final double RATE = 200;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final double DELAYED_MILLIS = 20;
    private static final double CAUGHT_UP_MILLIS = 50;
    private static final double MOST_ABOVE_MILLIS = 50;
    private static final Claim CLAIM = new Claim("add-recipient", Claim.Kind.ROW, "add a new recipient",
            "Over gRPC a new recipient needs a new target list and a restart of the sender, and it "
                    + "misses earlier events. Over Kafka a new group starts without any other change, reads "
                    + "the earlier events, and does not slow down the other groups.",
            "Three recipients receive 200 events/s. After 6 s crm joins. Over gRPC its listener "
                    + "starts; the sender finishes its calls and starts again with four targets, within this "
                    + "JVM, so that the start of a process is not counted. Over Kafka its group starts at the "
                    + "first record. Four parts of 3 s each: two before the change, one from the change on, "
                    + "one after it.",
            "Not measurable where the others' p99 over Kafka differs so much between the two parts "
                    + "before the change that twice the difference reaches 50 ms. Confirmed if crm missed "
                    + "events over gRPC and none over Kafka, and the others' p99 over Kafka during the change "
                    + "is at most 50 ms above their p99 before it. Depends on the load that the others can "
                    + "bear if only the last condition fails. Refuted if crm missed no event over gRPC, or any "
                    + "event over Kafka.");

    private final ExperimentContext.Opener opener;
    private final int partSeconds;

    AddRecipient() {
        this(ExperimentContext::standard, 3);
    }

    /** @param partSeconds of each of the four parts: two before, during and after */
    AddRecipient(ExperimentContext.Opener opener, int partSeconds) {
        this.opener = opener;
        this.partSeconds = partSeconds;
    }

    /**
     * Observations of one path.
     *
     * @param missed   events that crm did not receive, of all that were sent
     * @param delayed  events that the sender started more than 20 ms after they were due
     * @param first    from the change's start to crm's first event, ms
     * @param caughtUp from the change's start to crm's first event that is less than 50 ms old, ms; NaN: never
     * @param control  the others' p99 of received in the first part, ms
     * @param before   the same in the second part, before the change
     * @param during   the same in the part that begins with the change
     * @param after    the same in the last part
     */
    record Facts(long missed, long delayed, double first, double caughtUp, double control, double before,
                 double during, double after) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Facts grpc = measure(context, PathKind.GRPC_PARALLEL);
        Facts kafka = measure(context, PathKind.KAFKA);
        Figures figures = new Figures();
        add(figures, "grpc-parallel", grpc);
        add(figures, "kafka", kafka);
        return figures.judged(judge(grpc, kafka));
    }

    private static void add(Figures figures, String path, Facts facts) {
        figures.add(path, "events that crm missed", facts.missed(), "events")
                .add(path, "events delayed by more than 20 ms at the sender", facts.delayed(), "events")
                .add(path, "from the change to crm's first event", facts.first(), "ms")
                .add(path, "from the change to crm having caught up", facts.caughtUp(), "ms")
                .add(path, "others' received p99 in as long before that", facts.control(), "ms")
                .add(path, "others' received p99 before", facts.before(), "ms")
                .add(path, "others' received p99 during", facts.during(), "ms")
                .add(path, "others' received p99 after", facts.after(), "ms");
    }

    static Verdict judge(Facts grpc, Facts kafka) {
        if (kafka.missed() > 0 || grpc.missed() == 0) {
            return judgeEffect(grpc, kafka); // missed events are counted: noise of the times does not matter
        }
        return Verdict.unlessNear(Verdict.Noise.millis("the change of the others' p99 before anybody joined",
                Math.abs(kafka.before() - kafka.control()), MOST_ABOVE_MILLIS), () -> judgeEffect(grpc, kafka));
    }

    private static Verdict judgeEffect(Facts grpc, Facts kafka) {
        if (kafka.missed() > 0) {
            return Verdict.refuted("the new Kafka group missed events");
        }
        if (grpc.missed() == 0) {
            return Verdict.refuted("the new gRPC recipient missed nothing");
        }
        return kafka.during() <= kafka.before() + MOST_ABOVE_MILLIS ? Verdict.confirmed()
                : Verdict.depends("the load that the other groups can bear while the new one reads history");
    }

    private Facts measure(ExperimentContext context, PathKind kind) throws Exception {
        Journal journal = new Journal();
        Recipient crm = new Recipient(OTHERS, "crm", DelayModel.NONE, context.clock(), journal);
        List<AutoCloseable> parts = new ArrayList<>();
        try (Rig rig = context.open(kind, OTHERS, List.of(), opener)) {
            rig.warmUp(Duration.ofSeconds(2));
            Restartable sender = new Restartable(rig.path());
            Rig.Running running = rig.openLoop(sender, RATE);
            long[] changed = new long[1];
            CompletableFuture<Void> change = CompletableFuture.runAsync(() -> {
                changed[0] = context.clock().nanos();
                if (kind == PathKind.KAFKA) {
                    ExperimentContext.kafka(rig).join(crm);
                } else {
                    joinByRestart(context, crm, sender, parts);
                }
            }, CompletableFuture.delayedExecutor(2L * partSeconds, TimeUnit.SECONDS));
            Measured measured = running.run(Duration.ofSeconds(4L * partSeconds), DRAIN);
            change.get(DRAIN.toSeconds(), TimeUnit.SECONDS);
            // the topic also holds the events of the warm-up: crm has to read them, and they are not missed
            long history = kind == PathKind.KAFKA ? rig.warmUpEvents() : 0;
            if (kind == PathKind.KAFKA) {
                journal.await((int) (history + measured.outcome().sent()), DRAIN);
            }
            return facts(measured, journal, changed[0], history);
        } finally {
            for (AutoCloseable part : parts) {
                part.close();
            }
        }
    }

    private Facts facts(Measured measured, Journal journal, long changed, long history) {
        List<Journal.Entry> entries = journal.entries();
        double first = entries.isEmpty() ? Double.NaN : (entries.get(0).atNanos() - changed) / 1e6;
        double caughtUp = entries.stream().filter(entry -> entry.latencyNanos() < CAUGHT_UP_MILLIS * 1e6).findFirst()
                .map(entry -> (entry.atNanos() - changed) / 1e6).orElse(Double.NaN);
        Histogram lag = measured.all("lag");
        long delayed = lag.getCountBetweenValues((long) (DELAYED_MILLIS * 1e6), Math.max(lag.getMaxValue(),
                (long) (DELAYED_MILLIS * 1e6)));
        List<String> others = Recipient.names(OTHERS);
        return new Facts(measured.outcome().sent() + history - entries.size(), delayed, first, caughtUp,
                measured.receivedP99(0, partSeconds, others) / 1e6,
                measured.receivedP99(partSeconds, 2 * partSeconds, others) / 1e6,
                measured.receivedP99(2 * partSeconds, 3 * partSeconds, others) / 1e6,
                measured.receivedP99(3 * partSeconds, Integer.MAX_VALUE, others) / 1e6);
    }

    /** The old sender still serves the three; the new sender delegates to it and calls crm as well. */
    private static void joinByRestart(ExperimentContext context, Recipient crm, Restartable sender,
                                      List<AutoCloseable> parts) {
        try {
            GrpcListener listener = GrpcListener.start(crm, HostPort.loopback(0), Defaults.GRPC,
                    server -> { });
            parts.add(listener);
            sender.restart(old -> {
                GrpcFanOut fourth = new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC,
                        List.of(new GrpcFanOut.Target(crm.name(), listener.target())), context.clock());
                parts.add(0, fourth);
                fourth.connect(DRAIN);
                return new BorrowedPath(old) {
                    @Override
                    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                        return old.deliver(event).thenCombine(fourth.deliver(event), AddRecipient::both);
                    }
                };
            });
        } catch (Exception e) {
            throw new IllegalStateException("crm could not join: " + Reason.of(e), e);
        }
    }

    private static SendReport both(SendReport one, SendReport other) {
        List<SendReport.Outcome> outcomes = new ArrayList<>(one.outcomes());
        outcomes.addAll(other.outcomes());
        return new SendReport(one.startedNanos(), Math.max(one.unblockedNanos(), other.unblockedNanos()), outcomes);
    }

    /** A sender that can be stopped in order and started again; callers wait during a restart. */
    private static final class Restartable extends BorrowedPath {

        private DeliveryPath now;
        private boolean ended;
        private int underWay;

        Restartable(DeliveryPath first) {
            super(first);
            this.now = first;
        }

        private interface Start {
            DeliveryPath from(DeliveryPath old) throws Exception;
        }

        @Override
        public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
            return begin().deliver(event).whenComplete((report, failure) -> end());
        }

        private synchronized DeliveryPath begin() {
            boolean interrupted = false;
            while (ended) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            underWay++;
            return now;
        }

        private synchronized void end() {
            underWay--;
            notifyAll();
        }

        synchronized void restart(Start start) throws Exception {
            ended = true;
            try {
                while (underWay > 0) {
                    wait();
                }
                now = start.from(now);
            } finally {
                ended = false;
                notifyAll();
            }
        }
    }
}
