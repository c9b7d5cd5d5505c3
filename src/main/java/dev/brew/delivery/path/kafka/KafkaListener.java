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
 * One member of a consumer group as a program of its own has it: it tells what it sees, commits offsets
 * after processing (at least once), skips what it cannot read, and outlives a broker that is gone for a while.
 *
 * <p>A group that is to begin with the next record begins before its first member joins: that member commits the end of
 * each partition that exists. Every partition that appears later has no commit, and is read from its beginning. Kafka's
 * {@code auto.offset.reset=latest} would decide anew at each assignment, and skip what was written since the start.
 */
public final class KafkaListener {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final long WAIT_FOR_TOPIC_NANOS = 5_000_000_000L;
    /** Kafka's smallest: a member that was killed keeps its partitions for so long. */
    private static final String SESSION_MILLIS = "6000";

    /** When a listener tells the broker that it has done its work. */
    public enum Commit {
        /** At least once: what a crash interrupts is done again. */
        AFTER_PROCESSING,
        /** At most once: what a crash interrupts is lost. */
        BEFORE_PROCESSING
    }

    private final String group;
    private final Commit commit;
    private final String topic;
    private final String bootstrap;
    private final Consumer<ListenerEvent> told;
    private final Recipient recipient;
    private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
    /** What may be committed. */
    private final Map<TopicPartition, OffsetAndMetadata> processed = new HashMap<>();
    private final long startedNanos = System.nanoTime();
    private ConsumerRecord<String, byte[]> current;
    private boolean begun;
    private boolean lost;
    private boolean hadPartitions;
    private boolean saidWaiting;
    private volatile boolean stopping;

    /** Commits after processing. */
    public KafkaListener(String bootstrap, String topic, String group, boolean fromStart, DelayModel delay,
                         NanoClock clock, Consumer<ListenerEvent> told) {
        this(bootstrap, topic, group, fromStart, delay, Commit.AFTER_PROCESSING, clock, told);
    }

    /**
     * @param fromStart where a group that has never committed begins in the partitions that exist when it starts: with
     *                  the first record, else with the next one. Partitions that appear later are read from their
     *                  beginning
     * @param told      what it sees, on the thread that runs it
     */
    public KafkaListener(String bootstrap, String topic, String group, boolean fromStart, DelayModel delay,
                         Commit commit, NanoClock clock, Consumer<ListenerEvent> told) {
        this(ClientProperties.NONE.connect(bootstrap, () -> new KafkaConsumer<>(properties(bootstrap, group))), bootstrap, topic, group, fromStart, delay, commit,
                clock, told);
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
                "metadata.max.age.ms", "2000", // a topic that is made later is seen soon
                "allow.auto.create.topics", "false", // a reader must not make its topic by asking for it
                "client.id", group));
        return options.consumerProperties(bootstrap, group, ClientProperties.NONE);
    }

    /**
     * Reads until {@link #stop}; what has been processed is committed then. On the calling thread.
     *
     * @throws KafkaException if the cluster refuses this reader for good
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

    /** Asks {@link #run} to return after the record under way. May be called from any thread, and more than once. */
    public void stop() {
        stopping = true;
        consumer.wakeup();
    }

    /**
     * Fixes where the group begins. Before the subscription: a consumer that has subscribed cannot commit until it has
     * joined its group. If Kafka does not answer, it is to be asked again.
     */
    private void begin() {
        try {
            commitEnds();
            begun = true;
        } catch (RetriableException e) {
            // tried again in the next round; a broker that is gone is told below
        }
        watchBroker();
    }

    /** A group that has a commit for one partition has begun; those without one are new to it. */
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
            // the group has a member, so it has begun: with the ends that this member found at its start
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
            if (!answered[0]) { // interrupted in its delay: not processed, so not committed
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

    /** What cannot be committed now is committed later, or read again by whoever has the partition then. */
    private void commit() {
        if (processed.isEmpty() || lost) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // Kafka would not even try
        try {
            try {
                consumer.commitSync(processed, ANSWER);
            } catch (WakeupException e) {
                consumer.commitSync(processed, ANSWER); // the wake-up was for the loop, which looks next
            }
            processed.clear();
        } catch (CommitFailedException e) {
            told.accept(new ListenerEvent.Expelled());
            processed.clear();
        } catch (TimeoutException | RebalanceInProgressException e) {
            // tried again in the next round; a broker that is gone is told there
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

    /** Tells of each record with its place. */
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

    /** Tells where it begins, and makes that last: a group that has read nothing yet must not begin anew next time. */
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
