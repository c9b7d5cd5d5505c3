package dev.brew.delivery.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.scenario.Verdict.Outcome;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each experiment finds the opposite when the system is changed to make it so: no verdict is decided in advance. */
class OtherWayRoundIT {

    @TempDir
    private static Path files;
    private static Lab lab;

    private final SplittableRandom random = new SplittableRandom(8);

    @BeforeAll
    static void open() {
        lab = new Lab(1, files, NanoClock.system());
    }

    @AfterAll
    static void close() throws IOException {
        lab.close();
    }

    @Test
    void consumersThatCommitBeforeTheyProcessLoseEvents() throws Exception {
        // work on a record takes longer than the next one needs to come, so that a poll returns many of them
        Crashes.Plan plan = new Crashes.Plan(1, 100, 1500, 500, 1, Duration.ofMillis(200), "fixed:3ms");
        Crashes.Account before = new Crashes(lab, plan, random.split(), "before")
                .kafka(KafkaListener.Commit.BEFORE_PROCESSING);
        Crashes.Account after = new Crashes(lab, plan, random.split(), "after")
                .kafka(KafkaListener.Commit.AFTER_PROCESSING);
        assertThat(before.lost()).isPositive();
        assertThat(after.lost()).isZero();
        assertThat(DeliveryGuarantee.judge(1, before.lost(), 0).outcome()).isEqualTo(Outcome.REFUTED);
    }

    @Test
    void aGrpcSenderThatTriesAgainLosesNothingOfKilledRecipientsAndOneThatDoesNotLoses() throws Exception {
        Crashes.Plan plan = new Crashes.Plan(1, 100, 1500, 500, 1, Duration.ofMillis(200), "none");
        Crashes.Account retry = new Crashes(lab, plan, random.split(), "retry")
                .grpc(targets -> DeliveryGuarantee.sender(lab, targets, true));
        Crashes.Account none = new Crashes(lab, plan, random.split(), "none")
                .grpc(targets -> DeliveryGuarantee.sender(lab, targets, false));
        assertThat(retry.lost()).isZero();
        assertThat(none.lost()).isPositive();
        assertThat(DeliveryGuarantee.judge(retry.lost(), 0, 0).outcome()).isEqualTo(Outcome.REFUTED);
    }

    @Test
    void aGrpcSenderWithAnOutboxLosesNothingWhenItIsKilledAndOneWithoutLoses() throws Exception {
        SenderCrash.Account outbox = new SenderCrash(lab, 2, 500).grpc(true, random.split());
        SenderCrash.Account none = new SenderCrash(lab, 2, 500).grpc(false, random.split());
        assertThat(outbox.signedUp()).isPositive();
        assertThat(outbox.lost()).isZero();
        assertThat(none.lost()).isPositive();
    }

    @Test
    void acksOfNoneLosesWhatABrokerThatDiesHadInItsSocketsAndAcksOfAllNothing() throws Exception {
        Map<String, BrokerCrash.Account> three = new BrokerCrash(300, Duration.ofSeconds(3), Duration.ofMillis(500))
                .run(lab, 3, List.of("0", "all"), random.split());
        assertThat(three.get("0").lostSilent()).isPositive();
        assertThat(three.get("all").lostSilent()).isZero();
        assertThat(DeliveryGuarantee.judge(1, 0, three.get("0").lostSilent()).outcome()).isEqualTo(Outcome.REFUTED);
    }

    @Test
    void aBrokerThatStandsStillMakesKafkaTheSlowOne() throws Exception {
        Scenario.Finding healthy = new SlowRecipient(Duration.ofSeconds(2), Stage::standard).run(lab);
        assertThat(healthy.verdict().outcome()).as(healthy.toString()).isEqualTo(Outcome.CONFIRMED);
        Scenario.Finding paused = new SlowRecipient(Duration.ofSeconds(2), OtherWayRoundIT::withAPause).run(lab);
        assertThat(paused.verdict()).as(paused.toString())
                .isEqualTo(Verdict.refuted("over Kafka the sender or the healthy recipients wait, too"));
    }

