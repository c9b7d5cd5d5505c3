package dev.brew.delivery.scenario.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.scenario.harness.BorrowedPath;
import dev.brew.delivery.scenario.harness.BrokerCrash;
import dev.brew.delivery.scenario.harness.Crashes;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.SenderCrash;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.scenario.harness.Verdict.Outcome;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * As {@link OtherWayRoundIT}, for what is counted: events lost, told, out of order. Such an experiment mostly waits, and no
 * other one changes what it counts, so they run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
class OtherWayRoundCountedIT {

    @TempDir
    private static Path files;
    private static ExperimentContext context;

    private final SplittableRandom random = new SplittableRandom(8);

    @BeforeAll
    static void open() {
        context = new ExperimentContext(1, files, NanoClock.system());
    }

    @AfterAll
    static void close() throws IOException {
        context.close();
    }

    @Test
    void consumersThatCommitBeforeTheyProcessLoseEvents() throws Exception {
        // work on a record takes three times as long as the next one needs to come, so that a poll returns many of them, and
        // a kill hits one of these and not the commit before them
        Crashes.Plan plan = new Crashes.Plan(1, 100, 600, 300, 1, Duration.ofMillis(200), "fixed:10ms");
        // one that came too early, or at a commit all the same, is made again
        long lost = 0;
        for (int attempt = 1; lost == 0 && attempt <= 4; attempt++) {
            lost = new Crashes(context, plan, random.split(), "before" + attempt)
                    .kafka(KafkaListener.Commit.BEFORE_PROCESSING).lost();
        }
        Crashes.Account after = new Crashes(context, plan, random.split(), "after")
                .kafka(KafkaListener.Commit.AFTER_PROCESSING);
        assertThat(lost).isPositive();
        assertThat(after.lost()).isZero();
        assertThat(DeliveryGuarantee.judge(1, lost, 0).outcome()).isEqualTo(Outcome.REFUTED);
    }

    @Test
    void aGrpcSenderThatTriesAgainLosesNothingOfKilledRecipientsAndOneThatDoesNotLoses() throws Exception {
        Crashes.Plan plan = new Crashes.Plan(1, 100, 1500, 500, 1, Duration.ofMillis(200), "none");
        Crashes.Account retry = new Crashes(context, plan, random.split(), "retry")
                .grpc(targets -> DeliveryGuarantee.sender(context, targets, true), true);
        Crashes.Account none = new Crashes(context, plan, random.split(), "none")
                .grpc(targets -> DeliveryGuarantee.sender(context, targets, false), false);
        assertThat(retry.lost()).isZero();
        assertThat(none.lost()).isPositive();
        assertThat(DeliveryGuarantee.judge(retry.lost(), 0, 0).outcome()).isEqualTo(Outcome.REFUTED);
    }

    @Test
    void aGrpcSenderWithAnOutboxLosesNothingWhenItIsKilledAndOneWithoutLoses() throws Exception {
        // so many a second that some are always written down and not sent yet, on any machine
        SenderCrash.Account outbox = new SenderCrash(context, 3, 5000).grpc(true, random.split());
        SenderCrash.Account none = new SenderCrash(context, 3, 5000).grpc(false, random.split());
        assertThat(outbox.signedUp()).isPositive();
        assertThat(outbox.lost()).isZero();
        assertThat(none.lost()).isPositive();
    }

    @Test
    void acksOfNoneLosesWhatABrokerThatDiesHadInItsSocketsAndAcksOfAllNothing() throws Exception {
        Map<String, BrokerCrash.Account> three = new BrokerCrash(300, Duration.ofSeconds(3), Duration.ofMillis(500))
                .run(context, 3, List.of("0", "all"), random.split());
        assertThat(three.get("0").lostSilent()).isPositive();
        assertThat(three.get("all").lostSilent()).isZero();
        assertThat(DeliveryGuarantee.judge(1, 0, three.get("0").lostSilent()).outcome()).isEqualTo(Outcome.REFUTED);
    }

    @Test
    void aSenderThatLooksItsTargetsUpNeedsNotBeTold() throws Exception {
        Scenario.Finding told = new SenderKnowsRecipients().run(context);
        assertThat(told.verdict().outcome()).isEqualTo(Outcome.CONFIRMED);
        Scenario.Finding registry = new SenderKnowsRecipients((given, listeners, of) -> new Registry(listeners, of),
                OtherWayRoundCountedIT::join).run(context);
        assertThat(registry.verdict()).isEqualTo(Verdict.refuted("the gRPC sender found the fourth recipient by itself"));
    }

    private static KafkaPath join(ExperimentContext of, KafkaPath path, Recipient fourth) {
        path.join(fourth);
        return path;
    }

    @Test
    void aRecipientWithATopicOfItsOwnMakesKafkasSenderOneThatHasToBeTold() throws Exception {
        Scenario.Finding finding = new SenderKnowsRecipients(SenderKnowsRecipients::standard, (of, path, fourth) ->
                KafkaPath.open(of.broker(), Defaults.KAFKA, List.of(fourth), of.clock(), EventId.newRun(), failure -> { }))
                .run(context);
        assertThat(finding.verdict())
                .isEqualTo(Verdict.refuted("Kafka's sender had to be told, or the new group missed events"));
        assertThat(finding.figures()).contains(
                new Matrix.Figure("kafka", "values to tell the sender for the fourth", 1, ""),
                new Matrix.Figure("kafka", "sender restarts for the fourth", 1, ""),
                new Matrix.Figure("kafka", "events the fourth got of those sent afterwards", 50, "events"));
    }

