package dev.brew.delivery.path.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.recipient.DelayModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class KafkaListenerTest {

    private static final TopicPartition PARTITION = new TopicPartition("sign-ups", 0);
    private static final TopicPartition ANOTHER = new TopicPartition("sign-ups", 1);

    private final List<ListenerEvent> seen = new ArrayList<>();
    private KafkaListener listener;

    @Test
    void oneThatIsStoppedWhileItsGroupGivesItsPartitionsAwayEndsAsUsual() {
        listener = new KafkaListener(new Expelled(), "broker:9092", PARTITION.topic(), "analytics", true,
                DelayModel.NONE, KafkaListener.Commit.AFTER_PROCESSING, () -> 0, seen::add);
        listener.run();
        assertThat(seen).containsExactly(reads(Map.of(0, 7L)), new ListenerEvent.Expelled());
    }

    @Test
    void whatIsWrittenBetweenItsStartAndItsAssignmentIsRead() {
        Group group = new Group(Map.of(PARTITION, 5L));
        group.schedulePollTask(() -> group.updateEndOffsets(Map.of(PARTITION, 8L)));
        group.schedulePollTask(() -> group.rebalance(List.of(PARTITION)));
        listen(group);
        assertThat(seen).containsExactly(reads(Map.of(0, 5L)));
    }

    @Test
    void aPartitionThatAppearsAfterItsStartIsReadFromItsBeginning() {
        Group group = new Group(Map.of(PARTITION, 5L));
        group.schedulePollTask(() -> {
            group.appear(ANOTHER, 3);
            group.rebalance(List.of(PARTITION, ANOTHER));
        });
        listen(group);
        assertThat(seen).containsExactly(reads(Map.of(0, 5L, 1, 0L)));
    }

    @Test
    void aTopicThatAppearsAfterItsStartIsReadFromItsBeginning() {
        Group group = new Group(Map.of());
        group.schedulePollTask(() -> {
            group.appear(PARTITION, 3);
            group.rebalance(List.of(PARTITION));
        });
        listen(group);
        assertThat(seen).containsExactly(reads(Map.of(0, 0L)));
    }

    @Test
    void aGroupThatHasBegunReadsFromItsBeginningWhatAppearedWhileItWasAway() {
        Group group = new Group(Map.of(PARTITION, 5L, ANOTHER, 3L));
        group.commits.put(PARTITION, new OffsetAndMetadata(2));
        group.schedulePollTask(() -> group.rebalance(List.of(PARTITION, ANOTHER)));
        listen(group);
        assertThat(seen).containsExactly(reads(Map.of(0, 2L, 1, 0L)));
    }

    @Test
    void aGroupThatHasAMemberHasBegunAtThatMembersStart() {
        Group group = new Group(Map.of(PARTITION, 5L));
        group.refuses = new CommitFailedException("the group is not empty");
        group.schedulePollTask(() -> {
            group.refuses = null;
            group.rebalance(List.of(PARTITION));
        });
        listen(group);
        assertThat(seen).containsExactly(reads(Map.of(0, 0L)));
    }

    @Test
    void aBrokerThatIsAbsentAtTheStartIsSaidAndAskedAgain() {
        Group group = new Group(Map.of(PARTITION, 5L));
        group.away = 2;
        group.schedulePollTask(() -> group.rebalance(List.of(PARTITION)));
        listen(group);
        assertThat(seen).containsExactly(new ListenerEvent.BrokerGone("broker:9092"), new ListenerEvent.BrokerBack(),
                reads(Map.of(0, 5L)));
    }

    private static ListenerEvent reads(Map<Integer, Long> from) {
        return new ListenerEvent.Assigned(PARTITION.topic(), from);
    }

    /** Runs a listener that begins with the next record, until the tasks of {@code group} are done. */
    private void listen(Group group) {
        listener = new KafkaListener(group, "broker:9092", PARTITION.topic(), "analytics", false, DelayModel.NONE,
                KafkaListener.Commit.AFTER_PROCESSING, () -> 0, seen::add);
        group.schedulePollTask(listener::stop);
        listener.run();
    }

    /** Partitions that begin at 0; it remembers commits, as a group does. */
    private static final class Group extends MockConsumer<String, byte[]> {

        private final List<PartitionInfo> partitions = new ArrayList<>();
        private final Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        private RuntimeException refuses;
        private int away;

        Group(Map<TopicPartition, Long> ends) {
            super("earliest");
            ends.forEach(this::appear);
        }

        void appear(TopicPartition partition, long end) {
            partitions.add(new PartitionInfo(partition.topic(), partition.partition(), Node.noNode(), new Node[0],
                    new Node[0]));
            updatePartitions(partition.topic(), partitions);
            updateBeginningOffsets(Map.of(partition, 0L));
            updateEndOffsets(Map.of(partition, end));
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
            requireAnswer();
            return super.partitionsFor(topic, timeout);
        }

        @Override
        public Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
            requireAnswer();
            return super.listTopics(timeout);
        }

        private void requireAnswer() {
            if (away > 0) {
                away--;
                throw new TimeoutException("no node");
            }
        }

        /** As a real consumer: one that has subscribed commits as a member of its group, or not at all. */
        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
            if (refuses != null) {
                throw refuses;
            }
            if (!subscription().isEmpty() && assignment().isEmpty()) {
                throw new CommitFailedException("not part of an active group");
            }
            commits.putAll(offsets);
        }

        /** The mock itself forgets commits when it subscribes. */
        @Override
        public synchronized void rebalance(Collection<TopicPartition> assignment) {
            super.commitSync(Map.copyOf(commits));
            super.rebalance(assignment);
        }

        /** The mock itself knows commits of assigned partitions only. */
        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> of, Duration timeout) {
            Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
            of.forEach(partition -> found.put(partition, commits.get(partition)));
            return found;
        }
    }

    /** Its first commit is interrupted by the request to stop, and the second try is refused. */
    private final class Expelled extends MockConsumer<String, byte[]> {

        private boolean asked;

        Expelled() {
            super("earliest");
            updatePartitions(PARTITION.topic(),
                    List.of(new PartitionInfo(PARTITION.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
            updateBeginningOffsets(Map.of(PARTITION, 7L));
            schedulePollTask(() -> rebalance(List.of(PARTITION)));
        }

        @Override
        public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (!asked) {
                asked = true;
                listener.stop();
                throw new WakeupException();
            }
            throw new CommitFailedException("expelled");
        }
    }
}
