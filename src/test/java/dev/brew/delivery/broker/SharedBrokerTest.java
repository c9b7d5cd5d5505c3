package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SharedBrokerTest {

    private record Some(boolean outlivesItsUser, Optional<Short> replication) implements Broker {

        @Override
        public String bootstrap() {
            return "127.0.0.1:1";
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("broker.kind", "process");
        }

        @Override
        public void close() {
            throw new IllegalStateException("its starter closes it");
        }
    }

    @Test
    void whatWasStartedHereIsSharedAndNotClosed() {
        SharedBroker shared = SharedBroker.of(new Some(false, Optional.of((short) 3))).orElseThrow();
        assertThat(shared).isEqualTo(new SharedBroker("127.0.0.1:1", Map.of("broker.kind", "process"), (short) 3));
        assertThat(shared.replication()).contains((short) 3);
        assertThat(shared.outlivesItsUser()).as("its users delete their topics").isTrue();
        shared.close();
    }

    /** Even with -Ddelivery.kafka.replication: a shared one would lose its login. */
    @Test
    void aClusterIsNotShared() {
        assertThat(SharedBroker.of(new Some(true, Optional.of((short) 3)))).isEmpty();
        assertThat(SharedBroker.of(new Some(true, Optional.empty()))).isEmpty();
    }
}