    /** Asks for the targets at each event. */
    private static final class Registry implements DeliveryPath {

        private final java.util.function.Supplier<List<GrpcFanOut.Target>> listeners;
        private final ExperimentContext of;
        private final Map<List<GrpcFanOut.Target>, GrpcFanOut> senders = new HashMap<>();

        Registry(java.util.function.Supplier<List<GrpcFanOut.Target>> listeners, ExperimentContext of) {
            this.listeners = listeners;
            this.of = of;
        }

        @Override
        public String name() {
            return "registry";
        }

        @Override
        public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
            return senders.computeIfAbsent(listeners.get(), targets -> new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC,
                    targets, of.clock())).deliver(event);
        }

        @Override
        public Map<String, String> settings() {
            return Map.of();
        }

        @Override
        public OptionalLong wireBytes() {
            return OptionalLong.empty();
        }

        @Override
        public void close() {
            senders.values().forEach(GrpcFanOut::close);
        }
    }

    @Test
    void aSenderThatDoesNotWaitForAnswersLearnsOfNoError() throws Exception {
        Scenario.Finding forgetful = new SenderLearnsOfError(path -> new BorrowedPath(path) {
            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                long now = context.clock().nanos();
                path.deliver(event);
                return CompletableFuture.completedFuture(new SendReport(now, context.clock().nanos(),
                        List.of(new SendReport.Outcome("analytics", "OK", true, "", 0))));
            }
        }, path -> path).run(context);
        assertThat(forgetful.verdict())
                .isEqualTo(Verdict.refuted("the gRPC sender did not learn that a recipient rejects"));
    }

    @Test
    void withoutARestartGrpcKeepsTheOrderToo() throws Exception {
        // a customer's next event comes a second later, so that a busy machine turns none round
        Ordering undisturbed = new Ordering(new Crashes.Plan(1, 500, 1000, 500, 0, Duration.ZERO, "none"));
        assertThat(undisturbed.run(context).verdict())
                .isEqualTo(Verdict.refuted("gRPC kept the order of every customer's events"));
        Ordering killed = new Ordering(new Crashes.Plan(1, 100, 1500, 500, 1, Duration.ofMillis(500), "none"));
        assertThat(killed.run(context).verdict()).isEqualTo(Verdict.confirmed());
    }

    @Test
    void recipientsThatAreNeverDownMissNothing() throws Exception {
        assertThat(new LogAndSkip(Duration.ofSeconds(1), 0, path -> path).run(context).verdict())
                .isEqualTo(Verdict.refuted("gRPC lost nothing"));
        assertThat(new LogAndSkip(Duration.ofSeconds(1), 0.2, path -> path).run(context).verdict())
                .isEqualTo(Verdict.confirmed());
    }

    @Test
    void aKafkaSenderThatDoesNotSendWhatItSaysLosesEvents() throws Exception {
        assertThat(new LogAndSkip(Duration.ofSeconds(1), 0.2, path -> new BorrowedPath(path) {
            private int sent;

            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                long now = context.clock().nanos();
                return ++sent % 100 > 0 ? path.deliver(event)
                        : CompletableFuture.completedFuture(new SendReport(now, now, List.of()));
            }
        }).run(context).verdict()).isEqualTo(Verdict.refuted("Kafka lost events"));
    }

    /** By the figures: whether it is measurable how much dearer a round trip is, does not matter here. */
    @Test
    void aSupervisorThatSeesAServerEndTellsKafkasCallerToo() throws Exception {
        Scenario.Finding told = new KafkaAsRpc(new Lookups.Times(Duration.ZERO, Duration.ofMillis(200)), new Journal.None(), answer ->
                answer.completeExceptionally(new IllegalStateException("SERVER_GONE"))).run(context);
        assertThat(told.verdict().outcome()).isNotEqualTo(Outcome.CONFIRMED);
        assertThat(told.figures()).extracting(Matrix.Figure::what)
                .contains("server killed: until the caller had SERVER_GONE")
                .doesNotContain("server killed: until the caller gave up, told nothing");
    }

    @Test
    void aDualWriteThatIsKilledLeavesSignUpsOfWhichNobodyHearsAndOneThatEndsInOrderNone() throws Exception {
        Scenario.Finding killed = new DualWrite(12, DualWrite.End.KILLED).run(context);
        assertThat(killed.verdict()).as(killed.toString()).isEqualTo(Verdict.confirmed());
        assertThat(killed.figures()).contains(new Matrix.Figure("both", "processes that ended, with kill -9", 12, ""));
        Scenario.Finding inOrder = new DualWrite(3, DualWrite.End.IN_ORDER).run(context);
        assertThat(inOrder.verdict()).as(inOrder.toString())
                .isEqualTo(Verdict.refuted("the dual write lost nothing"));
    }
}
