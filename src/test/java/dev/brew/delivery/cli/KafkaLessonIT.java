package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lesson's experiments over Kafka, each program in a process of its own, on a sandbox. */
class KafkaLessonIT {

    private static final String KAFKA_AT = "Kafka [\\d.]+ at (\\S+)";
    private static final Pattern EVENT = Pattern.compile("customer_id=(\\S+) event_id=\\w+\\.lesson\\.(\\d+)");

    private static Program sandbox;
    private static String bootstrap;

    private final String topic = "t-" + UUID.randomUUID();
    private final List<Program> running = new ArrayList<>();

    @BeforeAll
    static void startKafka() throws Exception {
        sandbox = Program.start("sandbox", "--brokers", "1", "--port", "0").until("; Ctrl-C stops it");
        bootstrap = sandbox.all(KAFKA_AT).get(0);
    }

    @AfterAll
    static void stopKafka() throws Exception {
        try (Program ended = sandbox) {
            Set<ProcessHandle> nodes = new HashSet<>(ended.process().descendants().toList());
            ended.signal("TERM");
            assertThat(nodes).hasSize(1);
            Awaitility.await().atMost(5, TimeUnit.SECONDS)
                    .until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @AfterEach
    void endAll() {
        running.forEach(Program::close);
    }

    @ConcurrentTest
    void everyGroupGetsEveryEventAndOneThatWasAwayCatchesUpExactlyWhatItMissed() throws Exception {
        createTopic();
        Program analytics = listener("analytics");
        Program notifications = listener("notifications");
        Program billing = listener("billing");
        Program sender = broadcast("--users", "5");
        assertThat(sender.lines().get(0).trim().split(" {2,}"))
                .containsExactly("number", "customer_id", "email", "partition", "offset", "ack time");
        assertThat(sender.lines("@brew.example")).hasSize(5);
        assertThat(sender.lines("Nobody was called")).hasSize(1);
        for (Program listener : List.of(analytics, notifications, billing)) {
            assertThat(events(listener.until("customer_id=", 5))).hasSize(5);
        }
        analytics.signal("TERM");
        broadcast("--users", "5");
        Program again = listener("analytics").until("customer_id=", 5);
        billing.until("customer_id=", 10);
        Program last = broadcast("--users", "1"); // a sixth would come before this one
        again.until(lastEvent(last), 1);
        assertThat(again.lines("customer_id=")).hasSize(6);
        assertThat(new TreeSet<>(places(analytics))).doesNotContainAnyElementsOf(places(again));
    }

    @ConcurrentTest
    void whoListensBeforeTheTopicOrAPartitionIsThereGetsEverything() throws Exception {
        Program listener = start("kafka-listener", "--bootstrap", bootstrap, "--topic", topic, "--group", "g-" + topic)
                .until("has no partitions of " + topic + " yet");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
                KafkaProducer<String, byte[]> sender = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap,
                        "metadata.max.age.ms", "100"), new StringSerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
            sender.send(new ProducerRecord<>(topic, 0, "k", new byte[] {-1})).get(); // before anybody can have seen it
            listener.until("partition=0 offset=0 skipped");
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get(20, TimeUnit.SECONDS);
            Awaitility.await().atMost(Program.SOON).until(() -> sender.partitionsFor(topic).size() == 2);
            sender.send(new ProducerRecord<>(topic, 1, "k", new byte[] {-1})).get();
            listener.until("partition=1 offset=0 skipped");
        }
    }

    @ConcurrentTest
    void killedInTheMiddleOfAThousandNothingIsLost() throws Exception {
        createTopic();
        broadcast("--users", "1000");
        Program first = listener("analytics", "--from-start", "--delay", "fixed:1ms");
        first.until("customer_id=", 200).signal("KILL"); // it has hundreds of further records in hand
        Program second = listener("analytics", "--from-start");
        Set<String> all = new TreeSet<>(places(first));
        Awaitility.await().atMost(Program.SOON).until(() -> {
            all.addAll(places(second));
            return all.size() == 1000;
        });
        int duplicates = places(first).size() + places(second).size() - 1000;
        assertThat(duplicates).isBetween(0, places(first).size());
        assertThat(new HashSet<>(places(second))).hasSameSizeAs(places(second));
    }

    @ConcurrentTest
    void aNewGroupReadsHistoryAndAgreesWithTheOldOne() throws Exception {
        createTopic();
        Program analytics = listener("analytics");
        broadcast("--users", "20");
        analytics.until("customer_id=", 20);
        Program crm = listener("crm", "--from-start").until("customer_id=", 20);
        Program second = listener("analytics-v2", "--from-start").until("customer_id=", 20);
        assertThat(new TreeSet<>(places(crm))).isEqualTo(new TreeSet<>(places(analytics)));
        assertThat(new TreeSet<>(places(second))).isEqualTo(new TreeSet<>(places(analytics)));
        Program late = listener("late"); // without --from-start: from now on
        broadcast("--users", "3");
        assertThat(events(late.until("customer_id=", 3))).hasSize(3);
    }

