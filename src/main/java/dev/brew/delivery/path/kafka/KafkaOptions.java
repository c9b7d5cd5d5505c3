package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.Brokers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
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
 * How events are written and read. What is not given here is pinned by this class, so that a new default in Kafka's
 * clients cannot move a figure unseen: linger 0, no compression, idempotence with acks=all, and socket buffers that the
 * system sizes, as it does gRPC's: a loopback segment is 64 KiB, and Kafka's own 32 and 64 KiB make the kernel drop some of
 * them, each for a retransmission timeout of 200 ms.
 *
 * @param acks        {@code 0}, {@code 1} or {@code all}
 * @param partitions  of the topic, 1 or more
 * @param replication of the topic, 1 or more
 * @param producer    producer properties over the pinned ones
 * @param consumer    consumer properties over the pinned ones
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
    /** Whoever sets these would take the path apart rather than tune it. */
    private static final Set<String> OURS = Set.of("bootstrap.servers", "key.serializer", "value.serializer",
            "key.deserializer", "value.deserializer", "group.id", "acks", "auto.offset.reset", "transactional.id");

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
        requireFit(PRODUCER_PREFIX, producer, producerProperties(NOWHERE, acks, producer), ProducerConfig::new);
        requireFit(CONSUMER_PREFIX, consumer, consumerProperties(NOWHERE, "check", consumer), ConsumerConfig::new);
    }

    /**
     * Three partitions on one node, and what {@code system} says with {@value #PRODUCER_PREFIX} and
     * {@value #CONSUMER_PREFIX}.
     *
     * @throws IllegalArgumentException if Kafka does not know a property or refuses its value; the message names both
     */
    public static KafkaOptions of(String acks, Properties system) {
        return new KafkaOptions(acks, DEFAULT_PARTITIONS, (short) 1, under(PRODUCER_PREFIX, system),
                under(CONSUMER_PREFIX, system));
    }

    /** {@code acks} itself if it is 0, 1 or all; else an {@link IllegalArgumentException} that says so. */
    public static String requireAcks(String acks) {
        if (!List.of("0", "1", "all").contains(acks)) {
            throw new IllegalArgumentException("acks must be 0, 1 or all, got '" + acks + "'");
        }
        return acks;
    }

    Map<String, Object> producerProperties(String bootstrap) {
        return producerProperties(bootstrap, acks, producer);
    }

    Map<String, Object> consumerProperties(String bootstrap, String group) {
        return consumerProperties(bootstrap, group, consumer);
    }

    /** As the clients understand them; there are no secrets among them. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.partitions", Integer.toString(partitions));
        settings.put("kafka.replication", Short.toString(replication));
        settings.put("kafka.clients.version", AppInfoParser.getVersion());
        tell("kafka.producer.", TOLD_OF_PRODUCER, producer, new ProducerConfig(producerProperties(NOWHERE)),
                settings);
        tell("kafka.consumer.", TOLD_OF_CONSUMER, consumer, new ConsumerConfig(consumerProperties(NOWHERE, "told")),
                settings);
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

    private static Map<String, Object> producerProperties(String bootstrap, String acks, Map<String, String> over) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        properties.put("acks", acks);
        properties.put("enable.idempotence", Boolean.toString(acks.equals("all"))); // it needs all
        properties.put("linger.ms", "0");
        properties.put("compression.type", "none");
        properties.put("batch.size", "16384");
        properties.put("receive.buffer.bytes", SYSTEM_SIZED);
        properties.put("send.buffer.bytes", SYSTEM_SIZED);
        // so that a broker that is gone is known before the benchmark's own deadline
        properties.put("request.timeout.ms", "10000");
        properties.put("delivery.timeout.ms", "20000");
        properties.put("max.block.ms", "20000");
        properties.putAll(over);
        return properties;
    }

    private static Map<String, Object> consumerProperties(String bootstrap, String group, Map<String, String> over) {
        Map<String, Object> properties = new HashMap<>();
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
        // committed by the poll after the one that fetched: at least once
        properties.put("enable.auto.commit", "true");
        properties.put("auto.commit.interval.ms", "5000");
        // above the longest delay (an hour) times any number of records
        properties.put("max.poll.interval.ms", Integer.toString(Integer.MAX_VALUE));
        properties.put("connections.max.idle.ms", Integer.toString(Integer.MAX_VALUE)); // must not be lower than that
        properties.putAll(over);
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

    private static void requireFit(String prefix, Map<String, String> over, Map<String, Object> all,
                                   Function<Map<String, Object>, AbstractConfig> read) {
        Set<String> known = prefix.equals(PRODUCER_PREFIX) ? ProducerConfig.configNames() : ConsumerConfig.configNames();
        over.forEach((name, value) -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("-D" + prefix + name + "=" + value + ": Kafka has no such property");
            }
            if (isSecret(prefix, name)) { // options are written into results
                throw new IllegalArgumentException("-D" + prefix + name + ": a secret; say it in the file of -D"
                        + Brokers.PROPERTIES);
            }
            if (OURS.contains(name)) {
                throw new IllegalArgumentException("-D" + prefix + name + "=" + value + ": this one is set by the suite");
            }
        });
        try {
            read.apply(all);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("-D" + prefix + "*: " + e.getMessage().replaceAll("\\s+", " "), e);
        }
    }
}
