package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NaturalTest {

    @Test
    void numbersAreOrderedByTheirValue() {
        assertThat(List.of("rate=19200", "rate=6190", "rate=6190.5", "rate=800").stream().sorted(Natural.ORDER))
                .containsExactly("rate=800", "rate=6190", "rate=6190.5", "rate=19200");
        assertThat(List.of("Kafka_recipients=10", "Kafka_recipients=3", "Kafka").stream().sorted(Natural.ORDER))
                .containsExactly("Kafka", "Kafka_recipients=3", "Kafka_recipients=10");
    }

    @Test
    void durationsAreOrderedByTheirLength() {
        assertThat(List.of("fixed:1s", "fixed:900us", "fixed:20ms", "fixed:1ms").stream().sorted(Natural.ORDER))
                .containsExactly("fixed:900us", "fixed:1ms", "fixed:20ms", "fixed:1s");
    }

    @Test
    void differentTextsAreNeverEqual() {
        assertThat(Natural.ORDER.compare("1000us", "1ms")).isNotZero();
        assertThat(Natural.ORDER.compare("007", "7")).isNotZero();
        assertThat(Natural.ORDER.compare("7", "7")).isZero();
    }
}
