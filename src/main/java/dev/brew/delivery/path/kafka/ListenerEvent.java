package dev.brew.delivery.path.kafka;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Something that a {@link KafkaListener} has seen. Immutable. */
public sealed interface ListenerEvent {

    /**
     * The group has given partitions to this member.
     *
     * @param from the offset at which it begins to read, by partition
     */
    record Assigned(String topic, SortedMap<Integer, Long> from) implements ListenerEvent {
        /** Copies. */
        public Assigned(String topic, Map<Integer, Long> from) {
            this(topic, Collections.unmodifiableSortedMap(new TreeMap<>(from)));
        }
    }

    /** A record has been read; it is processed next. */
    record Received(int partition, long offset, CustomerSignedUp event) implements ListenerEvent {
    }

    /** A record that is no event is skipped, and its offset committed. */
    record Skipped(int partition, long offset, String reason) implements ListenerEvent {
    }

    /** The group has given this member's partitions to others: what it did since its last commit is done again. */
    record Expelled() implements ListenerEvent {
    }

    /** Some seconds after its start the member has no partitions yet: no such topic, or other members have them. */
    record Waiting(String topic) implements ListenerEvent {
    }

    /** Kafka does not answer; the listener tries on. */
    record BrokerGone(String bootstrap) implements ListenerEvent {
    }

    /** Kafka answers again. */
    record BrokerBack() implements ListenerEvent {
    }
}
