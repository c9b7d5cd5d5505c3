package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.path.kafka.ListenerEvent;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaListenerCommandTest {

    @Test
    void whatAListenerSeesIsALineForPeople() {
        CustomerSignedUp event = CustomerSignedUp.newBuilder().setCustomerId("c-7").setEventId("run.m.3").build();
        assertThat(KafkaListenerCommand.line(new ListenerEvent.Received(1, 42, event)))
                .isEqualTo("partition=1 offset=42 customer_id=c-7 event_id=run.m.3");
        assertThat(KafkaListenerCommand.line(new ListenerEvent.Skipped(0, 3, "not an event")))
                .isEqualTo("partition=0 offset=3 skipped: not an event");
        assertThat(KafkaListenerCommand.line(new ListenerEvent.Assigned("t", Map.of(1, 5L, 0, 2L))))
                .isEqualTo("reads t, partition 0 from offset 2, partition 1 from offset 5");
        assertThat(KafkaListenerCommand.line(new ListenerEvent.Waiting("t")))
                .isEqualTo("has no partitions of t yet (no such topic, or other members of the group have them), waiting");
        assertThat(KafkaListenerCommand.line(new ListenerEvent.BrokerGone("h:1"))).isEqualTo("no Kafka at h:1, trying on");
        assertThat(KafkaListenerCommand.line(new ListenerEvent.BrokerBack())).isEqualTo("Kafka is back");
        assertThat(KafkaListenerCommand.line(new ListenerEvent.Expelled())).isEqualTo(
                "the group has given this member's partitions away; what it did since its last commit is done again");
    }
}
