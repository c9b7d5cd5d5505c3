package dev.brew.delivery.path.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.broker.ClientProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaOptionsTest {

    @Test
    void pinsWhatMovesTheComparisonAndSaysSo() {
        assertThat(KafkaOptions.of("all", new Properties()).settings()).containsAllEntriesOf(Map.of(
                "kafka.producer.acks", "-1", "kafka.producer.linger.ms", "0",
                "kafka.producer.enable.idempotence", "true", "kafka.producer.compression.type", "none",
                "kafka.consumer.fetch.min.bytes", "1", "kafka.consumer.enable.auto.commit", "true",
                "kafka.consumer.group.protocol", "classic", "kafka.partitions", "3", "kafka.replication", "1",
                "kafka.clients.version", "4.4.0")).containsAllEntriesOf(Map.of(
                "kafka.producer.receive.buffer.bytes", "-1", "kafka.producer.send.buffer.bytes", "-1",
                "kafka.consumer.receive.buffer.bytes", "-1", "kafka.consumer.send.buffer.bytes", "-1"));
    }

    @Test
    void idempotenceGoesWithAcksAll() {
        assertThat(KafkaOptions.of("1", new Properties()).settings())
                .containsEntry("kafka.producer.enable.idempotence", "false").containsEntry("kafka.producer.acks", "1");
    }

    @Test
    void whatTheUserSetsReachesTheClientsAndTheSettings() {
        Properties system = properties("delivery.producer.linger.ms", "5");
        system.setProperty("delivery.consumer.receive.buffer.bytes", "131072");
        system.setProperty("java.home", "elsewhere");
        KafkaOptions options = KafkaOptions.of("all", system);
        assertThat(options.producerProperties("there:9092", ClientProperties.NONE)).containsEntry("linger.ms", "5")
                .containsEntry("bootstrap.servers", "there:9092");
        assertThat(options.consumerProperties("there:9092", "g", ClientProperties.NONE))
                .containsEntry("receive.buffer.bytes", "131072")
                .containsEntry("group.id", "g");
        assertThat(options.settings()).containsEntry("kafka.producer.linger.ms", "5")
                .containsEntry("kafka.consumer.receive.buffer.bytes", "131072");
    }

    @Test
    void pinnedSettingsWinOverAFileAndALineSaysSo(@TempDir Path folder) throws Exception {
        ClientProperties file = file(folder, "acks=0", "linger.ms=5", "auto.offset.reset=latest", "group.id=$Default",
                "connections.max.idle.ms=180000", "max.in.flight.requests.per.connection=1", "transactional.id=x",
                "bootstrap.servers=elsewhere:9093", "schema.registry.url=https://x", "client.rack=r");
        KafkaOptions options = KafkaOptions.of("all", properties("delivery.producer.linger.ms", "7"));
        assertThat(options.producerProperties("there:9092", file)).containsEntry("acks", "all")
                .containsEntry("linger.ms", "7").containsEntry("bootstrap.servers", "there:9092")
                .containsEntry("connections.max.idle.ms", "180000").doesNotContainKey("transactional.id");
        assertThat(options.consumerProperties("there:9092", "g", file)).containsEntry("auto.offset.reset", "earliest")
                .containsEntry("group.id", "g").containsEntry("client.rack", "r");
        assertThat(options.settings(file)).containsEntry("kafka.producer.max.in.flight.requests.per.connection", "1");
        assertThat(options.unused(file)).contains("--properties: a run sets these itself, the file's values are not used: "
                + "acks, auto.offset.reset, bootstrap.servers, connections.max.idle.ms (of consumers), group.id, linger.ms, "
                + "transactional.id; no client of Kafka's reads these: schema.registry.url");
        assertThat(options.unused(file(folder, "request.timeout.ms=60000"))).isEmpty();
        assertThat(options.pins("acks")).isTrue();
        assertThat(options.pins("connections.max.idle.ms")).isFalse();
    }

    @Test
    void timeoutsThatDependOnEachOtherFollowFromWhatIsSet(@TempDir Path folder) throws Exception {
        assertThat(producer("")).containsEntry("request.timeout.ms", "10000").containsEntry("delivery.timeout.ms", "20000");
        assertThat(producer("request.timeout.ms=60000")).containsEntry("delivery.timeout.ms", "60000");
        assertThat(producer("linger.ms=15000")).containsEntry("delivery.timeout.ms", "25000");
        assertThat(producer("delivery.timeout.ms=5000")).containsEntry("request.timeout.ms", "5000");
        assertThat(consumer("")).containsEntry("session.timeout.ms", "45000").containsEntry("heartbeat.interval.ms", "3000");
        assertThat(consumer("session.timeout.ms=6000")).containsEntry("heartbeat.interval.ms", "2000");
        assertThat(consumer("heartbeat.interval.ms=20000")).containsEntry("session.timeout.ms", "60000");
        assertThat(consumer("fetch.max.wait.ms=40000")).containsEntry("request.timeout.ms", "45000");
        assertThat(consumer("request.timeout.ms=90000")).containsEntry("default.api.timeout.ms", "90000");
        ClientProperties hosted = file(folder, "request.timeout.ms=60000", "session.timeout.ms=30000");
        KafkaOptions options = KafkaOptions.of("all", new Properties());
        assertThat(options.producerProperties("x:1", hosted)).containsEntry("delivery.timeout.ms", "60000");
        new KafkaProducer<>(options.producerProperties("127.0.0.1:1", hosted)).close(Duration.ZERO);
        assertThat(KafkaOptions.of("all", properties("delivery.consumer.group.protocol", "consumer"))
                .consumerProperties("x:1", "g", hosted)).doesNotContainKeys("session.timeout.ms", "heartbeat.interval.ms");
    }

    @Test
    void timeoutsThatContradictEachOtherAreRefusedBeforeAClientIsMade(@TempDir Path folder) throws Exception {
        Properties both = properties("delivery.producer.request.timeout.ms", "9000");
        both.setProperty("delivery.producer.delivery.timeout.ms", "5000");
        assertThatThrownBy(() -> KafkaOptions.of("all", both)).hasMessage("-Ddelivery.producer.*: delivery.timeout.ms=5000 "
                + "must be at least linger.ms + request.timeout.ms = 9000");
        Properties session = properties("delivery.consumer.session.timeout.ms", "6000");
        session.setProperty("delivery.consumer.heartbeat.interval.ms", "6000");
        assertThatThrownBy(() -> KafkaOptions.of("all", session)).hasMessage("-Ddelivery.consumer.*: session.timeout.ms="
                + "6000 must be at least heartbeat.interval.ms + 1 = 6001");
        ClientProperties short1 = file(folder, "request.timeout.ms=400");
        assertThatThrownBy(() -> KafkaOptions.of("all", new Properties()).requireFit(short1)).hasMessage(
                "--properties: request.timeout.ms=400 must be at least fetch.max.wait.ms + 1 = 501");
        ClientProperties soon = file(folder, "retries=hush");
        assertThatThrownBy(() -> KafkaOptions.of("all", new Properties()).requireFit(soon))
                .hasMessageStartingWith("--properties: Invalid value hush for configuration retries: ");
    }

    private static Map<String, Object> producer(String set) {
        return KafkaOptions.of("all", pair("delivery.producer.", set)).producerProperties("x:1", ClientProperties.NONE);
    }

    private static Map<String, Object> consumer(String set) {
        return KafkaOptions.of("all", pair("delivery.consumer.", set))
                .consumerProperties("x:1", "g", ClientProperties.NONE);
    }

    private static Properties pair(String prefix, String set) {
        return set.isEmpty() ? new Properties() : properties(prefix + set.split("=")[0], set.split("=")[1]);
    }

    private static ClientProperties file(Path folder, String... lines) throws IOException {
        return ClientProperties.read("--properties",
                Files.writeString(folder.resolve("client"), String.join("\n", lines)).toString());
    }

    @Test
    void secretsAreRefusedSinceOptionsAreWrittenIntoResults() {
        assertThatThrownBy(() -> KafkaOptions.of("all", properties("delivery.producer.ssl.key.password", "hush")))
                .hasMessage("-Ddelivery.producer.ssl.key.password: a secret; say it in the file of "
                        + "-Ddelivery.kafka.properties");
        assertThatThrownBy(() -> KafkaOptions.of("all", properties("delivery.consumer.sasl.jaas.config", "hush")))
                .hasMessageStartingWith("-Ddelivery.consumer.sasl.jaas.config: a secret");
    }

    @Test
    void badSettingsAreNamed() {
        assertRefused("delivery.producer.linger", "5", "-Ddelivery.producer.linger=5: Kafka has no such property");
        assertRefused("delivery.consumer.group.id", "x", "-Ddelivery.consumer.group.id=x: this one is set by the suite");
        assertRefused("delivery.producer.linger.ms", "soon", "-Ddelivery.producer.*: Invalid value soon for configuration"
                + " linger.ms: Not a number of type LONG");
        assertRefused("delivery.consumer.group.protocol", "gossip", "-Ddelivery.consumer.*: Invalid value gossip for "
                + "configuration group.protocol: String must be one of (case insensitive): ");
        assertThatThrownBy(() -> KafkaOptions.of("2", new Properties())).hasMessage("acks must be 0, 1 or all, got '2'");
        assertThatThrownBy(() -> new KafkaOptions("1", 0, (short) 1, Map.of(), Map.of()))
                .hasMessage("partitions must be 1 or more, got 0");
        assertThatThrownBy(() -> new KafkaOptions("1", 1, (short) 0, Map.of(), Map.of()))
                .hasMessage("replication must be 1 or more, got 0");
    }

    private static void assertRefused(String name, String value, String message) {
        assertThatThrownBy(() -> KafkaOptions.of("all", properties(name, value)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message);
    }

    private static Properties properties(String name, String value) {
        Properties properties = new Properties();
        properties.setProperty(name, value);
        return properties;
    }
}
