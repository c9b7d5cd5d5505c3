package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
            Duration before = broker.cpuTime().orElseThrow();
            write(broker);
            assertThat(broker.cpuTime().orElseThrow()).isGreaterThan(before);
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

    @Test
    void aContainerThatEndsIsNoticedWithItsExitCode() throws Exception {
        CompletableFuture<Throwable> lost = new CompletableFuture<>();
        try (ContainerBroker broker = ContainerBroker.start(IMAGE, false, System.getenv())) {
            broker.onLoss(lost::complete);
            docker("kill", engine.labelled(ContainerMain.LABEL).get(0).id());
            assertThat(lost.get(20, TimeUnit.SECONDS)).hasMessageContaining("the Kafka container has ended by itself")
                    .hasMessageContaining("the container ended with exit code 137");
        }
        assertThat(engine.labelled(ContainerMain.LABEL)).isEmpty();
    }

    @Test
    void aContainerThatDiesAtItsStartIsOneMessageWithinFifteenSeconds() throws Exception {
        String dying = "local/kafka-dies:test";
        String container = docker("create", IMAGE);
        try {
            docker("commit", "-c", "ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo out of luck; exit 3\"]", container, dying);
            long start = System.nanoTime();
            assertThatThrownBy(() -> ContainerBroker.start(dying, false, System.getenv())).isInstanceOf(IOException.class)
                    .satisfies(ContainerBrokerIT::deleteKeptLog)
                    .hasMessageStartingWith("the Kafka broker did not start (the container ended with exit code 3: out of "
                            + "luck); its log is kept in ");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        } finally {
            docker("rm", container);
            docker("rmi", dying);
        }
        assertThat(engine.labelled(ContainerMain.LABEL)).isEmpty();
    }

    @Test
    void theReaperIsNamedIfItIsAskedForAndItsImageIsNotHere() throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("TESTCONTAINERS_RYUK_DISABLED", "false");
        environment.put("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX", "localhost:1/"); // where no registry is
        long start = System.nanoTime();
        assertThatThrownBy(() -> ContainerBroker.start(IMAGE, false, environment))
                .satisfies(ContainerBrokerIT::deleteKeptLog)
                .hasMessageMatching("(?s)the Kafka broker did not start \\(the container engine has no image (\\S*ryuk:\\S+), "
                        + "and TESTCONTAINERS_RYUK_DISABLED=false asks for it: docker pull \\1, or unset that variable\\); "
                        + "its log is kept in .*");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(engine.labelled(ContainerMain.LABEL)).isEmpty();
    }

    @Test
    void anImageThatIsNotHereIsNamedAtOnce() {
        assertThatThrownBy(() -> ContainerBroker.start("local/nothing:1", false, System.getenv()))
                .hasMessage("the container engine has no image local/nothing:1: docker pull local/nothing:1, or "
                        + "-Ddelivery.kafka.pull=true, or scripts/kafka-image.sh and -Ddelivery.kafka.image=…");
    }

    private static void deleteKeptLog(Throwable failure) throws IOException {
        Matcher kept = Pattern.compile("its log is kept in (\\S+)").matcher(failure.getMessage());
        assertThat(kept.find()).isTrue();
        Files.delete(Path.of(kept.group(1)));
    }

    private static String docker(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(command.toString()).isZero();
        return output;
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
