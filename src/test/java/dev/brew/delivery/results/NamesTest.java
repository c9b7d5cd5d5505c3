package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes a file name, a tag or a fingerprint. */
class NamesTest {

    @Test
    void aStemHasNoDotsAndNoBlanks() {
        assertThat(Stem.of("dev.brew.ParallelFanOutBenchmark.event",
                Map.of("recipients", "3", "delay", "one@bimodal:1ms:50ms:1.5%")))
                .isEqualTo("ParallelFanOut_delay=one-bimodal-1ms-50ms-1-5-_recipients=3");
    }

    @Test
    void aStemDoesNotDependOnTheOrderOfTheParameters() {
        assertThat(Stem.of("a.B.c", new TreeMap<>(Map.of("x", "1", "a", "2")))).isEqualTo("B_a=2_x=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,b", "", "a\nb", "ä", "a.b"})
    void aRecipientThatAnHlogCannotCarryIsRefused(String name) {
        assertThatThrownBy(() -> Series.of(List.of(name))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("recipient name must match [A-Za-z0-9_=-]+, got '" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sender", "lag", "completed", "analytics"})
    void aRecipientMayNotHaveTheNameOfAnotherSeries(String name) {
        assertThatThrownBy(() -> Series.of(List.of("analytics", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("recipient name '" + name + "' is taken");
    }

    @Test
    void theFingerprintFollowsTheSettingsAndNotTheTimeOrTheCommand() {
        Environment one = environment("now", "acks", "all");
        assertThat(one.fingerprint()).matches("[0-9a-f]{16}");
        assertThat(environment("later", "acks", "all").fingerprint()).isEqualTo(one.fingerprint());
        assertThat(environment("now", "acks", "1").fingerprint()).isNotEqualTo(one.fingerprint());
        assertThat(environment("now", "acks", "1").fingerprintOf("x")).isNotEqualTo(one.fingerprintOf("x"));
    }

    @Test
    void theVersionsOfWhatIsMeasuredAreKnown() {
        assertThat(Versions.all()).containsKeys("git.commit", "benchmarks")
                .containsEntry("jmh", "1.37").allSatisfy((name, version) -> assertThat(version).isNotBlank()
                        .doesNotContain("$"));
    }

    private static Environment environment(String time, String setting, String value) {
        return Environment.of(List.of(time), time, Versions.all(), Map.of("x", Map.of(setting, value)));
    }

    @Test
    void ofManyRecipientsOnlyTheFirst32AreGivenToJmhWhoseWriterTakesTheSquareOfTheirNumber() {
        List<String> few = Series.of(IntStream.range(0, 32).mapToObj(i -> "recipient-" + i).toList());
        List<String> many = Series.of(IntStream.range(0, 1_024).mapToObj(i -> "recipient-" + i).toList());
        assertThat(Series.toldToJmh(few)).isEqualTo(few);
        assertThat(Series.toldToJmh(many)).isEqualTo(few);
    }
}
