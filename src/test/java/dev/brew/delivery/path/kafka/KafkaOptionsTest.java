package dev.brew.delivery.path.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

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
        assertThat(options.producerProperties("there:9092")).containsEntry("linger.ms", "5")
                .containsEntry("bootstrap.servers", "there:9092");
        assertThat(options.consumerProperties("there:9092", "g")).containsEntry("receive.buffer.bytes", "131072")
                .containsEntry("group.id", "g");
        assertThat(options.settings()).containsEntry("kafka.producer.linger.ms", "5")
                .containsEntry("kafka.consumer.receive.buffer.bytes", "131072");
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
