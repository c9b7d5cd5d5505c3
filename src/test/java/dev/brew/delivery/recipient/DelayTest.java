package dev.brew.delivery.recipient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayTest {

    private static final int DRAWS = 200_000;
    private static final List<String> NAMES = List.of("analytics", "notifications", "billing");

    @ParameterizedTest
    @CsvSource({"none,0", "fixed:20ms,20e6", "fixed:7us,7e3", "uniform:1ms:5ms,3e6", "exp:2ms,2e6",
        "lognormal:2ms:0.8,2.754e6", "bimodal:1ms:50ms:1%,1.49e6", "fixed:1h,-1"})
    void theMeanIsWhatTheModelSays(String text, double mean) {
        if (mean < 0) {
            assertThatThrownBy(() -> DelayModel.parse(text)).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        SplittableRandom random = new SplittableRandom(1);
        DelayModel model = DelayModel.parse(text);
        double measured = LongStream.generate(() -> model.nextNanos(random)).limit(DRAWS).average().orElseThrow();
        assertThat(measured).isCloseTo(mean, within(mean * 0.02));
        assertThat(model).hasToString(text);
    }

    @Test
    void uniformStaysWithinItsBoundsAndBimodalTakesOnlyItsTwoValues() {
        SplittableRandom random = new SplittableRandom(2);
        DelayModel uniform = DelayModel.parse("uniform:1ms:5ms");
        DelayModel bimodal = DelayModel.parse("bimodal:1ms:50ms:10%");
        for (int i = 0; i < 10_000; i++) {
            assertThat(uniform.nextNanos(random)).isBetween(1_000_000L, 5_000_000L);
            assertThat(bimodal.nextNanos(random)).isIn(1_000_000L, 50_000_000L);
        }
    }

    @Test
    void noDelayIsLongerThanAnHour() {
        SplittableRandom random = new SplittableRandom(3);
        DelayModel wild = DelayModel.parse("lognormal:3600s:9");
        assertThat(LongStream.generate(() -> wild.nextNanos(random)).limit(1000).max().orElseThrow())
                .isEqualTo(3_600_000_000_000L);
    }

    @Test
    void theSameSeedDrawsTheSameDelays() {
        DelayModel model = DelayModel.parse("exp:2ms");
        assertThat(model.nextNanos(new SplittableRandom(7))).isEqualTo(model.nextNanos(new SplittableRandom(7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fast", "none:1ms", "fixed", "fixed:", "fixed:20", "fixed:-1ms", "fixed:1.5ms",
        "fixed:20ms:1", "uniform:5ms:1ms", "uniform:1ms", "exp", "exp:2ms:", "lognormal:2ms", "lognormal:2ms:x",
        "bimodal:1ms:50ms", "bimodal:1ms:50ms:1", "bimodal:1ms:50ms:101%", "fixed:3601s", "Fixed:1ms", " none"})
    void whatIsNoDelayIsQuotedBesideTheGrammar(String text) {
        assertThatThrownBy(() -> DelayModel.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a delay: '" + text + "' (none, fixed:20ms, uniform:1ms:5ms, exp:2ms, lognormal:2ms:0.8"
                        + " or bimodal:1ms:50ms:1%)");
    }

    @ParameterizedTest
    @CsvSource({"fixed:1ms,true,true,true", "all@fixed:1ms,true,true,true", "one@fixed:1ms,false,false,true",
        "first@fixed:1ms,true,false,false", "notifications@fixed:1ms,false,true,false", "none,false,false,false"})
    void aPlanSaysWhoIsSlow(String text, boolean first, boolean second, boolean third) {
        DelayPlan plan = DelayPlan.parse(text);
        assertThat(List.of(0, 1, 2)).map(index -> !plan.of(index, NAMES).isNone())
                .containsExactly(first, second, third);
    }

    @Test
    void allNeedNotBeSaid() {
        assertThat(DelayPlan.parse("all@exp:2ms")).hasToString("exp:2ms");
        assertThat(DelayPlan.parse("one@exp:2ms")).hasToString("one@exp:2ms");
    }

    @Test
    void aPlanForARecipientThatIsNotThereNamesThoseThatAre() {
        assertThatThrownBy(() -> DelayPlan.parse("crm@exp:2ms").of(0, NAMES)).hasMessage("delay crm@exp:2ms names no"
                + " recipient: 'crm' (there are analytics notifications billing)");
    }

    @Test
    void aPlanForNobodyIsRefused() {
        assertThatThrownBy(() -> DelayPlan.parse("@exp:2ms"))
                .hasMessage("not a delay: '@exp:2ms' (nobody stands before the @)");
    }
}