    /** Kafka's broker stands still for a second, in the middle of the second delay: after warm-up and the first. */
    private static DeliveryPath withAPause(Lab of, Way way, List<Recipient> recipients,
                                           dev.brew.delivery.load.DeliveryTracker tracker) throws Exception {
        DeliveryPath path = Stage.standard(of, way, recipients, tracker);
        if (way != Way.KAFKA) {
            return path;
        }
        return new Door(path) {
            private int sent;

            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                boolean inTheSecondDelay = event.getEventId().contains(".m3.");
                if (inTheSecondDelay && sent++ == 50) {
                    pause(of);
                }
                return path.deliver(event);
            }

            @Override
            public void close() {
                try {
                    path.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private static void pause(Lab of) {
        try {
            ProcessHandle broker = of.brokerProcesses().get(0);
            BrokerCrash.signal("STOP", broker);
            CompletableFuture.runAsync(() -> {
                try {
                    BrokerCrash.signal("CONT", broker);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSenderThatLooksItsTargetsUpNeedsNotBeTold() throws Exception {
        Scenario.Finding told = new SenderKnowsRecipients().run(lab);
        assertThat(told.verdict().outcome()).isEqualTo(Outcome.CONFIRMED);
        Scenario.Finding registry = new SenderKnowsRecipients((given, listeners, of) -> new Registry(listeners, of)).run(lab);
        assertThat(registry.verdict()).isEqualTo(Verdict.refuted("the gRPC sender found the fourth recipient by itself"));
    }

    /** Asks for the targets at each event. */
    private static final class Registry implements DeliveryPath {

        private final java.util.function.Supplier<List<GrpcFanOut.Target>> listeners;
        private final Lab of;
        private final Map<List<GrpcFanOut.Target>, GrpcFanOut> senders = new HashMap<>();

        Registry(java.util.function.Supplier<List<GrpcFanOut.Target>> listeners, Lab of) {
            this.listeners = listeners;
            this.of = of;
        }

        @Override
        public String name() {
            return "registry";
        }

        @Override
        public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
            return senders.computeIfAbsent(listeners.get(), targets -> new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Stage.GRPC,
                    targets, of.clock())).deliver(event);
        }

        @Override
        public Map<String, String> settings() {
            return Map.of();
        }

        @Override
        public void close() {
            senders.values().forEach(GrpcFanOut::close);
        }
    }

    @Test
    void aSenderThatDoesNotWaitForAnswersLearnsOfNoError() throws Exception {
        Scenario.Finding forgetful = new SenderLearnsOfError(path -> new Door(path) {
            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                long now = lab.clock().nanos();
                path.deliver(event);
                return CompletableFuture.completedFuture(new SendReport(now, lab.clock().nanos(),
                        List.of(new SendReport.Outcome("analytics", "OK", true, "", 0))));
            }
        }).run(lab);
        assertThat(forgetful.verdict())
                .isEqualTo(Verdict.refuted("the gRPC sender did not learn that a recipient rejects"));
    }

    @Test
    void aTopicThatHasForgottenItsHistoryCannotBeReplayed() throws Exception {
        assertThat(new Replay(2_000, (of, path) -> { }).run(lab).verdict()).isEqualTo(Verdict.confirmed());
        assertThat(new Replay(2_000, OtherWayRoundIT::forget).run(lab).verdict())
                .isEqualTo(Verdict.refuted("the new Kafka group lacks history"));
    }

    private static void forget(Lab of, KafkaPath path) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", of.broker().bootstrap()))) {
            admin.deleteRecords(IntStream.range(0, Stage.KAFKA.partitions()).boxed().collect(Collectors.toMap(
                    partition -> new TopicPartition(path.topic(), partition), partition -> RecordsToDelete.beforeOffset(10))))
                    .all().get();
        }
    }

    @Test
    void withoutARestartGrpcKeepsTheOrderToo() throws Exception {
        Ordering undisturbed = new Ordering(new Crashes.Plan(1, 100, 1000, 500, 0, Duration.ZERO, "none"));
        assertThat(undisturbed.run(lab).verdict())
                .isEqualTo(Verdict.refuted("gRPC kept the order of every customer's events"));
        Ordering killed = new Ordering(new Crashes.Plan(1, 100, 1500, 500, 1, Duration.ofMillis(500), "none"));
        assertThat(killed.run(lab).verdict()).isEqualTo(Verdict.confirmed());
    }

    @Test
    void recipientsThatAreNeverDownMissNothing() throws Exception {
        assertThat(new LogAndSkip(Duration.ofSeconds(1), 0).run(lab).verdict())
                .isEqualTo(Verdict.refuted("gRPC lost nothing"));
        assertThat(new LogAndSkip(Duration.ofSeconds(1), 0.2).run(lab).verdict()).isEqualTo(Verdict.confirmed());
    }

    @Test
    void aDualWriteThatIsKilledLeavesSignUpsOfWhichNobodyHearsAndAnOutboxDoesNot() throws Exception {
        Scenario.Finding finding = new DualWrite(12).run(lab);
        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.confirmed());
        assertThat(finding.figures()).contains(new Matrix.Figure("both", "processes killed with kill -9", 12, ""));
    }
}
