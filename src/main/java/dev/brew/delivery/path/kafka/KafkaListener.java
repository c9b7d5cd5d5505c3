package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.ClientProperties;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Pause;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * One member of a consumer group, for a listener that runs as a separate process. It reports each step as
 * a {@link ListenerEvent}. By default it commits offsets after processing (at least once). It skips records that it
 * cannot parse, and it keeps running while the broker is unavailable.
 *
 * <p>A group can begin with the next record instead of the first. Its first member then commits the end offset of each
 * existing partition before it joins. A partition that appears later has no commit, and is read from its beginning.
 * With {@code auto.offset.reset=latest}, Kafka would choose the position anew at each assignment, and would skip the
 * records written since the start.
 */
public final class KafkaListener {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final long WAIT_FOR_TOPIC_NANOS = 5_000_000_000L;
    /** Kafka's smallest session timeout: the partitions of a killed member stay assigned to it for this time. */
    private static final String SESSION_MILLIS = "6000";

    /** When a listener commits the offset of a record. */
    public enum Commit {
        /** At least once: records that a crash interrupts are processed again. */
        AFTER_PROCESSING,
        /** At most once: records that a crash interrupts are lost. */
        BEFORE_PROCESSING
    }

    private final String group;
    private final Commit commit;
    private final String topic;
    private final String bootstrap;
    private final Consumer<ListenerEvent> told;
    private final Recipient recipient;
    private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
    /** The next offset to commit, by partition. */
    private final Map<TopicPartition, OffsetAndMetadata> processed = new HashMap<>();
    private final long startedNanos = System.nanoTime();
    private ConsumerRecord<String, byte[]> current;
    private boolean begun;
    private boolean lost;
    private boolean hadPartitions;
    private boolean saidWaiting;
    private volatile boolean stopping;

    /** Creates a listener that commits after processing. */
    public KafkaListener(String bootstrap, String topic, String group, boolean fromStart, DelayModel delay,
                         NanoClock clock, Consumer<ListenerEvent> told) {
        this(bootstrap, topic, group, fromStart, delay, Commit.AFTER_PROCESSING, clock, told);
    }

    /**
     * Creates a listener; {@link #run} starts it.
     *
     * @param fromStart where a group without commits begins in the partitions that exist when it starts: true for the
     *                  first record, false for the next one. Partitions that appear later are read from their beginning
     * @param told      receives each event, on the thread that calls {@link #run}
     */
    public KafkaListener(String bootstrap, String topic, String group, boolean fromStart, DelayModel delay,
                         Commit commit, NanoClock clock, Consumer<ListenerEvent> told) {
        this(ClientProperties.NONE.connect(bootstrap, () -> new KafkaConsumer<>(properties(bootstrap, group))),
                bootstrap, topic, group, fromStart, delay, commit, clock, told);
    }

    KafkaListener(org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer, String bootstrap, String topic,
                  String group, boolean fromStart, DelayModel delay, Commit commit, NanoClock clock,
                  Consumer<ListenerEvent> told) {
        this.consumer = consumer;
        this.begun = fromStart;
        this.commit = commit;
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.group = group;
        this.told = told;
        this.recipient = new Recipient(0, group, delay, clock, new Story());
    }

    private static Map<String, Object> properties(String bootstrap, String group) {
        KafkaOptions options = new KafkaOptions("all", 1, (short) 1, Map.of(), Map.of(
                "enable.auto.commit", "false",
                "session.timeout.ms", SESSION_MILLIS,
                "heartbeat.interval.ms", "2000",
                "metadata.max.age.ms", "2000", // finds a topic that is created later within two seconds
                "allow.auto.create.topics", "false", // a metadata request of a reader must not create the topic
                "client.id", group));
        return options.consumerProperties(bootstrap, group, ClientProperties.NONE);
    }

    /**
     * Reads on the calling thread until {@link #stop}, then commits the offsets of the processed records.
     *
     * @throws KafkaException if the cluster refuses this reader permanently
     */
    public void run() {
        try {
            while (!stopping && !begun) {
                begin();
            }
            consumer.subscribe(Set.of(topic), new Partitions());
            while (!stopping) {
                readOnce();
            }
        } catch (WakeupException e) {
            if (!stopping) {
                throw e;
            }
        } finally {
            consumer.close(CloseOptions.timeout(ANSWER));
        }
    }

    /** Asks {@link #run} to return after the current record. May be called from any thread, and more than once. */
    public void stop() {
        stopping = true;
        consumer.wakeup();
    }

