package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.rig.Measured;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which sender and which recipients wait for one slow recipient. */
final class SlowRecipient implements Scenario {

    private static final double RATE = 100;
    private static final List<Integer> DELAYS_MILLIS = List.of(0, 20, 200);
    private static final int HEALTHY = 2;
    private static final Claim CLAIM = new Claim("slow-recipient", Claim.Kind.ROW, "one slow recipient",
            "Over gRPC one slow recipient blocks the sender; with sequential fan-out it also delays "
                    + "every recipient behind it. Over Kafka it delays only itself.",
            "Three recipients at 100 events/s. The first recipient takes no time, then 20 ms for "
                    + "each event, then 200 ms. Over gRPC it processes events concurrently; over Kafka it "
                    + "processes them one by one and falls behind. The noise is the largest p99 without a "
                    + "delay.",
            "At 200 ms. Not measurable where twice the noise reaches half the delay. Confirmed if "
                    + "over Kafka the healthy recipients' received p99 and the sender-blocked p99 stay below "
                    + "half the delay, and over gRPC the sender-blocked p99 is at least the delay on both "
                    + "paths, and the healthy recipients' received p99 is at least the delay with sequential "
                    + "fan-out. Refuted if Kafka's sender or healthy recipients wait for half the delay or "
                    + "more, or if no gRPC sender waits for the delay. Otherwise it depends on the kind of "
                    + "fan-out.");

    private final Duration length;
    private final ExperimentContext.Opener opener;

    SlowRecipient() {
        this(Duration.ofSeconds(3), ExperimentContext::standard);
    }

    SlowRecipient(Duration length, ExperimentContext.Opener opener) {
        this.length = length;
        this.opener = opener;
    }

    /**
     * Observations of one path.
     *
     * @param healthy received p99 of the healthy recipients, ms
     * @param sender  sender-blocked p99, ms
     */
    record Facts(double healthy, double sender) {
    }

    @Override
    public Claim claim() {
        return CLAIM;
    }

    @Override
    public Finding run(ExperimentContext context) throws Exception {
        Figures figures = new Figures();
        Map<PathKind, Facts> noise = new EnumMap<>(PathKind.class);
        Map<PathKind, Facts> last = new EnumMap<>(PathKind.class);
        for (PathKind kind : PathKind.WITH_TRANSPORT) {
            List<Facts> facts = measure(context, kind, figures);
            noise.put(kind, facts.get(0));
            last.put(kind, facts.get(facts.size() - 1));
        }
        return figures.judged(judge(noise, last, DELAYS_MILLIS.get(DELAYS_MILLIS.size() - 1)));
    }

    /** One observation for each delay, in order. */
    private List<Facts> measure(ExperimentContext context, PathKind kind, Figures figures) throws Exception {
        Recipient slow = new Recipient(HEALTHY, "slow", DelayModel.NONE, context.clock(), new Journal());
        List<Facts> all = new ArrayList<>();
        try (Rig rig = context.open(kind, HEALTHY, List.of(slow), opener)) {
            rig.warmUp(Duration.ofSeconds(1));
            for (int delay : DELAYS_MILLIS) {
                slow.delay(delay == 0 ? DelayModel.NONE : DelayModel.parse("fixed:" + delay + "ms"));
                Measured measured = rig.openLoop(rig.path(), RATE).run(length, Duration.ofSeconds(20));
                Facts facts = new Facts(measured.receivedP99(0, Integer.MAX_VALUE, Recipient.names(HEALTHY)) / 1e6,
                        measured.p99("sender") / 1e6);
                String path = kind + " " + delay + " ms";
                figures.add(path, "healthy recipients' received p99", facts.healthy(), "ms")
                        .add(path, "sender-blocked p99", facts.sender(), "ms");
                all.add(facts);
            }
            slow.delay(DelayModel.NONE); // lets it catch up quickly
        }
        return all;
    }

    /** @param noise observations without a delay */
    static Verdict judge(Map<PathKind, Facts> noise, Map<PathKind, Facts> facts, double delayMillis) {
        double largest = noise.values().stream().mapToDouble(one -> Math.max(one.healthy(), one.sender())).max()
                .orElse(Double.NaN);
        return Verdict.unlessNear(Verdict.Noise.millis("the largest p99 without a delay", largest, delayMillis / 2),
                () -> judge(facts, delayMillis));
    }

    private static Verdict judge(Map<PathKind, Facts> facts, double delayMillis) {
        Facts kafka = facts.get(PathKind.KAFKA);
        Facts sequential = facts.get(PathKind.GRPC_SEQUENTIAL);
        Facts parallel = facts.get(PathKind.GRPC_PARALLEL);
        if (Math.max(kafka.healthy(), kafka.sender()) >= delayMillis / 2) {
            return Verdict.refuted("over Kafka the sender or the healthy recipients wait, too");
        }
        if (Math.max(sequential.sender(), parallel.sender()) < delayMillis) {
            return Verdict.refuted("no gRPC sender waits for the slow recipient");
        }
        boolean asClaimed = sequential.sender() >= delayMillis && parallel.sender() >= delayMillis
                && sequential.healthy() >= delayMillis;
        return asClaimed ? Verdict.confirmed() : Verdict.depends("how the gRPC sender fans out");
    }
}
