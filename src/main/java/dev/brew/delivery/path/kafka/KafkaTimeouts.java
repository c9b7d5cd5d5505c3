package dev.brew.delivery.path.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;

/**
 * Timeouts of Kafka's clients that depend on each other. Missing values are derived from the values that are set. The
 * producer's defaults are short, so that the client detects an unavailable broker before the benchmark's own deadline.
 * All values are milliseconds.
 */
final class KafkaTimeouts {

    private static final String REQUEST = "request.timeout.ms";
    private static final String DELIVERY = "delivery.timeout.ms";
    private static final String LINGER = "linger.ms";
    private static final String BLOCK = "max.block.ms";
    private static final String API = "default.api.timeout.ms";
    private static final String SESSION = "session.timeout.ms";
    private static final String HEARTBEAT = "heartbeat.interval.ms";
    private static final String FETCH = "fetch.max.wait.ms";

    private static final long USUAL_REQUEST = 10_000;
    private static final long USUAL_DELIVERY = 20_000;
    private static final long USUAL_BLOCK = 20_000;
    private static final long USUAL_CONSUMER_REQUEST = 30_000;
    private static final long USUAL_API = 60_000;
    private static final long USUAL_SESSION = 45_000;
    private static final long USUAL_HEARTBEAT = 3_000;
    /** Minimum ratio of session timeout to heartbeat interval: missed heartbeats before a member counts as dead. */
    private static final long HEARTBEATS = 3;
    /** Allowance for the network round trip, on top of the time that a fetch waits at the broker. */
    private static final long WAY = 5_000;

    private KafkaTimeouts() {
    }

    /** Adds missing timeouts: the delivery timeout is at least linger plus one request timeout. */
    static void ofProducer(Map<String, Object> properties) {
        long linger = number(properties, LINGER, 0);
        long delivery = number(properties, DELIVERY, Long.MAX_VALUE);
        put(properties, REQUEST, Math.max(1, Math.min(USUAL_REQUEST, delivery - linger)));
        put(properties, DELIVERY, Math.max(USUAL_DELIVERY, linger + number(properties, REQUEST, USUAL_REQUEST)));
        put(properties, BLOCK, USUAL_BLOCK);
    }

    /**
     * Adds missing timeouts: the request timeout exceeds the fetch wait, the API timeout is at least the request
     * timeout, and the session timeout is at least three heartbeat intervals.
     */
    static void ofConsumer(Map<String, Object> properties) {
        put(properties, REQUEST, Math.max(USUAL_CONSUMER_REQUEST, number(properties, FETCH, 0) + WAY));
        put(properties, API, Math.max(USUAL_API, number(properties, REQUEST, 0)));
        if (!"classic".equalsIgnoreCase((String) properties.get("group.protocol"))) {
            return; // with the other protocols the broker sets session and heartbeat times
        }
        long session = number(properties, SESSION, Long.MAX_VALUE);
        put(properties, HEARTBEAT, Math.max(1, Math.min(USUAL_HEARTBEAT, session / HEARTBEATS)));
        put(properties, SESSION, Math.max(USUAL_SESSION, HEARTBEATS * number(properties, HEARTBEAT, USUAL_HEARTBEAT)));
    }

    /**
     * Checks that the timeouts of a complete configuration fit each other.
     *
     * @throws ConfigException if a timeout is shorter than the times that it must cover; Kafka itself reports this only
     *                         when it creates the client, or not at all
     */
    static void requireFit(AbstractConfig config) {
        if (config instanceof ProducerConfig producer) {
            require(DELIVERY, producer.getInt(DELIVERY), LINGER + " + " + REQUEST,
                    producer.getLong(LINGER) + producer.getInt(REQUEST));
        } else if (config instanceof ConsumerConfig consumer) {
            require(REQUEST, consumer.getInt(REQUEST), FETCH + " + 1", consumer.getInt(FETCH) + 1L);
            require(SESSION, consumer.getInt(SESSION), HEARTBEAT + " + 1", consumer.getInt(HEARTBEAT) + 1L);
        }
    }

    private static void require(String name, long value, String what, long least) {
        if (value < least) {
            throw new ConfigException(name + "=" + value + " must be at least " + what + " = " + least);
        }
    }

    private static void put(Map<String, Object> properties, String name, long value) {
        properties.putIfAbsent(name, Long.toString(Math.min(value, Integer.MAX_VALUE)));
    }

    /** An unreadable value counts as absent here; Kafka itself reports that it is not a number. */
    private static long number(Map<String, Object> properties, String name, long otherwise) {
        Object value = properties.get(name);
        return value != null && value.toString().strip().matches("\\d{1,18}") ? Long.parseLong(value.toString().strip())
                : otherwise;
    }
}