    /**
     * Commits the start position of the group. This happens before the subscription, because a subscribed consumer
     * cannot commit until it has joined its group. The caller repeats this call until Kafka answers.
     */
    private void begin() {
        try {
            commitEnds();
            begun = true;
        } catch (RetriableException e) {
            // run() tries again; watchBroker() reports a broker that does not answer
        }
        watchBroker();
    }

    /**
     * Commits the end offset of each partition. It commits nothing if the group has a commit for any partition: then
     * the group has begun, and its partitions without a commit are new to it.
     */
    private void commitEnds() {
        Set<TopicPartition> there = consumer.partitionsFor(topic, ANSWER).stream()
                .map(one -> new TopicPartition(one.topic(), one.partition())).collect(Collectors.toSet());
        if (there.isEmpty() || consumer.committed(there, ANSWER).values().stream().anyMatch(Objects::nonNull)) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        consumer.endOffsets(there, ANSWER).forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end)));
        try {
            consumer.commitSync(ends, ANSWER);
        } catch (CommitFailedException | RebalanceInProgressException e) {
            // the group has a member, so it has begun: that member committed the end offsets at its own start
        }
    }

    private void readOnce() {
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        if (commit == Commit.BEFORE_PROCESSING) {
            records.forEach(this::done);
            commit();
        }
        for (ConsumerRecord<String, byte[]> record : records) {
            if (stopping) {
                break;
            }
            take(record);
        }
        commit();
        watchBroker();
        watchTopic();
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.headers().lastHeader(GroupConsumer.PROBE_HEADER) == null) {
            current = record;
            boolean[] answered = {false};
            recipient.handle(record.value(), Pause.blocking(), verdict -> answered[0] = true);
            if (!answered[0]) { // an interrupt ended the delay: the record is not processed, so it is not committed
                stopping = true;
                return;
            }
        }
        done(record);
    }

    private void done(ConsumerRecord<String, byte[]> record) {
        processed.put(new TopicPartition(record.topic(), record.partition()),
                new OffsetAndMetadata(record.offset() + 1));
    }

    /**
     * Offsets that cannot be committed now are committed later, or the partition's next owner reads the records again.
     */
    private void commit() {
        if (processed.isEmpty() || lost) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // Kafka does not commit on an interrupted thread
        try {
            try {
                consumer.commitSync(processed, ANSWER);
            } catch (WakeupException e) {
                consumer.commitSync(processed, ANSWER); // the wake-up is for the loop, which checks `stopping` next
            }
            processed.clear();
        } catch (CommitFailedException e) {
            told.accept(new ListenerEvent.Expelled());
            processed.clear();
        } catch (TimeoutException | RebalanceInProgressException e) {
            // the next round tries again; watchBroker() reports a broker that does not answer
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void watchBroker() {
        if (stopping || !lost && connections() > 0) {
            return;
        }
        boolean answers;
        try {
            consumer.listTopics(ANSWER);
            answers = true;
        } catch (TimeoutException e) {
            answers = false;
        }
        if (lost == answers) {
            lost = !answers;
            told.accept(lost ? new ListenerEvent.BrokerGone(bootstrap) : new ListenerEvent.BrokerBack());
        }
    }

    private double connections() {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("connection-count"))
                .mapToDouble(metric -> (Double) metric.metricValue()).sum();
    }

    private void watchTopic() {
        if (!hadPartitions && !saidWaiting && !lost && System.nanoTime() - startedNanos > WAIT_FOR_TOPIC_NANOS) {
            saidWaiting = true;
            told.accept(new ListenerEvent.Waiting(topic));
        }
    }

    /** Reports each record with its partition and offset. */
    private final class Story implements RecipientObserver {

        @Override
        public Reception received(Recipient to, CustomerSignedUp event, long atNanos) {
            told.accept(new ListenerEvent.Received(current.partition(), current.offset(), event));
            return at -> { };
        }

        @Override
        public void invalid(Recipient to, String reason) {
            told.accept(new ListenerEvent.Skipped(current.partition(), current.offset(), reason));
        }
    }

    /**
     * Reports the start position of each assigned partition. It also marks a position without a commit for the next
     * commit, so that a group that has read nothing keeps its position after a restart.
     */
    private final class Partitions implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty()) {
                return;
            }
            hadPartitions = true;
            Map<Integer, Long> begins = new TreeMap<>();
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new HashSet<>(partitions));
            for (TopicPartition partition : partitions) {
                long position = consumer.position(partition);
                begins.put(partition.partition(), position);
                if (committed.get(partition) == null) {
                    processed.put(partition, new OffsetAndMetadata(position));
                }
            }
            told.accept(new ListenerEvent.Assigned(topic, begins));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit();
            processed.keySet().removeAll(List.copyOf(partitions));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            processed.keySet().removeAll(List.copyOf(partitions));
        }
    }
}
