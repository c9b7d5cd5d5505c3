package dev.brew.delivery.path.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.broker.ClientProperties;
import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.tls.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's cluster: one node with logins and access control, played by a process broker. */
class ExternalClusterIT {

    private static final List<String> NAMES = List.of("analytics", "billing");
    private static final NanoClock CLOCK = NanoClock.system();
    private static final Brokers.Wanted EXTERNAL = new Brokers.Wanted("external", 1, Tls.Mode.OFF);
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

    private static ProcessBroker cluster;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = ProcessBroker.start(new ProcessBroker.Options("512m", Map.of(
                "listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms", "PLAIN", "sasl.mechanism.inter.broker.protocol", "PLAIN",
                "listener.name.client.plain.sasl.jaas.config", LOGIN + "username=\"admin\" password=\"secret-a\" "
                        + "user_admin=\"secret-a\" user_runner=\"secret-r\" user_reader=\"secret-w\" "
                        + "user_nobody=\"secret-n\";",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:admin;User:ANONYMOUS"), Duration.ofMinutes(1), List.of(0)));
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic("delivery-orders", 1, (short) 1),
                    new NewTopic("delivery-bench-orders", 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
            admin.createAcls(List.of(allow("runner", ResourceType.TOPIC, AclOperation.CREATE),
                    allow("runner", ResourceType.TOPIC, AclOperation.READ),
                    allow("runner", ResourceType.TOPIC, AclOperation.WRITE),
                    allow("runner", ResourceType.TOPIC, AclOperation.DELETE),
                    allow("runner", ResourceType.GROUP, AclOperation.READ),
                    allow("runner", ResourceType.GROUP, AclOperation.DELETE),
                    allow("reader", ResourceType.TOPIC, AclOperation.CREATE),
                    allow("reader", ResourceType.TOPIC, AclOperation.READ))).all().get(20, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stopCluster() throws Exception {
        cluster.close();
    }

    @Test
    void aUserWithNoMoreRightsThanARunNeedsLeavesNothing() throws Exception {
        Properties system = as("runner", "secret-r");
        DeliveryTracker tracker = new DeliveryTracker(NAMES, 7, 256, CLOCK);
        try (Broker broker = Brokers.start(EXTERNAL, system, Map.of());
                KafkaPath path = open(broker, system, tracker)) {
            DeliveryTracker.Phase phase = tracker.begin("m1");
            for (int i = 0; i < 50; i++) {
                phase.send(path, CLOCK.nanos()).await(Duration.ofSeconds(20));
            }
            phase.requireBalance();
            assertThat(names()).hasSize(1).allMatch(name -> name.equals(KafkaPath.PREFIX + tracker.run()));
            assertThat(path.settings()).containsEntry("broker.kind", "external").containsEntry("broker.nodes", "1")
                    .hasEntrySatisfying("broker.version", version -> assertThat(version).startsWith("metadata 4.4-"))
                    .containsEntry("broker.num.io.threads", "unknown") // this user may not see it
                    .containsEntry("kafka.replication", "1").containsEntry("kafka.client.sasl.mechanism", "PLAIN");
            assertThat(path.settings().toString()).doesNotContain("secret").doesNotContain("runner");
        }
        assertThat(names()).isEmpty();
        assertThat(groups()).isEmpty();
    }

    @Test
    void tooFewRightsAreNamedBeforeAnythingIsMeasured() throws Exception {
        String needed = "a run needs CREATE, DESCRIBE, READ, WRITE and DELETE on topics, and DESCRIBE, READ and DELETE on "
                + "groups, whose names begin with delivery-bench-";
        assertThatThrownBy(() -> openAs("nobody", "secret-n")).hasMessageMatching(
                "cannot create topic delivery-bench-\\w+: Authorization failed; " + needed);
        assertThatThrownBy(() -> openAs("reader", "secret-w")).hasMessageMatching(
                "too few rights: no \\[WRITE, DELETE\\] on topic delivery-bench-\\w+; " + needed);
        assertThat(names()).hasSize(1); // the reader may not delete what it has made
        try (Admin admin = admin()) {
            admin.deleteTopics(names()).all().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() {
        assertThatThrownBy(() -> Brokers.start(EXTERNAL, as("runner", "secret-x"), Map.of()))
                .hasMessage("Kafka at " + cluster.bootstrap() + " refuses: Authentication failed: Invalid username or "
                        + "password");
    }

    @Test
    void aWrongProtocolOrAddressIsToldWithinTenSeconds() {
        Properties clear = new Properties();
        clear.setProperty(Brokers.BOOTSTRAP, cluster.bootstrap());
        assertThatThrownBy(() -> Brokers.start(EXTERNAL, clear, Map.of())).isInstanceOf(IOException.class)
                .hasMessage("no answer from Kafka at " + cluster.bootstrap() + " within 10000 ms: wrong address, or a "
                        + "wrong security.protocol in -Ddelivery.kafka.properties=FILE");
        clear.setProperty(Brokers.BOOTSTRAP, "no-such-host.invalid:9092");
        assertThatThrownBy(() -> Brokers.start(EXTERNAL, clear, Map.of())).isInstanceOf(IOException.class)
                .hasMessage("no client can be made for no-such-host.invalid:9092: No resolvable bootstrap urls given in "
                        + "bootstrap.servers");
    }

    @Test
    void tooFewNodesForTheReplicationAreCounted() throws Exception {
        Properties system = as("runner", "secret-r");
        system.setProperty(Brokers.REPLICATION, "3");
        assertThatThrownBy(() -> Brokers.start(EXTERNAL, system, Map.of()))
                .hasMessage("-Ddelivery.kafka.replication=3: the cluster at " + cluster.bootstrap()
                        + " has only 1 node");
    }

    /** A 3.x cluster has no groups of Kafka 4's protocol; here that feature is switched off, as an upgrade leaves it. */
    @Test
    void anOlderClusterThatLacksAFeatureIsToldSo() throws Exception {
        try (Admin admin = admin()) {
            admin.updateFeatures(Map.of("group.version",
                    new FeatureUpdate((short) 0, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                    new UpdateFeaturesOptions()).all().get(20, TimeUnit.SECONDS);
            Properties system = as("runner", "secret-r");
            system.setProperty("delivery.consumer.group.protocol", "consumer");
            assertThatThrownBy(() -> open(Brokers.start(EXTERNAL, system, Map.of()), system, tracker()))
                    .hasMessageMatching("consumer groups not ready: (analytics|billing) \\(its consumer died: The cluster "
                            + "does not support the new CONSUMER group protocol.*"
                            + "\\(this cluster's version of Kafka is too old for what was asked of it\\)\\)");
            admin.updateFeatures(Map.of("group.version",
                    new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)), new UpdateFeaturesOptions())
                    .all().get(20, TimeUnit.SECONDS);
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void cleanupFindsWhatIsOursAndSeesWhatIsInUse() throws Exception {
        Properties system = as("runner", "secret-r");
        DeliveryTracker tracker = tracker();
        String topic = KafkaPath.PREFIX + tracker.run();
        try (KafkaAdmin admin = new KafkaAdmin(cluster.bootstrap(), ClientProperties.read("--properties",
                system.getProperty(Brokers.PROPERTIES)), Duration.ofSeconds(10))) {
            try (KafkaPath path = open(Brokers.start(EXTERNAL, system, Map.of()), system, tracker)) {
                assertThat(path.name()).isEqualTo("kafka");
                assertThat(admin.leftovers()).isEqualTo(new KafkaAdmin.Leftovers(List.of(topic),
                        List.of(topic + "-analytics", topic + "-billing"),
                        java.util.Set.of(topic, topic + "-analytics", topic + "-billing")));
            }
            assertThat(admin.leftovers()).isEqualTo(new KafkaAdmin.Leftovers(List.of(), List.of(),
                    Collections.emptySet()));
        }
    }

    private void openAs(String user, String password) throws Exception {
        Properties system = as(user, password);
        open(Brokers.start(EXTERNAL, system, Map.of()), system, tracker()).close();
    }

    private static DeliveryTracker tracker() {
        return new DeliveryTracker(NAMES, 7, 256, CLOCK);
    }

    private static KafkaPath open(Broker broker, Properties system, DeliveryTracker tracker) throws Exception {
        return KafkaPath.open(broker, KafkaOptions.of("all", system),
                Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, tracker), CLOCK, tracker.run(), tracker::fail);
    }

    private Properties as(String user, String password) throws IOException {
        Path file = Files.writeString(folder.resolve(user + ".properties"), String.join("\n",
                "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=PLAIN",
                "sasl.jaas.config=" + LOGIN + "username=\"" + user + "\" password=\"" + password + "\";"));
        Properties system = new Properties();
        system.setProperty(Brokers.BOOTSTRAP, cluster.bootstrap());
        system.setProperty(Brokers.PROPERTIES, file.toString());
        return system;
    }

    private static Admin admin() {
        Map<String, Object> properties = new HashMap<>(Map.of("security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", LOGIN + "username=\"admin\" password=\"secret-a\";"));
        properties.put("bootstrap.servers", cluster.bootstrap());
        return Admin.create(properties);
    }

    private static AclBinding allow(String user, ResourceType type, AclOperation operation) {
        return new AclBinding(new ResourcePattern(type, KafkaPath.PREFIX, PatternType.PREFIXED),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    /** Topics of runs; what others have called alike is not among them. */
    private static List<String> names() throws Exception {
        try (Admin admin = admin()) {
            List<String> all = List.copyOf(admin.listTopics().names().get(20, TimeUnit.SECONDS));
            assertThat(all).contains("delivery-orders", "delivery-bench-orders");
            return all.stream().filter(name -> name.matches("delivery-bench-r\\w{6}")).toList();
        }
    }

    private static List<String> groups() throws Exception {
        try (Admin admin = admin()) {
            return admin.listGroups().all().get(20, TimeUnit.SECONDS).stream().map(one -> one.groupId()).toList();
        }
    }
}
