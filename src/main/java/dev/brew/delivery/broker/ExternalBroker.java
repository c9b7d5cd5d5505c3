package dev.brew.delivery.broker;

import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.server.common.MetadataVersion;

/** A cluster that this project did not start: it is read, never changed. For one thread. */
final class ExternalBroker implements Broker {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String UNKNOWN = "unknown";

    private final String bootstrap;
    private final ClientProperties client;
    private final Optional<Short> replication;
    private final Map<String, String> settings = new TreeMap<>(Map.of("broker.kind", "external"));

    private ExternalBroker(String bootstrap, ClientProperties client, Optional<Short> replication) {
        this.bootstrap = bootstrap;
        this.client = client;
        this.replication = replication;
    }

    /**
     * Connects, and reads the cluster's settings.
     *
     * @param replication of topics; empty: the cluster's default
     * @throws IOException if it does not answer within ten seconds, refuses the login, or has too few nodes; the
     *                     message says which
     */
    static ExternalBroker connect(String bootstrap, ClientProperties client, Optional<Short> replication)
            throws IOException, InterruptedException {
        ExternalBroker broker = new ExternalBroker(bootstrap, client, replication);
        Map<String, Object> properties = new HashMap<>(client.values(ClientProperties.Kind.ADMIN));
        properties.put("bootstrap.servers", bootstrap);
        properties.put("default.api.timeout.ms", Long.toString(PATIENCE.toMillis()));
        properties.put("request.timeout.ms", Long.toString(PATIENCE.toMillis() / 2));
        try (Admin admin = client.connect(bootstrap, () -> Admin.create(properties))) {
            broker.look(admin);
            return broker;
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void look(Admin admin) throws IOException, InterruptedException {
        List<Node> nodes = List.copyOf(ask(admin.describeCluster().nodes()));
        if (replication.isPresent() && replication.get() > nodes.size()) {
            throw new IOException("-D" + Brokers.REPLICATION + "=" + replication.get() + ": the cluster at " + bootstrap
                    + " has only " + nodes.size() + (nodes.size() == 1 ? " node" : " nodes"));
        }
        settings.put("broker.nodes", Integer.toString(nodes.size()));
        settings.put("broker.version", version(admin));
        Config config = config(admin, nodes.get(0));
        for (String name : BrokerMain.REPORTED) {
            ConfigEntry entry = config.get(name);
            settings.put("broker." + name, entry == null || entry.value() == null ? UNKNOWN : entry.value());
        }
        settings.putAll(client.reported());
    }

    /** A broker does not report its version to clients; the version of its metadata is the nearest. */
    private static String version(Admin admin) throws InterruptedException {
        return ifAllowed(admin.describeFeatures().featureMetadata())
                .map(all -> all.finalizedFeatures().get(MetadataVersion.FEATURE_NAME))
                .map(level -> "metadata " + name(level.maxVersionLevel())).orElse(UNKNOWN);
    }

    private static String name(short level) {
        try {
            return MetadataVersion.fromFeatureLevel(level).version();
        } catch (IllegalArgumentException e) { // newer than the jar's
            return Short.toString(level);
        }
    }

    private static Config config(Admin admin, Node node) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
        return ifAllowed(admin.describeConfigs(List.of(resource)).all()).map(all -> all.get(resource))
                .orElse(new Config(List.of()));
    }

    /** For settings that are only reported: empty if the cluster refuses, for any reason. */
    static <T> Optional<T> ifAllowed(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return Optional.of(answer.get());
        } catch (ExecutionException e) {
            return Optional.empty();
        }
    }

    private <T> T ask(KafkaFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(cause instanceof TimeoutException
                    ? "no answer from Kafka at " + bootstrap + " within " + PATIENCE.toMillis()
                    + " ms: wrong address, or a wrong security.protocol in -D" + Brokers.PROPERTIES + "=FILE"
                    : "Kafka at " + bootstrap + " refuses: " + Reason.of(cause), cause);
        }
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public ClientProperties client() {
        return client;
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public Optional<Short> replication() {
        return replication;
    }

    @Override
    public boolean outlivesItsUser() {
        return true;
    }

    @Override
    public void close() {
        // others use it
    }
}
