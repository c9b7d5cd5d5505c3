package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalBrokerTest {

    @ParameterizedTest
    @ValueSource(classes = {ClusterAuthorizationException.class, InvalidRequestException.class, TimeoutException.class})
    void whatAClusterRefusesToTellIsUnknownWhateverItsReasonIs(Class<? extends Exception> why) throws Exception {
        KafkaFutureImpl<String> refused = new KafkaFutureImpl<>();
        refused.completeExceptionally(why.getConstructor(String.class).newInstance("not for you"));
        assertThat(ExternalBroker.ifAllowed(refused)).isEmpty();
    }

    @Test
    void whatItTellsIsKept() throws Exception {
        KafkaFutureImpl<String> told = new KafkaFutureImpl<>();
        told.complete("8");
        assertThat(ExternalBroker.ifAllowed(told)).contains("8");
    }
}
