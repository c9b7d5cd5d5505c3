package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.FailureModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.rig.Measured;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.scenario.harness.BorrowedPath;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** Five recipients, and a gRPC sender that logs failed calls and goes on. */
final class LogAndSkip implements Scenario {

    private static final int RECIPIENTS = 5;
    private static final double RATE = 1000;
    private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration DRAIN = Duration.ofSeconds(15);
    private static final FailureModel UNAVAILABLE = FailureModel.parse("UNAVAILABLE@100%");
    private static final Claim CLAIM = new Claim("log-and-skip", Claim.Kind.ANTI_PATTERN,
            "five recipients over gRPC, \"if unavailable, log and skip\"",
            "A gRPC sender that logs and skips unavailable recipients loses events without an error. "
                    + "Over Kafka the same outages lose none.",
            "10,000 sign-ups at 1,000/s to five recipients. Each recipient is down for exactly 1 % "
                    + "of the time, in slots of 50 ms that are drawn independently. A recipient that is down "
                    + "answers UNAVAILABLE over gRPC, and reads nothing until the slot ends over Kafka.",
            "Confirmed if gRPC lost events and Kafka none. Refuted if gRPC lost none or Kafka some.");

    private final Duration length;
    private final double down;
    private final UnaryOperator<DeliveryPath> kafkaSender;

    LogAndSkip() {
        this(Duration.ofSeconds(10), 0.01, path -> path);
    }

    /**
     * @param down        share of the time, 0..1
     * @param kafkaSender wraps the path for the sender; the warm-up uses the path itself
     */
    LogAndSkip(Duration length, double down, UnaryOperator<DeliveryPath> kafkaSender) {
        this.length = length;
        this.down = down;
        this.kafkaSender = kafkaSender;
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Figures figures = new Figures();
        long grpc = measure(context, PathKind.GRPC_PARALLEL, figures);
        long kafka = measure(context, PathKind.KAFKA, figures);
        return figures.judged(judge(grpc, kafka));
    }

    /** @param grpc events that recipients missed over gRPC, all together; {@code kafka}: the same */
    static Verdict judge(long grpc, long kafka) {
        if (kafka > 0) {
            return Verdict.refuted("Kafka lost events");
        }
        return grpc == 0 ? Verdict.refuted("gRPC lost nothing") : Verdict.confirmed();
    }

    private long measure(ExperimentContext context, PathKind kind, Figures figures) throws Exception {
        SplittableRandom random = context.random(CLAIM);
        List<Absentee> journals = new ArrayList<>();
        List<Recipient> recipients = new ArrayList<>();
        for (String name : Recipient.names(RECIPIENTS)) {
            Absentee absentee = new Absentee(kind, slots(random), context.clock());
            journals.add(absentee);
            recipients.add(new Recipient(recipients.size(), name, DelayModel.NONE, context.clock(), absentee));
        }
        try (Rig rig = context.open(kind, 0, recipients, ExperimentContext::standard)) {
            DeliveryPath sender = kind == PathKind.KAFKA ? kafkaSender.apply(rig.path()) : skipping(rig.path());
            rig.warmUp(Duration.ofSeconds(1));
            journals.forEach(Absentee::begin);
            Measured measured = rig.openLoop(sender, RATE).run(length, DRAIN);
            long sent = measured.outcome().sent();
            long lost = 0;
            // one deadline for all recipients together
            long end = context.clock().nanos() + (kind == PathKind.KAFKA ? DRAIN.toNanos() : 0);
            for (int i = 0; i < RECIPIENTS; i++) {
                journals.get(i).journal().await((int) sent,
                        Duration.ofNanos(Math.max(1, end - context.clock().nanos())));
                long missed = sent - journals.get(i).journal().distinct();
                lost += missed;
                figures.add(kind.toString(), "lost in silence at " + recipients.get(i).name(), missed,
                        "events");
            }
            figures.add(kind.toString(), "sign-ups' events lost, per 10,000 sign-ups", 1e4 * lost / sent, "events");
            return lost;
        }
    }

    private BitSet slots(SplittableRandom random) {
        int all = (int) (length.toNanos() / SLOT_NANOS);
        BitSet chosen = new BitSet();
        while (chosen.cardinality() < Math.round(all * down)) {
            chosen.set(random.nextInt(all));
        }
        return chosen;
    }

    /** The anti-pattern: a failed call is only logged, and the sign-up continues as if it had been accepted. */
    private static BorrowedPath skipping(DeliveryPath path) {
        return new BorrowedPath(path) {
            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                return path.deliver(event).thenApply(report -> new SendReport(report.startedNanos(),
                        report.unblockedNanos(), report.outcomes().stream().map(outcome -> outcome.accepted() ? outcome
                                : new SendReport.Outcome(outcome.target(), "OK", true, "", outcome.durationNanos()))
                                .toList()));
            }
        };
    }

    /**
     * The events and outages of one recipient. Over gRPC, events that arrive during an outage are not received. Only events
     * that were due after {@link #begin} count: over Kafka the last events of the warm-up arrive later than that.
     */
    static final class Absentee extends Journal.None {

        private final PathKind kind;
        private final BitSet down;
        private final Journal journal = new Journal();
        private final NanoClock clock;
        private volatile long beginNanos = Long.MAX_VALUE;

        Absentee(PathKind kind, BitSet down, NanoClock clock) {
            this.kind = kind;
            this.down = down;
            this.clock = clock;
        }

        void begin() {
            beginNanos = clock.nanos();
        }

        private boolean isDown() {
            return down.get((int) Math.min(Integer.MAX_VALUE - 1, (clock.nanos() - beginNanos) / SLOT_NANOS));
        }

        @Override
        public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
            if (Events.signedUpNanos(event) < beginNanos) {
                return at -> { };
            }
            if (kind != PathKind.KAFKA) {
                boolean absent = isDown();
                recipient.failures(absent ? UNAVAILABLE : FailureModel.NONE);
                if (absent) {
                    return at -> { };
                }
            }
            while (isDown()) {
                LockSupport.parkNanos(SLOT_NANOS / 10);
            }
            return journal.received(recipient, event, atNanos);
        }

        Journal journal() {
            return journal;
        }
    }
}
