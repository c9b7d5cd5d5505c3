package dev.brew.delivery.path.kafka;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** An event that a {@link KafkaListener} reports. Immutable. */
public sealed interface ListenerEvent {

    /**
     * The group has given partitions to this member.
     *
     * @param from the offset at which the member begins to read, by partition
     */
    record Assigned(String topic, SortedMap<Integer, Long> from) implements ListenerEvent {
        /** Copies {@code from}. */
        public Assigned(String topic, Map<Integer, Long> from) {
            this(topic, Collections.unmodifiableSortedMap(new TreeMap<>(from)));
        }
    }

    /** The member has read a record, and processes it next. */
    record Received(int partition, long offset, CustomerSignedUp event) implements ListenerEvent {
    }

    /** The member skips a record that is not a valid event, and commits its offset. */
    record Skipped(int partition, long offset, String reason) implements ListenerEvent {
    }

    /**
     * The group has given this member's partitions to other members. They process again the records that this member
     * has processed since its last commit.
     */
    record Expelled() implements ListenerEvent {
    }

    /**
     * The member has no partitions five seconds after its start: the topic does not exist, or other members have all
     * partitions.
     */
    record Waiting(String topic) implements ListenerEvent {
    }

    /** Kafka does not answer; the listener keeps trying. */
    record BrokerGone(String bootstrap) implements ListenerEvent {
    }

    /** Kafka answers again. */
    record BrokerBack() implements ListenerEvent {
    }
}
