package dev.brew.delivery.broker;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How clients of any kind reach a cluster: protocol, login, certificates. The values hold secrets, so that this class
 * never prints them; {@link #told} is what may stand in results. Immutable.
 */
public final class ClientProperties {

    /** Nothing but an address is needed. */
    public static final ClientProperties NONE = new ClientProperties(Map.of());

    private final Map<String, String> values;

    private ClientProperties(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    static ClientProperties of(Map<String, String> values) {
        return new ClientProperties(values);
    }

    /**
     * Reads a properties file, as Kafka's own tools take it.
     *
     * @param option how it was asked for, for messages
     * @throws IllegalArgumentException if it cannot be read, or has a property that not every client has; the message
     *                                  names the property and never a value
     */
    public static ClientProperties read(String option, String file) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
            read.load(reader);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(option + ": the file cannot be read", e);
        } catch (IllegalArgumentException e) { // a broken escape; its message quotes what it found
            throw new IllegalArgumentException(option + ": not a properties file");
        }
        Set<String> known = new TreeSet<>(AdminClientConfig.configNames());
        known.retainAll(ProducerConfig.configNames());
        known.retainAll(ConsumerConfig.configNames());
        known.remove("bootstrap.servers");
        Map<String, String> values = new TreeMap<>();
        for (String name : read.stringPropertyNames()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(option + ": '" + name + "' is no property that every client has; "
                        + "the file says how to reach the cluster, -Ddelivery.producer.NAME=VALUE and "
                        + "-Ddelivery.consumer.NAME=VALUE the rest");
            }
            values.put(name, read.getProperty(name).strip());
        }
        return new ClientProperties(values);
    }

    /** For Kafka's clients; with secrets. */
    public Map<String, String> values() {
        return values;
    }

    /** What may be known: without anything that Kafka's own types call a secret, and without paths and addresses. */
    Map<String, String> told() {
        Map<String, String> told = new TreeMap<>();
        values.forEach((name, value) -> {
            ConfigDef.ConfigKey key = AdminClientConfig.configDef().configKeys().get(name);
            if (key.type() != ConfigDef.Type.PASSWORD && !name.matches(".*\\.(location|url|file|jwk)")) {
                told.put("kafka.client." + name, value);
            }
        });
        return told;
    }

    @Override
    public String toString() {
        return "client properties " + new TreeSet<>(values.keySet());
    }
}
