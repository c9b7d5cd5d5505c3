package dev.brew.delivery.recipient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureModelTest {

    @ParameterizedTest
    @CsvSource({"UNAVAILABLE@10%, UNAVAILABLE, 0.1", "REJECTED@50%, OK, 0.5", "INTERNAL@0.5%, INTERNAL, 0.005",
        "ABORTED@100%, ABORTED, 1"})
    void failsTheShareThatWasAskedFor(String text, String code, double share) {
        FailureModel model = FailureModel.parse(text);
        SplittableRandom random = new SplittableRandom(1);
        long failed = IntStream.range(0, 100_000).mapToObj(i -> model.next(random))
                .filter(verdict -> !verdict.accepted())
                .peek(verdict -> assertThat(verdict.code().name()).isEqualTo(code)).count();
        double deviation = Math.sqrt(100_000 * share * (1 - share));
        assertThat((double) failed).isBetween(100_000 * share - 4 * deviation, 100_000 * share + 4 * deviation);
        assertThat(model).hasToString(text);
    }

    @Test
    void noneNeverFails() {
        assertThat(FailureModel.parse("none").isNone()).isTrue();
        assertThat(FailureModel.NONE.next(new SplittableRandom(1))).isEqualTo(Verdict.ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UNAVAILABLE", "UNAVAILABLE@10", "UNAVAILABLE@101%", "unavailable@10%", "@10%"})
    void whatIsNoFailureIsQuoted(String text) {
        assertThatThrownBy(() -> FailureModel.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a failure: '" + text + "' (UNAVAILABLE@10%, REJECTED@50% or none)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OK", "GONE"})
    void codesThatAreNoErrorAreNamed(String code) {
        assertThatThrownBy(() -> FailureModel.parse(code + "@10%")).hasMessage("not a failure: '" + code + "@10%' ("
                + code + " is neither a gRPC status code of an error nor REJECTED)");
    }
}
