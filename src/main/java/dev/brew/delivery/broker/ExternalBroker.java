package dev.brew.delivery.broker;

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
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.server.common.MetadataVersion;

/** A cluster that somebody else runs: only looked at here, never changed. For one thread. */
final class ExternalBroker implements Broker {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String NOT_TOLD = "not told";

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
     * Asks the cluster what it is.
     *
     * @param replication of topics; empty: as the cluster has it by default
     * @throws IOException if it does not answer within ten seconds, refuses the login, or has too few nodes; the
     *                     message says which
     */
    static ExternalBroker connect(String bootstrap, ClientProperties client, Optional<Short> replication)
            throws IOException, InterruptedException {
        ExternalBroker broker = new ExternalBroker(bootstrap, client, replication);
        Map<String, Object> properties = new HashMap<>(client.values());
        properties.put("bootstrap.servers", bootstrap);
        properties.put("default.api.timeout.ms", Long.toString(PATIENCE.toMillis()));
        properties.put("request.timeout.ms", Long.toString(PATIENCE.toMillis() / 2));
        try (Admin admin = Admin.create(properties)) {
            broker.look(admin);
            return broker;
        } catch (KafkaException e) { // of the constructor: an unknown host, a keystore that is not there
            throw new IOException("no client can be made for " + bootstrap + ": " + root(e), e);
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
        for (String name : BrokerMain.TOLD) {
            ConfigEntry entry = config.get(name);
            settings.put("broker." + name, entry == null || entry.value() == null ? NOT_TOLD : entry.value());
        }
        settings.putAll(client.told());
    }

    /** Clients are never told a broker's version; the version of its metadata is next to it. */
    private String version(Admin admin) throws IOException, InterruptedException {
        try {
            FinalizedVersionRange level = ask(admin.describeFeatures().featureMetadata()).finalizedFeatures()
                    .get(MetadataVersion.FEATURE_NAME);
            return level == null ? NOT_TOLD : "metadata " + name(level.maxVersionLevel());
        } catch (IOException e) {
            if (e.getCause() instanceof UnsupportedVersionException) { // before 2.7
                return NOT_TOLD;
            }
            throw e;
        }
    }

    private static String name(short level) {
        try {
            return MetadataVersion.fromFeatureLevel(level).version();
        } catch (IllegalArgumentException e) { // newer than this jar
            return Short.toString(level);
        }
    }

    /** Empty where this user may not see it. */
    private Config config(Admin admin, Node node) throws IOException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
        try {
            return ask(admin.describeConfigs(List.of(resource)).all()).get(resource);
        } catch (IOException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return new Config(List.of());
            }
            throw e;
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
                    : "Kafka at " + bootstrap + " refuses: " + cause.getMessage(), cause);
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
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
        // it is not ours
    }
}
