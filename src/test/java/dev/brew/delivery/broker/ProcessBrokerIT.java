package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.tls.Tls;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessBrokerIT {

    private static final Duration GONE = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void isARealKafkaWithTransactionsAndBothGroupProtocols(String protocol) throws Exception {
        try (ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard())) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("things", 2, (short) 1))).all().get(20, TimeUnit.SECONDS);
            }
            produceInATransaction(broker);
            assertThat(consume(broker, protocol)).containsExactlyInAnyOrder("a", "b");
            assertThat(broker.settings()).containsEntry("broker.kind", "process")
                    .containsEntry("broker.version", "4.4.0").containsEntry("broker.heap.mib", "512")
                    .containsEntry("broker.group.initial.rebalance.delay.ms", "0")
                    .containsEntry("broker.socket.receive.buffer.bytes", "-1");
        }
    }

    @ParameterizedTest
    @CsvSource({"ON,1", "MUTUAL,3"})
    void itsListenersAreEncryptedIfItIsAskedFor(Tls.Mode mode, int nodes) throws Exception {
        try (ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard(nodes).with(Tls.of(mode)))) {
            assertThat(broker.settings()).containsEntry("broker.tls", mode.toString())
                    .containsEntry("broker.tls.protocol", "TLSv1.3");
            assertThat(broker.settings().toString()).doesNotContain("BEGIN");
            Map<String, String> client = broker.client().values(ClientProperties.Kind.ADMIN);
            assertThat(client).containsEntry("security.protocol", "SSL");
            assertThat(create(broker, client)).isEmpty();
            assertThat(create(broker, Map.of())).get().asString().contains("TimeoutException"); // in the clear
            Map<String, String> nameless = new HashMap<>(client);
            nameless.keySet().removeIf(name -> name.startsWith("ssl.keystore"));
            assertThat(create(broker, nameless).isPresent()).isEqualTo(mode == Tls.Mode.MUTUAL);
        }
    }

    @Test
    void itSaysForHowLongItsCompilersHaveBeenBusyForAsLongAsItCan() throws Exception {
        try (ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard())) {
            Duration started = broker.compilerTime();
            assertThat(started).isPositive();
            assertThat(create(broker, Map.of())).isEmpty();
            Duration later = broker.compilerTime();
            assertThat(later).isGreaterThan(started);
            broker.handles().get(0).destroyForcibly();
            broker.handles().get(0).onExit().get(10, TimeUnit.SECONDS);
            assertThat(broker.compilerTime()).isEqualTo(later);
        }
    }

    /** Why a topic could not be made, if so. */
    private static Optional<Throwable> create(ProcessBroker broker, Map<String, String> client) throws Exception {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", broker.bootstrap());
        properties.put("default.api.timeout.ms", "3000");
        properties.put("request.timeout.ms", "1000");
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(new NewTopic("topic-" + System.nanoTime(), 1, (short) 1))).all()
                    .get(20, TimeUnit.SECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(e.getCause());
        }
    }

    @Test
    void leavesNothingWhenClosed() throws Exception {
        ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard());
        broker.close();
        assertGone(broker.handles().get(0), broker.directories().get(0));
        assertThatThrownBy(() -> connect(broker.bootstrap())).isInstanceOf(IOException.class);
    }

    @Test
    void leavesNothingWhenClosedAfterItWasKilled() throws Exception {
        ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard());
        broker.handles().get(0).destroyForcibly();
        broker.handles().get(0).onExit().get(10, TimeUnit.SECONDS);
        assertThat(broker.directories().get(0)).exists();
        broker.close();
        assertGone(broker.handles().get(0), broker.directories().get(0));
    }

    @ParameterizedTest
    @CsvSource({"KILL, parent", "INT, parent", "TERM, parent", "INT, broker"})
    void leavesNothingWhenItOrItsParentIsSent(String signal, String whom) throws Exception {
        // a shell that starts a build in the background has SIGINT ignored in all that comes of it
        Process parent = new ProcessBuilder("env", "--default-signal=INT", Path.of(System.getProperty("java.home"), "bin",
                "java").toString(), "-cp", System.getProperty("java.class.path"), BrokerParent.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = parent.inputReader()) {
            String[] words = out.readLine().split(" ");
            ProcessHandle broker = ProcessHandle.of(Long.parseLong(words[0])).orElseThrow();
            assertThat(Path.of(words[1])).exists();
            signal(signal, whom.equals("broker") ? broker.pid() : parent.pid());
            assertGone(broker, Path.of(words[1]));
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void aStartThatFailsSaysWhyAndKeepsItsLog() throws Exception {
        ProcessBroker.Options broken = new ProcessBroker.Options("512m", Map.of("log.segment.bytes", "many"),
                Duration.ofSeconds(60), List.of(0));
        assertThatThrownBy(() -> ProcessBroker.start(broken)).isInstanceOf(IOException.class)
                .satisfies(failure -> assertKeptLog(failure, "log.segment.bytes"))
                .hasMessageStartingWith("the Kafka broker did not start (it ended at its start: "
                        + "org.apache.kafka.common.config.ConfigException: Invalid value many for configuration "
                        + "log.segment.bytes");
    }

    @Test
    void aStartThatHangsIsEnded() throws Exception {
        ProcessBroker.Options hasty = new ProcessBroker.Options("512m", Map.of(), Duration.ofMillis(1), List.of(0));
        long before = brokers();
        assertThatThrownBy(() -> ProcessBroker.start(hasty)).isInstanceOf(IOException.class)
                .satisfies(failure -> assertKeptLog(failure, ""))
                .hasMessageStartingWith("the Kafka broker did not start (not ready within 1 ms");
        assertThat(brokers()).isEqualTo(before);
    }

    private static long brokers() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    private static void assertKeptLog(Throwable failure, String content) throws IOException {
        Matcher kept = Pattern.compile("its log is kept in (\\S+)").matcher(failure.getMessage());
        assertThat(kept.find()).isTrue();
        Path log = Path.of(kept.group(1));
        assertThat(Files.readString(log)).contains(content);
        Files.delete(log);
    }

    /** A process that waits for its parent to reap it has ended all the same. */
    private static void assertGone(ProcessHandle process, Path directory) {
        Awaitility.await().atMost(GONE).untilAsserted(() -> {
            assertThat(process.isAlive() && !isZombie(process.pid())).as("process %s", process.pid()).isFalse();
            assertThat(directory).doesNotExist();
        });
    }

    private static boolean isZombie(long pid) throws IOException {
        Optional<String> state;
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            state = lines.filter(line -> line.startsWith("State:")).findFirst();
        } catch (NoSuchFileException e) {
            return true;
        }
        return state.map(line -> line.contains("Z")).orElse(true);
    }

    private static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
    }

    private static void connect(String bootstrap) throws IOException {
        String[] parts = bootstrap.split(":");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(parts[0], Integer.parseInt(parts[1])), 1000);
        }
    }

    private static void produceInATransaction(ProcessBroker broker) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers", broker.bootstrap(), "transactional.id", "once",
                "key.serializer", StringSerializer.class, "value.serializer", StringSerializer.class))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("things", 0, "k", "a"));
            producer.send(new ProducerRecord<>("things", 1, "k", "b"));
            producer.commitTransaction();
        }
    }

    private static List<String> consume(ProcessBroker broker, String protocol) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of(
                "bootstrap.servers", broker.bootstrap(), "group.id", "g", "group.protocol", protocol,
                "auto.offset.reset", "earliest", "isolation.level", "read_committed",
                "key.deserializer", StringDeserializer.class, "value.deserializer", StringDeserializer.class))) {
            consumer.subscribe(List.of("things"));
            Awaitility.await().atMost(Duration.ofSeconds(20)).pollInSameThread().until(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
                return values.size() >= 2;
            });
            consumer.commitSync();
        }
        return values;
    }
}
