package dev.brew.delivery.scenario.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.scenario.harness.BorrowedPath;
import dev.brew.delivery.scenario.harness.BrokerCrash;
import dev.brew.delivery.scenario.harness.Defaults;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.harness.Lookups;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.harness.Verdict;
import dev.brew.delivery.scenario.harness.Verdict.Outcome;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each experiment finds the opposite when the system is changed to make it so: no verdict is decided in advance. */
class OtherWayRoundIT {

    @TempDir
    private static Path files;
    private static ExperimentContext context;

    @BeforeAll
    static void open() {
        context = new ExperimentContext(1, files, NanoClock.system());
    }

    @AfterAll
    static void close() throws IOException {
        context.close();
    }

    /** On a busy machine a row whose criterion is a time says so; it is asked again then. */
    private static Scenario.Finding measured(Scenario scenario) throws Exception {
        return measured(scenario, verdict -> verdict.outcome() == Outcome.NOT_MEASURABLE);
    }

    /** @param busy true for a verdict that a busy machine gives */
    private static Scenario.Finding measured(Scenario scenario, Predicate<Verdict> busy) throws Exception {
        Scenario.Finding finding = scenario.run(context);
        for (int again = 0; busy.test(finding.verdict()) && again < 5; again++) {
            finding = scenario.run(context);
        }
        return finding;
    }

    @Test
    void aBrokerThatStandsStillMakesKafkaTheSlowOne() throws Exception {
        Scenario.Finding healthy = measured(new SlowRecipient(Duration.ofSeconds(2), ExperimentContext::standard));
        assertThat(healthy.verdict().outcome()).as(healthy.toString()).isEqualTo(Outcome.CONFIRMED);
        Scenario.Finding paused = measured(new SlowRecipient(Duration.ofSeconds(2),
                pausing(Duration.ofSeconds(1), ".m3.", 50)));
        assertThat(paused.verdict()).as(paused.toString())
                .isEqualTo(Verdict.refuted("over Kafka the sender or the healthy recipients wait, too"));
    }

    @Test
    void aBrokerThatStandsStillWithoutAnySlowRecipientLeavesNothingToJudge() throws Exception {
        Scenario.Finding noisy = new SlowRecipient(Duration.ofSeconds(2), pausing(Duration.ofSeconds(1), ".m1.", 50))
                .run(context);
        assertThat(noisy.verdict().outcome()).as(noisy.toString()).isEqualTo(Outcome.NOT_MEASURABLE);
        assertThat(noisy.verdict().why()).startsWith("the largest p99 without a delay is ")
                .endsWith(" ms, and twice that reaches the criterion, 100.0 ms");
    }

