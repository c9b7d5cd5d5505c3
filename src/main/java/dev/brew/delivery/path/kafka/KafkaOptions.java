package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.broker.ClientProperties.Kind;
import dev.brew.delivery.broker.ClientProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/**
 * The Kafka settings of the producer, the consumers and the topic. This class pins the properties that move the
 * comparison, so that a new default in Kafka's clients cannot change a figure unnoticed: linger 0, no compression,
 * idempotence with acks=all.
 *
 * <p>The operating system sizes the socket buffers, as it does for gRPC. A loopback segment is 64 KiB. With Kafka's own
 * buffers of 32 and 64 KiB the kernel drops some segments, and each drop costs a retransmission timeout of 200 ms.
 *
 * @param acks        {@code 0}, {@code 1} or {@code all}
 * @param partitions  partitions of the topic, 1 or more
 * @param replication copies of each partition, 1 or more
 * @param producer    producer properties that override the pinned ones
 * @param consumer    consumer properties that override the pinned ones
 */
public record KafkaOptions(String acks, int partitions, short replication, Map<String, String> producer,
                           Map<String, String> consumer) {

    /** JVM properties with this prefix are producer properties. */
    public static final String PRODUCER_PREFIX = "delivery.producer.";
    /** JVM properties with this prefix are consumer properties. */
    public static final String CONSUMER_PREFIX = "delivery.consumer.";

    private static final int DEFAULT_PARTITIONS = 3;
    private static final String SYSTEM_SIZED = "-1";
    private static final String NOWHERE = "127.0.0.1:1";
    private static final List<String> TOLD_OF_PRODUCER = List.of("acks", "linger.ms", "batch.size", "buffer.memory",
            "compression.type", "enable.idempotence", "max.in.flight.requests.per.connection", "receive.buffer.bytes",
            "send.buffer.bytes");
    private static final List<String> TOLD_OF_CONSUMER = List.of("fetch.min.bytes", "fetch.max.wait.ms",
            "enable.auto.commit", "auto.commit.interval.ms", "group.protocol", "max.poll.records", "check.crcs",
            "receive.buffer.bytes", "send.buffer.bytes");
    /** Properties that the path itself depends on: an override would break the path, not tune it. */
    private static final Set<String> OURS = Set.of("bootstrap.servers", "key.serializer", "value.serializer",
            "key.deserializer", "value.deserializer", "group.id", "acks", "auto.offset.reset", "transactional.id");
    private static final Set<String> PRODUCER_PINS = Stream.concat(producerPins("", "all").keySet().stream(),
            Stream.of("transactional.id")).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> CONSUMER_PINS = Set.copyOf(consumerPins("", "").keySet());
    /** Properties of the classic group protocol; Kafka refuses them with any other group protocol. */
    private static final Set<String> OF_CLASSIC_GROUPS = Set.of("session.timeout.ms", "heartbeat.interval.ms",
            "partition.assignment.strategy");

    public KafkaOptions {
        requireAcks(acks);
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be 1 or more, got " + partitions);
        }
        if (replication < 1) {
            throw new IllegalArgumentException("replication must be 1 or more, got " + replication);
        }
        producer = Map.copyOf(producer);
        consumer = Map.copyOf(consumer);
        requireKnown(PRODUCER_PREFIX, producer);
        requireKnown(CONSUMER_PREFIX, consumer);
        requireFit("-D" + PRODUCER_PREFIX + "*: ", ClientProperties.NONE,
                producerProperties(NOWHERE, acks, Map.of(), producer), ProducerConfig::new);
        requireFit("-D" + CONSUMER_PREFIX + "*: ", ClientProperties.NONE,
                consumerProperties(NOWHERE, "check", Map.of(), consumer), ConsumerConfig::new);
    }

    /**
     * Options with three partitions, replication 1, and the properties of {@code system} that begin with
     * {@value #PRODUCER_PREFIX} or {@value #CONSUMER_PREFIX}.
     *
     * @throws IllegalArgumentException if Kafka does not know a property or refuses its value; the message names both
     */
    public static KafkaOptions of(String acks, Properties system) {
        return new KafkaOptions(acks, DEFAULT_PARTITIONS, (short) 1, under(PRODUCER_PREFIX, system),
                under(CONSUMER_PREFIX, system));
    }

    /**
     * Returns {@code acks} unchanged.
     *
     * @throws IllegalArgumentException if it is not 0, 1 or all
     */
    public static String requireAcks(String acks) {
        if (!List.of("0", "1", "all").contains(acks)) {
            throw new IllegalArgumentException("acks must be 0, 1 or all, got '" + acks + "'");
        }
        return acks;
    }

    /**
     * Checks a file of client properties together with these options.
     *
     * @throws IllegalArgumentException if Kafka refuses a value, or if timeouts contradict each other; the message
     *                                  names the file's option and the property, and contains no secret
     */
    public void requireFit(ClientProperties client) {
        requireFit(client.origin() + ": ", client, producerProperties(NOWHERE, client), ProducerConfig::new);
        requireFit(client.origin() + ": ", client, consumerProperties(NOWHERE, "check", client), ConsumerConfig::new);
    }

    /**
     * Describes the client properties of a file that a run does not use: properties that the run sets itself, and
     * properties that no Kafka client reads. One line; empty if the run uses all of them.
     */
    public Optional<String> unused(ClientProperties client) {
        Set<String> own = new TreeSet<>();
        for (String name : client.names()) {
            boolean ofProducer = PRODUCER_PINS.contains(name);
            boolean ofConsumer = CONSUMER_PINS.contains(name);
            if (ofProducer || ofConsumer) {
                boolean elsewhere = !ofProducer && Kind.PRODUCER.knows(name) || !ofConsumer && Kind.CONSUMER.knows(name);
                own.add(name + (!elsewhere ? "" : ofProducer ? " (of the producer)" : " (of consumers)"));
            }
        }
        List<String> parts = new ArrayList<>();
        if (!own.isEmpty()) {
            parts.add("a run sets these itself, the file's values are not used: " + String.join(", ", own));
        }
        if (!client.ignored().isEmpty()) {
            parts.add("no client of Kafka's reads these: " + String.join(", ", client.ignored()));
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(client.origin() + ": " + String.join("; ", parts));
    }

    /** True if these options always determine this property, so that a value in a file has no effect. */
    boolean pins(String name) {
        return (PRODUCER_PINS.contains(name) || !Kind.PRODUCER.knows(name))
                && (CONSUMER_PINS.contains(name) || !Kind.CONSUMER.knows(name))
                && (Kind.PRODUCER.knows(name) || Kind.CONSUMER.knows(name));
    }

    Map<String, Object> producerProperties(String bootstrap, ClientProperties client) {
        return producerProperties(bootstrap, acks, client.values(Kind.PRODUCER), producer);
    }

    Map<String, Object> consumerProperties(String bootstrap, String group, ClientProperties client) {
        return consumerProperties(bootstrap, group, client.values(Kind.CONSUMER), consumer);
    }

    /** The settings as Kafka's clients read them, without a file of client properties; they contain no secrets. */
    Map<String, String> settings() {
        return settings(ClientProperties.NONE);
    }

    /** The settings as Kafka's clients read them, with a file of client properties; they contain no secrets. */
    Map<String, String> settings(ClientProperties client) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.partitions", Integer.toString(partitions));
        settings.put("kafka.replication", Short.toString(replication));
        settings.put("kafka.clients.version", AppInfoParser.getVersion());
        tell("kafka.producer.", TOLD_OF_PRODUCER, producer, new ProducerConfig(producerProperties(NOWHERE, client)),
                settings);
        tell("kafka.consumer.", TOLD_OF_CONSUMER, consumer,
                new ConsumerConfig(consumerProperties(NOWHERE, "told", client)), settings);
        return settings;
    }

    private static void tell(String prefix, List<String> always, Map<String, String> over, AbstractConfig config,
                             Map<String, String> settings) {
        Set<String> names = new TreeSet<>(always);
        names.addAll(over.keySet());
        for (String name : names) {
            settings.put(prefix + name, String.valueOf(config.values().get(name)));
        }
    }

    /**
     * Precedence, highest first: overrides, pins, the file, default timeouts. The pins override the file because they
     * move the comparison. The file overrides the timeouts because they depend on the route to the cluster.
     */
    private static Map<String, Object> producerProperties(String bootstrap, String acks, Map<String, String> file,
                                                          Map<String, String> over) {
        Map<String, Object> properties = new HashMap<>(file);
        properties.remove("transactional.id");
        properties.putAll(producerPins(bootstrap, acks));
        properties.putAll(over);
        KafkaTimeouts.ofProducer(properties);
        return properties;
    }

    private static Map<String, String> producerPins(String bootstrap, String acks) {
        Map<String, String> properties = new HashMap<>();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        properties.put("acks", acks);
        properties.put("enable.idempotence", Boolean.toString(acks.equals("all"))); // idempotence requires acks=all
        properties.put("linger.ms", "0");
        properties.put("compression.type", "none");
        properties.put("batch.size", "16384");
        properties.put("receive.buffer.bytes", SYSTEM_SIZED);
        properties.put("send.buffer.bytes", SYSTEM_SIZED);
        return properties;
    }

    private static Map<String, Object> consumerProperties(String bootstrap, String group, Map<String, String> file,
                                                          Map<String, String> over) {
        Map<String, Object> properties = new HashMap<>(file);
        properties.putAll(consumerPins(bootstrap, group));
        properties.putAll(over);
        if (!"classic".equalsIgnoreCase((String) properties.get("group.protocol"))) {
            OF_CLASSIC_GROUPS.stream().filter(name -> !over.containsKey(name)).forEach(properties::remove);
        }
        KafkaTimeouts.ofConsumer(properties);
        return properties;
    }

    private static Map<String, String> consumerPins(String bootstrap, String group) {
        Map<String, String> properties = new HashMap<>();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("group.id", group);
        properties.put("key.deserializer", StringDeserializer.class.getName());
        properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
        properties.put("auto.offset.reset", "earliest");
        properties.put("group.protocol", "classic");
        properties.put("fetch.min.bytes", "1");
        properties.put("fetch.max.wait.ms", "500");
        properties.put("receive.buffer.bytes", SYSTEM_SIZED);
        properties.put("send.buffer.bytes", SYSTEM_SIZED);
        // a poll commits the records of earlier polls: at least once
        properties.put("enable.auto.commit", "true");
        properties.put("auto.commit.interval.ms", "5000");
        // longer than the longest delay (one hour) times any number of records
        properties.put("max.poll.interval.ms", Integer.toString(Integer.MAX_VALUE));
        properties.put("connections.max.idle.ms", Integer.toString(Integer.MAX_VALUE)); // at least max.poll.interval
        return properties;
    }

    private static boolean isSecret(String prefix, String name) {
        ConfigDef definition = prefix.equals(PRODUCER_PREFIX) ? ProducerConfig.configDef() : ConsumerConfig.configDef();
        return definition.configKeys().get(name).type() == ConfigDef.Type.PASSWORD;
    }

    private static Map<String, String> under(String prefix, Properties system) {
        Map<String, String> found = new TreeMap<>();
        system.stringPropertyNames().stream().filter(name -> name.startsWith(prefix))
                .forEach(name -> found.put(name.substring(prefix.length()), system.getProperty(name)));
        return found;
    }

    private static void requireKnown(String prefix, Map<String, String> over) {
        Kind kind = prefix.equals(PRODUCER_PREFIX) ? Kind.PRODUCER : Kind.CONSUMER;
        over.forEach((name, value) -> {
            if (!kind.knows(name)) {
                throw new IllegalArgumentException("-D" + prefix + name + "=" + value + ": Kafka has no such property");
            }
            if (isSecret(prefix, name)) { // the result files contain the options
                throw new IllegalArgumentException("-D" + prefix + name + ": a secret; say it in the file of -D"
                        + Brokers.PROPERTIES);
            }
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("-D" + prefix + name + "=" + value + ": this one is set by the suite");
            }
        });
    }

    private static void requireFit(String prefix, ClientProperties client, Map<String, Object> all,
                                   Function<Map<String, Object>, AbstractConfig> read) {
        try {
            KafkaTimeouts.requireFit(read.apply(all));
        } catch (ConfigException e) {
            throw new IllegalArgumentException(client.withoutSecrets(prefix + e.getMessage().replaceAll("\\s+", " ")), e);
        }
    }
}
