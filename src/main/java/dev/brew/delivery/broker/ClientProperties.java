package dev.brew.delivery.broker;

import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Properties by which clients reach a cluster: protocol, login, certificates. The values hold secrets, so this class
 * never prints them; only {@link #reported} goes into results. Immutable.
 */
public final class ClientProperties {

    /** An address is enough. */
    public static final ClientProperties NONE = of(Map.of());

    private static final String PROVIDERS = "config.providers";
    private static final Pattern PROVIDED = Pattern.compile("\\$\\{([^}:]+):[^}]*}");
    /** Read by serializers of a schema registry; hosted clusters put them into the same file. */
    private static final Pattern OF_A_REGISTRY = Pattern.compile("(schema\\.registry|basic\\.auth|bearer\\.auth)\\..+");

    private final String origin;
    private final Map<String, String> values;
    /** Names of values that come from a config provider. */
    private final Set<String> provided;
    private final Set<String> ignored;

    private ClientProperties(String origin, Map<String, String> values, Set<String> provided, Set<String> ignored) {
        this.origin = origin;
        this.values = Map.copyOf(values);
        this.provided = Set.copyOf(provided);
        this.ignored = new TreeSet<>(ignored);
    }

    /** Kafka's kinds of clients; each has other properties. */
    public enum Kind {
        ADMIN(AdminClientConfig.configDef()), CONSUMER(ConsumerConfig.configDef()), PRODUCER(ProducerConfig.configDef());

        private final ConfigDef definition;

        Kind(ConfigDef definition) {
            this.definition = definition;
        }

        /** True if these clients have the property {@code name}. */
        public boolean knows(String name) {
            return definition.configKeys().containsKey(name);
        }
    }

    static ClientProperties of(Map<String, String> values) {
        return new ClientProperties("", values, Set.of(), Set.of());
    }

    /**
     * Reads a properties file as Kafka's tools do: config providers give the values that refer to them. It may also be
     * UTF-8.
     *
     * @param option the option that names the file, for messages
     * @throws IllegalArgumentException if it cannot be read, has a property that no client has, or has a reference that
     *                                  no config provider resolves; the message names the property and never a value
     */
    public static ClientProperties read(String option, String file) {
        Map<String, String> read = new TreeMap<>();
        Set<String> ignored = new TreeSet<>();
        Properties properties = load(option, file);
        for (String name : properties.stringPropertyNames()) {
            if (OF_A_REGISTRY.matcher(name).matches()) {
                ignored.add(name);
            } else if (name.startsWith(PROVIDERS) || isKnown(name)) {
                read.put(name, properties.getProperty(name).strip());
            } else {
                throw new IllegalArgumentException(option + ": '" + name + "' is no property of Kafka's clients");
            }
        }
        Map<String, String> values = resolve(option, read);
        Set<String> provided = new TreeSet<>(values.keySet());
        provided.removeIf(name -> values.get(name).equals(read.get(name)));
        return new ClientProperties(option, values, provided, ignored);
    }

    private static Properties load(String option, String file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text(Files.readAllBytes(Path.of(file)))));
            return properties;
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(option + ": the file cannot be read: " + Reason.of(e), e);
        } catch (IllegalArgumentException e) { // its message may quote a value
            throw new IllegalArgumentException(option + ": not a properties file: a \\u is not followed by four hexadecimal "
                    + "digits");
        }
    }

    /** UTF-8, which editors write; if it is not that, Latin-1, which is Java's charset of such files. */
    private static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static boolean isKnown(String name) {
        return Arrays.stream(Kind.values()).anyMatch(kind -> kind.knows(name));
    }

    /**
     * Asks config providers once for all clients, so that their values are known: these must not stand in results or
     * messages.
     */
    private static Map<String, String> resolve(String option, Map<String, String> read) {
        read.forEach((name, value) -> {
            if (name.matches(Pattern.quote(PROVIDERS) + "\\.[^.]+\\.class")) {
                requireClass(option + ": " + name, value);
            }
        });
        List<String> providers = Arrays.stream(read.getOrDefault(PROVIDERS, "").split(",")).map(String::strip)
                .filter(name -> !name.isEmpty()).toList();
        for (String provider : providers) {
            String ofClass = PROVIDERS + "." + provider + ".class";
            if (!read.containsKey(ofClass)) {
                throw new IllegalArgumentException(option + ": " + PROVIDERS + ": '" + provider + "' has no " + ofClass);
            }
            if (read.get(ofClass).equals(FileConfigProvider.class.getName())) {
                requireFiles(option, provider, read);
            }
        }
        Map<String, Object> resolved;
        try {
            resolved = new AbstractConfig(new ConfigDef(), read, false).originals();
        } catch (KafkaException e) {
            throw new IllegalArgumentException(option + ": " + PROVIDERS + ": " + Reason.of(e), e);
        }
        Map<String, String> values = new TreeMap<>();
        read.keySet().stream().filter(name -> !name.startsWith(PROVIDERS)).forEach(name -> {
            String value = String.valueOf(resolved.get(name));
            Matcher left = PROVIDED.matcher(value);
            if (left.find() && providers.contains(left.group(1)) && read.get(name).contains(left.group())) {
                throw new IllegalArgumentException(option + ": '" + name + "': the config provider '" + left.group(1)
                        + "' has nothing for " + left.group());
            }
            values.put(name, value.strip());
        });
        return values;
    }

    /** Without this check Kafka logs a stack trace. */
    private static void requireClass(String where, String name) {
        try {
            Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(where + ": there is no class " + name + " on the class path", e);
        }
    }

    /** Without this check Kafka logs a stack trace that does not say why a file cannot be read. */
    private static void requireFiles(String option, String provider, Map<String, String> read) {
        Pattern reference = Pattern.compile("\\$\\{" + Pattern.quote(provider) + ":([^}:]*):[^}]*}");
        read.forEach((name, value) -> {
            Matcher found = reference.matcher(value);
            while (found.find()) {
                try (InputStream file = Files.newInputStream(Path.of(found.group(1)))) {
                    file.read();
                } catch (IOException | InvalidPathException e) {
                    throw new IllegalArgumentException(option + ": '" + name + "': the config provider '" + provider
                            + "' cannot read its file: " + Reason.of(e), e);
                }
            }
        });
    }

    /** The properties that a client of this kind has; with secrets. */
    public Map<String, String> values(Kind kind) {
        Map<String, String> known = new TreeMap<>(values);
        known.keySet().removeIf(name -> !kind.knows(name));
        return known;
    }

    /** The names of all properties. */
    public Set<String> names() {
        return values.keySet();
    }

    /** The option that names the file; empty without a file. */
    public String origin() {
        return origin;
    }

    /** Names of the properties that were left out, since no client of Kafka reads them; sorted. */
    public Set<String> ignored() {
        return ignored;
    }

    /**
     * Makes a client.
     *
     * @param bootstrap where the cluster is, for messages
     * @throws IllegalStateException if it cannot be made, because of an unknown host or a missing keystore, say; the
     *                               message says why, without any value from a config provider
     */
    public <T> T connect(String bootstrap, Supplier<T> client) {
        try {
            return client.get();
        } catch (KafkaException e) {
            throw new IllegalStateException("no client can be made for " + bootstrap + ": " + withoutSecrets(root(e)), e);
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return Reason.of(root);
    }

    /** {@code text} without any value from a config provider. */
    public String withoutSecrets(String text) {
        String hidden = text;
        for (String name : provided) {
            hidden = values.get(name).isEmpty() ? hidden : hidden.replace(values.get(name), "[hidden]");
        }
        return hidden;
    }

    /**
     * The properties for results: without those whose Kafka type is a secret, those from a config provider, and paths
     * and addresses.
     */
    Map<String, String> reported() {
        Map<String, String> reported = new TreeMap<>();
        values.forEach((name, value) -> {
            if (!isSecret(name) && !provided.contains(name)
                    && !name.matches("bootstrap\\.servers|.*\\.(location|url|file|jwk)")) {
                reported.put("kafka.client." + name, value);
            }
        });
        return reported;
    }

    private static boolean isSecret(String name) {
        Optional<ConfigDef.ConfigKey> key = Arrays.stream(Kind.values())
                .map(kind -> kind.definition.configKeys().get(name)).filter(Objects::nonNull).findFirst();
        return key.isEmpty() || key.get().type() == ConfigDef.Type.PASSWORD;
    }

    @Override
    public String toString() {
        return "client properties " + new TreeSet<>(values.keySet());
    }
}
