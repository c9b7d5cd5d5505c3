package dev.brew.delivery.scenario.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.scenario.harness.Claim;
import dev.brew.delivery.scenario.harness.ExperimentContext;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenariosTest {

    @TempDir
    private Path files;

    @Test
    void thereAreNineRowsAndFourAntiPatternsAndEachSaysByWhatItIsJudged() {
        assertThat(Scenarios.all()).extracting(scenario -> scenario.claim().kind().toString())
                .containsOnly("row", "anti-pattern").filteredOn("row"::equals).hasSize(9);
        assertThat(Scenarios.names()).hasSize(13).doesNotHaveDuplicates();
        assertThat(Scenarios.all()).allSatisfy(scenario -> assertThat(scenario.claim().criterion())
                .as(scenario.claim().name()).contains("onfirmed if").contains("efuted if"));
    }

    @Test
    void aCriterionThatIsATimeOrARatioSaysWhenItCannotBeMeasured() {
        assertThat(Scenarios.all()).filteredOn(scenario -> Pattern.compile("\\d m?s\\b|half the delay|×")
                .matcher(scenario.claim().criterion()).find()).extracting(scenario -> scenario.claim().name())
                .containsExactly("add-recipient", "latency", "slow-recipient", "replay", "backpressure", "kafka-as-rpc",
                        "queries-over-kafka");
        assertThat(Scenarios.all())
                .filteredOn(scenario -> scenario.claim().criterion().contains("Not measurable where"))
                .extracting(scenario -> scenario.claim().name()).containsExactly("add-recipient", "latency",
                        "slow-recipient", "replay", "backpressure", "kafka-as-rpc", "queries-over-kafka");
    }

    @Test
    void aNameThatThereIsNotIsAnsweredWithThoseThatThereAre() {
        assertThat(Scenarios.named("ordering").claim().title()).isEqualTo("ordering");
        assertThatThrownBy(() -> Scenarios.named("order")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such row: 'order' (there are " + String.join(", ", Scenarios.names()) + ")");
    }

    @Test
    void randomNumbersOfARowAreTheSameForASeedWhicheverOtherRowsRun() {
        Claim one = Scenarios.named("ordering").claim();
        Claim other = Scenarios.named("dual-write").claim();
        ExperimentContext context = new ExperimentContext(7, files, () -> 0);
        long first = context.random(one).nextLong();
        assertThat(new ExperimentContext(7, files, () -> 0).random(one).nextLong()).isEqualTo(first);
        assertThat(context.random(other).nextLong()).isNotEqualTo(first);
        assertThat(new ExperimentContext(8, files, () -> 0).random(one).nextLong()).isNotEqualTo(first);
    }

    @Test
    void aNameIsWhatACommandLineTakes() {
        assertThatThrownBy(() -> new Claim("Two words", Claim.Kind.ROW, "", "", "", ""))
                .hasMessage("name must be lower case letters, digits, dashes, got 'Two words'");
    }
}
