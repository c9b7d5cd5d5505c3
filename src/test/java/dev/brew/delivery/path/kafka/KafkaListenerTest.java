package dev.brew.delivery.path.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.recipient.DelayModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class KafkaListenerTest {

    private static final TopicPartition PARTITION = new TopicPartition("sign-ups", 0);

    private final List<String> lines = new ArrayList<>();
    private KafkaListener listener;

    @Test
    void oneThatIsStoppedWhileItsGroupGivesItsPartitionsAwayEndsAsUsual() {
        listener = new KafkaListener(new Expelled(), "broker:9092", PARTITION.topic(), "analytics", DelayModel.NONE,
                KafkaListener.Commit.AFTER_PROCESSING, () -> 0, lines::add);
        listener.run();
        assertThat(lines).containsExactly("[analytics] reads sign-ups, partition 0 from offset 7",
                "[analytics] the group has given this member's partitions away;"
                        + " what it did since its last commit is done again");
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