    @ConcurrentTest
    void eventsOfOneCustomerStayInOrderOverThreePartitions() throws Exception {
        createTopic();
        List<Program> groups = List.of(listener("analytics"), listener("billing"));
        broadcast("--users", "7", "--events", "140");
        for (Program group : groups) {
            group.until("customer_id=", 140);
            Map<String, Integer> last = new HashMap<>();
            for (String line : group.lines("customer_id=")) {
                Matcher event = EVENT.matcher(line);
                assertThat(event.find()).isTrue();
                int sequence = Integer.parseInt(event.group(2));
                assertThat(last.getOrDefault(event.group(1), -1)).isLessThan(sequence);
                last.put(event.group(1), sequence);
            }
            assertThat(last).hasSize(7);
            assertThat(new HashSet<>(group.all("(partition=\\d) "))).hasSize(3);
        }
    }

    @ConcurrentTest
    void poisonAndStrangersAreALineAndOnItGoes() throws Exception {
        createTopic();
        Program listener = listener("analytics");
        try (KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap,
                "key.serializer", ByteArraySerializer.class, "value.serializer", ByteArraySerializer.class))) {
            stranger.send(new ProducerRecord<>(topic, 0, null, "not protobuf".getBytes(StandardCharsets.UTF_8))).get();
            stranger.send(new ProducerRecord<>(topic, 1, null,
                    Timestamp.newBuilder().setSeconds(5).build().toByteArray())).get();
        }
        broadcast("--users", "1");
        listener.until("customer_id=c-0");
        assertThat(listener.lines("skipped")).hasSize(2)
                .anyMatch(line -> line.startsWith("[analytics-" + topic
                + "] partition=0 offset=0 skipped: not a CustomerSignedUp: "))
                .anyMatch(line -> line.equals("[analytics-" + topic
                + "] partition=1 offset=0 skipped: customer_id is required"));
        listener.signal("TERM");
        assertThat(listener.lines()).endsWith("[analytics-" + topic + "] stopped")
                .noneMatch(line -> line.startsWith("\tat "));
        Program again = listener("analytics");
        broadcast("--users", "1");
        again.until("customer_id=c-0");
        assertThat(again.lines("skipped")).isEmpty(); // they have been committed like any other
    }

    @ConcurrentTest
    void aLostBrokerIsSaidOnceAndSoIsItsReturn() throws Exception {
        Program doomed = start("sandbox", "--brokers", "1", "--port", "0").until("; Ctrl-C stops it");
        String address = doomed.all(KAFKA_AT).get(0);
        Program listener = start("kafka-listener", "--bootstrap", address, "--topic", topic, "--group", "analytics");
        listener.until("[analytics] has no partitions of " + topic + " yet");
        assertThat(start("topic-create", "--bootstrap", address, "--topic", topic).end()).isZero();
        listener.until("reads " + topic);
        doomed.signal("TERM");
        listener.until("[analytics] no Kafka at " + address + ", trying on");
        start("sandbox", "--brokers", "1", "--port", address.split(":")[1]).until("; Ctrl-C stops it");
        listener.until("[analytics] Kafka is back");
        assertThat(listener.lines("no Kafka at")).hasSize(1);
        assertThat(listener.lines("Kafka is back")).hasSize(1);
        listener.signal("TERM");
        assertThat(listener.lines()).endsWith("[analytics] stopped").noneMatch(line -> line.startsWith("\tat "));
    }

    @ParameterizedTest
    @CsvSource({"kafka-broadcast, create topic", "topic-create, create topic", "topic-delete, describe topic"})
    void anAbsentBrokerIsOneLineAndExitCode1(String command, String what) throws Exception {
        Program program = start(command, "--bootstrap", "127.0.0.1:1", "--topic", "t");
        assertThat(program.end()).isEqualTo(1);
        assertThat(program.lines()).containsExactly("cannot " + what
                + " t: no answer from Kafka at 127.0.0.1:1 within 5000 ms");
    }

    @ConcurrentTest
    void aBrokerThatIsGoneEndsTheBroadcast() throws Exception {
        Program doomed = start("sandbox", "--brokers", "1", "--port", "0").until("; Ctrl-C stops it");
        String address = doomed.all(KAFKA_AT).get(0);
        Program sender = start("kafka-broadcast", "--bootstrap", address, "--topic", topic, "--users", "1000000");
        sender.until("@brew.example", 10);
        doomed.signal("TERM");
        assertThat(sender.end()).isEqualTo(1);
        assertThat(sender.lines()).endsWith("no Kafka at " + address + " any more: no answer within 5000 ms");
        assertThat(sender.lines("  FAIL  ")).hasSize(1);
        assertThat(sender.lines("not sent. Nobody was called")).singleElement().asString()
                .matches("\\d+ records in " + topic + " for whoever reads it, 1 not acknowledged, \\d+ not sent\\. .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-broadcast --topic t", "topic-create --topic t", "topic-delete --topic t", "cleanup",
        "kafka-listener --topic t --group g"})
    void anUnknownHostIsNamed(String command) throws Exception {
        Program program = start((command + " --bootstrap no-such-host.invalid:9092").split(" "));
        assertThat(program.end()).isEqualTo(1);
        assertThat(program.lines("no client can be made for no-such-host.invalid:9092: No resolvable bootstrap urls given in "
                + "bootstrap.servers")).hasSize(1);
    }

    @ConcurrentTest
    void aTopicIsDeletedOnlyByWhoMeansIt() throws Exception {
        createTopic();
        Program asked = start("topic-delete", "--bootstrap", bootstrap, "--topic", topic);
        asked.process().getOutputStream().close();
        assertThat(asked.end()).isEqualTo(1);
        assertThat(asked.lines()).contains("not deleted");
        Program there = start("topic-create", "--bootstrap", bootstrap, "--topic", topic);
        assertThat(there.end()).isZero();
        assertThat(there.lines()).containsExactly("topic " + topic + " is there already: 3 partitions, replication 1");
        assertThat(start("topic-delete", "--bootstrap", bootstrap, "--topic", topic, "--yes").end()).isZero();
        Program gone = start("topic-delete", "--bootstrap", bootstrap, "--topic", topic, "--yes");
        assertThat(gone.end()).isEqualTo(1);
        assertThat(gone.lines()).containsExactly("there is no topic " + topic + " at " + bootstrap);
    }

    @ConcurrentTest
    void withoutAGroupTheOptionAndTheVariableAreNamed() throws Exception {
        Program program = start("kafka-listener");
        assertThat(program.end()).isEqualTo(2);
        assertThat(program.lines()).containsExactly("no group: give --group or set LISTENER_GROUP");
    }

    @ConcurrentTest
    void aPortThatIsTakenIsNamedByTheSandbox() throws Exception {
        Program second = start("sandbox", "--brokers", "1", "--port", bootstrap.split(":")[1]);
        assertThat(second.end()).isEqualTo(1);
        assertThat(second.lines()).containsExactly("--port: port " + bootstrap.split(":")[1]
                + " of 127.0.0.1 cannot be used: Address already in use");
    }

    @ConcurrentTest
    void threeNodesOutliveOneThatIsKilled() throws Exception {
        Program three = start("sandbox", "--port", "0").until("; Ctrl-C stops it");
        String addresses = three.all(KAFKA_AT).get(0);
        assertThat(three.lines("(replication 3, min.insync.replicas 2)")).hasSize(1);
        Program create = start("topic-create", "--bootstrap", addresses, "--topic", topic);
        assertThat(create.end()).isZero();
        assertThat(create.lines()).containsExactly("topic " + topic + " created: 3 partitions, replication 3");
        List<ProcessHandle> nodes = three.process().descendants().toList();
        assertThat(nodes).hasSize(3);
        nodes.get(2).destroyForcibly();
        three.until("has ended");
        Program sender = start("kafka-broadcast", "--bootstrap", addresses, "--topic", topic, "--users", "5");
        assertThat(sender.end()).isZero();
        assertThat(sender.lines("@brew.example")).hasSize(5);
        three.signal("TERM");
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
    }

    private void createTopic() throws Exception {
        assertThat(start("topic-create", "--bootstrap", bootstrap, "--topic", topic).end()).isZero();
    }

    private Program listener(String group, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("kafka-listener", "--bootstrap", bootstrap, "--topic", topic,
                "--group", group + "-" + topic));
        arguments.addAll(List.of(more));
        return start(arguments.toArray(new String[0])).until(" reads " + topic);
    }

    private Program broadcast(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("kafka-broadcast", "--bootstrap", bootstrap, "--topic",
                topic));
        arguments.addAll(List.of(more));
        Program sender = start(arguments.toArray(new String[0]));
        assertThat(sender.end()).as("%s", sender.lines()).isZero();
        return sender;
    }

    private Program start(String... arguments) throws Exception {
        Program program = Program.start(arguments);
        running.add(program);
        return program;
    }

    private static List<String> events(Program listener) {
        return listener.all("event_id=(\\S+)");
    }

    private static List<String> places(Program listener) {
        return listener.all("(partition=\\d+ offset=\\d+) customer_id=");
    }

    /** Where the only record of {@code sender} stands, as a listener writes it. */
    private static String lastEvent(Program sender) {
        String[] row = sender.lines("@brew.example").get(0).trim().split(" +");
        return "partition=" + row[3] + " offset=" + row[4] + " ";
    }
}
