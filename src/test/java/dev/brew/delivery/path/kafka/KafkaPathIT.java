package dev.brew.delivery.path.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Ledger;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPathIT {

    private static final List<String> NAMES = List.of("analytics", "notifications", "billing");
    private static final NanoClock CLOCK = NanoClock.system();
    private static final Duration SOON = Duration.ofSeconds(20);

    private static ProcessBroker broker;

    /** A test elsewhere whose trial fails without a fork leaves its clients to the end of this JVM, as JMH does. */
    private final Set<Thread> before = clientThreads().collect(Collectors.toSet());
    private final String run = EventId.newRun();
    private final Ledger ledger = new Ledger(NAMES, 7);
    private final AtomicInteger processed = new AtomicInteger();
    private final Queue<String> invalid = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Events events = new Events(run, "m1", 7, 256, CLOCK);

    @BeforeAll
    static void startBroker() throws Exception {
        broker = ProcessBroker.start(ProcessBroker.Options.standard());
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "1", "0"})
    void everyGroupGetsEveryEventOnceAndInItsCustomersOrder(String acks) throws Exception {
        try (KafkaPath path = open(KafkaOptions.of(acks, new Properties()))) {
            for (int i = 0; i < 300; i++) {
                path.deliver(events.next());
            }
            Awaitility.await().atMost(SOON).until(() -> processed.get() >= 900);
            assertThat(ledger.balance(300)).allMatch(Ledger.Balance::holds);
            assertThat(invalid).isEmpty(); // no recipient has seen a probe
            assertThat(path.settings()).containsEntry("broker.kind", "process").containsKey("kafka.producer.acks");
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aProbeThatNeverCameIsSentAgain() throws Exception {
        LosesFirstRecord.lost.set(false);
        Properties loses = new Properties();
        loses.setProperty(KafkaOptions.PRODUCER_PREFIX + "interceptor.classes", LosesFirstRecord.class.getName());
        try (KafkaPath path = open(KafkaOptions.of("0", loses))) {
            assertThat(LosesFirstRecord.lost).isTrue();
            path.deliver(events.next());
            Awaitility.await().atMost(SOON).until(() -> processed.get() == 3);
        }
    }

    @Test
    void aProducerThatCanWriteNothingIsNamedAtOnceAndWhy() {
        Properties tiny = new Properties();
        tiny.setProperty(KafkaOptions.PRODUCER_PREFIX + "max.request.size", "10");
        assertThatThrownBy(() -> open(KafkaOptions.of("all", tiny)).close()).isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("nothing can be written to delivery-bench-\\w+: The message is \\d+ bytes when serialized "
                        + "which is larger than 10, .*max\\.request\\.size.*");
    }

    /** The first record for partition 2 goes elsewhere, as far as partition 2 can tell. */
    public static final class LosesFirstRecord implements ProducerInterceptor<String, byte[]> {

        private static final AtomicBoolean lost = new AtomicBoolean();

        @Override
        public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> record) {
            boolean loses = record.partition() != null && record.partition() == 2 && lost.compareAndSet(false, true);
            return loses ? new ProducerRecord<>(record.topic(), 0, record.key(), record.value(), record.headers()) : record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
            // nothing to learn
        }

        @Override
        public void close() {
            // nothing is held
        }

        @Override
        public void configure(Map<String, ?> configs) {
            // nothing to set
        }
    }

    @Test
    void theSenderLearnsPartitionAndOffset() throws Exception {
        try (KafkaPath path = open(KafkaOptions.of("all", new Properties()))) {
            SendReport report = deliver(path, events.next());
            assertThat(report.accepted()).isTrue();
            assertThat(report.outcomes()).singleElement()
                    .satisfies(outcome -> assertThat(outcome.target()).asString().matches(KafkaPath.PREFIX + run
                    + "-[012]@\\d+"));
        }
    }

    @Test
    void aPoisonRecordIsCountedAndSkipped() throws Exception {
        try (KafkaPath path = open(KafkaOptions.of("all", new Properties()));
                KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(Map.of(
                        "bootstrap.servers", broker.bootstrap(), "key.serializer", ByteArraySerializer.class,
                        "value.serializer", ByteArraySerializer.class))) {
            for (int partition = 0; partition < 3; partition++) {
                stranger.send(new ProducerRecord<>(KafkaPath.PREFIX + run, partition, null, new byte[] {-1, 1, 2}));
            }
            stranger.flush();
            deliver(path, events.next());
            Awaitility.await().atMost(SOON).until(() -> processed.get() == 3 && invalid.size() == 9);
            assertThat(invalid).allMatch(reason -> reason.startsWith("not a CustomerSignedUp: "));
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void topicAndGroupsAreDeletedAtTheEnd() throws Exception {
        open(KafkaOptions.of("all", new Properties())).close();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            assertThat(admin.listTopics().names().get(20, TimeUnit.SECONDS)).doesNotContain(KafkaPath.PREFIX + run);
            assertThat(admin.listGroups().all().get(20, TimeUnit.SECONDS))
                    .noneMatch(group -> group.groupId().contains(run));
        }
        assertThat(threads()).isEmpty();
    }

    @Test
    void groupsThatDoNotGetReadyAreAllNamedWithWhatTheyLack() throws Exception {
        Properties never = new Properties();
        never.setProperty("delivery.consumer.fetch.min.bytes", "1000000");
        never.setProperty("delivery.consumer.fetch.max.wait.ms", "20000");
        assertThatThrownBy(() -> open(KafkaOptions.of("all", never), Duration.ofSeconds(4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("consumer groups not ready within 4000 ms: "
                        + "analytics \\(no .+\\), notifications \\(no .+\\), billing \\(no .+\\)");
        assertThat(threads()).isEmpty();
    }

    @Test
    void aConsumerThatDiesIsReportedWithItsRecipient() throws Exception {
        RecipientObserver broken = new RecipientObserver() {
            @Override
            public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
                if (recipient.name().equals("billing")) {
                    throw new IllegalStateException("the handler is broken");
                }
                return at -> { };
            }

            @Override
            public void invalid(Recipient recipient, String reason) {
                invalid.add(reason);
            }
        };
        try (KafkaPath path = KafkaPath.open(broker, KafkaOptions.of("all", new Properties()),
                Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, broken), CLOCK, run, failures::add)) {
            deliver(path, events.next());
            Awaitility.await().atMost(SOON).until(() -> !failures.isEmpty());
            assertThat(failures).singleElement().satisfies(failure -> assertThat(failure).hasMessage(
                    "the consumer of billing died: the handler is broken"));
        }
    }

    @Test
    void aLongDelayDoesNotHoldTheEndUp() throws Exception {
        KafkaPath path = KafkaPath.open(broker, KafkaOptions.of("all", new Properties()),
                Recipient.all(NAMES, DelayPlan.parse("one@fixed:3600s"), CLOCK, observer()), CLOCK, run, failures::add);
        deliver(path, events.next());
        Awaitility.await().atMost(SOON).until(() -> processed.get() == 2);
        path.close();
        assertThat(threads()).isEmpty();
    }

    @Test
    void aBrokerThatIsGoneIsNamedInTheOutcome() throws Exception {
        Properties hasty = new Properties();
        hasty.setProperty("delivery.producer.request.timeout.ms", "500");
        hasty.setProperty("delivery.producer.delivery.timeout.ms", "1000");
        hasty.setProperty("delivery.producer.max.block.ms", "1000");
        Broker doomed = ProcessBroker.start(ProcessBroker.Options.standard());
        KafkaPath path = KafkaPath.open(doomed, KafkaOptions.of("all", hasty),
                Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer()), CLOCK, run, failures::add);
        deliver(path, events.next());
        doomed.close();
        SendReport report = deliver(path, events.next());
        assertThat(report.accepted()).isFalse();
        assertThat(report.outcomes().get(0).code()).isEqualTo("TimeoutException");
        assertThatThrownBy(path::close).hasMessageContaining("cannot delete topic delivery-bench-" + run);
        assertThat(threads()).isEmpty();
    }

    @Test
    void theFirstOfThreeNodesIsKilledAndNothingIsLost() throws Exception {
        try (ProcessBroker three = ProcessBroker.start(ProcessBroker.Options.standard(3));
                KafkaPath path = KafkaPath.open(three, KafkaOptions.of("all", new Properties()),
                        Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer()), CLOCK, run, failures::add)) {
            assertThat(path.settings()).containsEntry("broker.nodes", "3").containsEntry("kafka.replication", "3")
                    .containsEntry("broker.min.insync.replicas", "2");
            for (int i = 0; i < 300; i++) {
                if (i == 100) {
                    three.handles().get(0).destroyForcibly(); // it leads the quorum, and a partition or two
                }
                assertThat(deliver(path, events.next()).accepted()).isTrue();
            }
            Awaitility.await().atMost(SOON).until(() -> processed.get() >= 900);
            assertThat(ledger.balance(300)).allMatch(balance -> balance.lost() == 0);
        }
        assertThat(failures).isEmpty();
    }

    private KafkaPath open(KafkaOptions options) throws Exception {
        return open(options, SOON);
    }

    private KafkaPath open(KafkaOptions options, Duration ready) throws Exception {
        return KafkaPath.open(broker, options, Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer()),
                CLOCK, run, failures::add, ready);
    }

    private RecipientObserver observer() {
        return new RecipientObserver() {
            @Override
            public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
                ledger.received(recipient.index(), EventId.parse(event.getEventId()).sequence());
                return at -> processed.incrementAndGet();
            }

            @Override
            public void invalid(Recipient recipient, String reason) {
                invalid.add(reason);
            }
        };
    }

    private static SendReport deliver(KafkaPath path, CustomerSignedUp event) throws Exception {
        CompletableFuture<SendReport> report = path.deliver(event).toCompletableFuture();
        return report.get(30, TimeUnit.SECONDS);
    }

    /** The clients' threads that were not there before this test. */
    private Set<String> threads() {
        return clientThreads().filter(thread -> !before.contains(thread)).map(Thread::getName)
                .collect(Collectors.toSet());
    }

    private static Stream<Thread> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("group-")
                || thread.getName().contains("kafka-producer") || thread.getName().contains("kafka-admin"));
    }
}
