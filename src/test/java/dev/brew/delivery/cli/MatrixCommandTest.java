package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.scenario.rows.Scenarios;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixCommandTest {

    @Test
    void aRowThatThereIsNotIsOneLineWithTheNamesThatThereAre() {
        assertThat(Typed.refusal("matrix", "--row", "nope")).isEqualTo("--row: no such row: 'nope' (there are "
                + String.join(", ", Scenarios.names()) + ")\n");
    }

    @ParameterizedTest
    @CsvSource({"-1", "1000001"})
    void aSeedOutOfRangeIsOneLine(String seed) {
        assertThat(Typed.refusal("matrix", "--seed", seed)).isEqualTo("--seed must be 0..1000000, got " + seed + "\n");
    }
}
