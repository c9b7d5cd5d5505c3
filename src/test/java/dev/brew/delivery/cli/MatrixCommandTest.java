package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.scenario.rows.Scenarios;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixCommandTest {

    @Test
    void aRowThatThereIsNotIsOneLineWithTheNamesThatThereAre() {
        assertThat(error("--row", "nope")).isEqualTo("--row: no such row: 'nope' (there are "
                + String.join(", ", Scenarios.names()) + ")\n");
    }

    @ParameterizedTest
    @CsvSource({"-1", "1000001"})
    void aSeedOutOfRangeIsOneLine(String seed) {
        assertThat(error("--seed", seed)).isEqualTo("--seed must be 0..1000000, got " + seed + "\n");
    }

    private static String error(String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            String[] all = new String[arguments.length + 1];
            all[0] = "matrix";
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            assertThat(Commands.commandLine().execute(all)).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }
}