    /**
     * Kafka's broker stands still for a while once {@code after} events of a phase are sent; m1 is the first phase
     * after the warm-up.
     */
    private static ExperimentContext.Opener pausing(Duration time, String phase, int after) {
        return (of, kind, recipients, tracker) -> {
            DeliveryPath path = of.standard(kind, recipients, tracker);
            return kind != PathKind.KAFKA ? path : new BorrowedPath(path) {
                private int sent;

                @Override
                public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                    if (event.getEventId().contains(phase) && sent++ == after) {
                        pause(of, time);
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
        };
    }

    private static void pause(ExperimentContext of, Duration time) {
        try {
            ProcessHandle broker = of.brokerProcesses().get(0);
            BrokerCrash.signal("STOP", broker);
            CompletableFuture.runAsync(() -> {
                try {
                    BrokerCrash.signal("CONT", broker);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aKafkaSenderThatWaitsForTheGroupsCommitLearnsOfARecipientThatIsTooSlow() throws Exception {
        Scenario.Finding waiting = measured(new SenderLearnsOfError(path -> path, path -> new BorrowedPath(path) {
            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                return path.deliver(event).thenApply(report -> committed((KafkaPath) path) ? report
                        : new SendReport(report.startedNanos(), context.clock().nanos(), List.of(
                                new SendReport.Outcome("analytics", "NOT_COMMITTED", false, "", 0))));
            }
        }), verdict -> verdict.why().contains("rejects")); // a commit that was late
        assertThat(waiting.verdict())
                .isEqualTo(Verdict.refuted("Kafka's sender learned that a recipient times out"));
    }

    /**
     * Whether the one group of a path has committed all, within half the time that a slow recipient takes for an event.
     */
    private static boolean committed(KafkaPath path) {
        Recipient analytics = new Recipient(0, "analytics", DelayModel.NONE, context.clock(), new Journal());
        try {
            Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofMillis(500))
                    .until(() -> path.lag(analytics) == 0);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    @Test
    void aTopicThatHasForgottenItsHistoryCannotBeReplayed() throws Exception {
        assertThat(measured(new Replay(2_000, (of, path) -> { }, OtherWayRoundIT::sender)).verdict())
                .isEqualTo(Verdict.confirmed());
        assertThat(measured(new Replay(2_000, OtherWayRoundIT::forget, OtherWayRoundIT::sender)).verdict())
                .isEqualTo(Verdict.refuted("the new Kafka group lacks history"));
    }

    private static DeliveryPath sender(ExperimentContext of, GrpcFanOut.Target recipient) {
        return new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, List.of(recipient), of.clock());
    }

    @Test
    void aSenderThatHasKeptWhatItSentGivesANewGrpcRecipientItsHistory() throws Exception {
        List<CustomerSignedUp> kept = Collections.synchronizedList(new ArrayList<>());
        Scenario.Finding finding = measured(new Replay(2_000, (of, path) -> { }, (of, recipient) -> {
            DeliveryPath path = sender(of, recipient);
            List.copyOf(kept).forEach(event -> path.deliver(event).toCompletableFuture().join());
            return new BorrowedPath(path) {
                @Override
                public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                    kept.add(event);
                    return path.deliver(event);
                }

                @Override
                public void close() {
                    ((GrpcFanOut) path).close();
                }
            };
        }));
        assertThat(finding.verdict()).isEqualTo(Verdict.refuted("gRPC's new listener got history that nobody kept"));
        assertThat(finding.figures()).contains(
                new Matrix.Figure("grpc, nothing kept", "events of before that analytics-v2 got", 2_000, "events"));
    }

    private static void forget(ExperimentContext of, KafkaPath path) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", of.broker().bootstrap()))) {
            admin.deleteRecords(IntStream.range(0, Defaults.KAFKA.partitions()).boxed().collect(Collectors.toMap(
                    partition -> new TopicPartition(path.topic(), partition), partition -> RecordsToDelete.beforeOffset(10))))
                    .all().get();
        }
    }

    @Test
    void whoseRecipientsAreSlowerIsTheSlowerWay() throws Exception {
        Latency.Times brief = new Latency.Times(Duration.ZERO, Duration.ofMillis(200), Duration.ofMillis(300),
                List.of(2));
        assertThat(measured(new Latency(brief, slower(PathKind.KAFKA))).verdict()).isEqualTo(Verdict.confirmed());
        assertThat(measured(new Latency(brief, slower(PathKind.GRPC_SEQUENTIAL))).verdict())
                .isEqualTo(Verdict.refuted("Kafka is not slower than both gRPC paths at any number of recipients"));
    }

    /** Recipients of one path are four times as slow. All delays are far above the noise of a JVM that warms up. */
    private static ExperimentContext.Opener slower(PathKind slow) {
        return (of, kind, recipients, tracker) -> {
            DeliveryPath path = of.standard(kind, recipients, tracker);
            DelayModel delay = DelayModel.parse(kind == slow ? "fixed:40ms" : "fixed:10ms");
            recipients.forEach(recipient -> recipient.delay(delay));
            return path;
        };
    }

    @Test
    void aGroupThatJoinsATopicWithoutHistoryMissesEvents() throws Exception {
        assertThat(new AddRecipient((of, kind, recipients, tracker) -> {
            DeliveryPath path = of.standard(kind, recipients, tracker);
            if (path instanceof KafkaPath kafka) { // while the warm-up lasts, long before the group joins
                CompletableFuture.runAsync(() -> forgetAll(of, kafka),
                        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
            }
            return path;
        }, 1).run(context).verdict()).isEqualTo(Verdict.refuted("the new Kafka group missed events"));
    }

    private static void forgetAll(ExperimentContext of, KafkaPath path) {
        try {
            forget(of, path);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aBrokerThatStandsStillPushesBackAndARecipientThatKeepsUpDoesNot() throws Exception {
        assertThat(measured(new Backpressure(3, pausing(Duration.ofSeconds(2), ".m1.", 350))).verdict())
                .isEqualTo(Verdict.refuted("Kafka's sender was refused events, or blocked"));
        assertThat(measured(new Backpressure(0, ExperimentContext::standard)).verdict())
                .isEqualTo(Verdict.refuted("the gRPC sender felt nothing"));
    }

    @Test
    void aServerThatWorksLongOnACallMakesKafkaTheQuickerRpc() throws Exception {
        RecipientObserver working = new Journal.None() {
            @Override
            public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
                while (System.nanoTime() < end) {
                    Thread.onSpinWait(); // work, not sleep: CPU time is counted, too
                }
                return at -> { };
            }
        };
        Lookups.Times brief = new Lookups.Times(Duration.ZERO, Duration.ofSeconds(1));
        Scenario.Finding rpc = measured(new KafkaAsRpc(brief, working, answer -> { }));
        assertThat(rpc.verdict()).isEqualTo(Verdict.refuted("a round trip over Kafka is quicker than a unary call"));
        assertThat(rpc.figures()).extracting(Matrix.Figure::what).contains( // nobody tells Kafka's caller; the other test does
                "server killed: until the caller had UNAVAILABLE", "server killed: until the caller gave up, told nothing");
        assertThat(measured(new QueriesOverKafka(brief, working)).verdict())
                .isEqualTo(Verdict.refuted("a lookup over Kafka is cheaper"));
    }
}
