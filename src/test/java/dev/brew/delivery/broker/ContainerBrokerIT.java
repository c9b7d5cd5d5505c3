package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real containers, of the image that scripts/kafka-image.sh builds. */
class ContainerBrokerIT {

    private static final String IMAGE = System.getenv().getOrDefault("DELIVERY_KAFKA_IMAGE", "local/kafka:4.4.0");
    private static final Duration GONE = Duration.ofSeconds(10);

    private ContainerEngine engine;

    @BeforeEach
    void findEngine() throws Exception {
        // .ci/run starts an engine, builds the image and sets this, so that nobody takes a skipped test for a green one
        boolean required = Boolean.parseBoolean(System.getenv("DELIVERY_REQUIRE_DOCKER"));
        try {
            engine = ContainerEngine.find(System.getenv());
            assumeTrue(required || engine.hasImage(IMAGE), "no image " + IMAGE + " (scripts/kafka-image.sh)");
        } catch (java.io.IOException e) {
            if (required) {
                throw e;
            }
            assumeTrue(false, e.getMessage());
        }
        ContainerBroker.removeOrphans(engine);
        assertThat(engine.labelled(ContainerMain.LABEL)).isEmpty();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (engine != null) {
            ContainerBroker.removeOrphans(engine);
        }
    }

    @Test
    void takesRecordsAndSaysWhatItIsAndLeavesNothing() throws Exception {
        try (ContainerBroker broker = ContainerBroker.start(IMAGE, false, System.getenv())) {
            write(broker);
            assertThat(broker.settings()).containsEntry("broker.kind", "container").containsEntry("broker.version",
                    "4.4.0")
                    .containsEntry("broker.image", IMAGE).containsEntry("broker.address", "bridge")
                    .containsEntry("broker.nodes", "1").containsEntry("broker.heap", "512m")
                    .containsKey("broker.image.id");
            assertThat(engine.labelled(ContainerMain.LABEL)).hasSize(1);
        }
        assertThat(engine.labelled(ContainerMain.LABEL)).isEmpty();
    }

    @Test
    void leavesNothingWhenItsHolderIsKilled() throws Exception {
        ContainerBroker broker = ContainerBroker.start(IMAGE, false, System.getenv());
        broker.holder().destroyForcibly();
        broker.holder().onExit().get(10, TimeUnit.SECONDS);
        broker.close();
        assertThat(engine.labelled(ContainerMain.LABEL)).isEmpty();
    }

    @Test
    void isGoneWhenItsParentIsKilled() throws Exception {
        Process parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), ContainerParent.class.getName(), IMAGE)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var out = parent.inputReader()) {
            assertThat(out.readLine()).isEqualTo("started");
            assertThat(engine.labelled(ContainerMain.LABEL)).hasSize(1);
            parent.destroyForcibly();
            Awaitility.await().atMost(GONE).until(() -> engine.labelled(ContainerMain.LABEL).isEmpty());
        } finally {
            parent.destroyForcibly();
        }
    }

    private static void write(Broker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic("things", 2, (short) 1))).all().get(20, TimeUnit.SECONDS);
        }
        try (KafkaProducer<String,
                String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrap(),
                "key.serializer", StringSerializer.class, "value.serializer", StringSerializer.class))) {
            assertThat(producer.send(new ProducerRecord<>("things", "a")).get(20, TimeUnit.SECONDS).hasOffset())
                    .isTrue();
        }
    }
}
