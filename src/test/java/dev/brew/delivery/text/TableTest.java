package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    private final Table table = new Table("lrl", "path", "N", "why");

    @Test
    void textIsAlignedToTheLeftAndNumbersToTheRight() {
        table.add("kafka", "10", "");
        table.add("null", "1,000", "saturated");
        assertThat(table.aligned()).containsExactly(
                "path       N  why",
                "kafka     10",
                "null   1,000  saturated");
    }

    @Test
    void aColumnMayBeEmpty() {
        assertThat(new Table("rl", "", "a").aligned()).containsExactly("  a");
    }

    @Test
    void markdownOfACellIsText() {
        table.add("a|b", "1", "x\ny");
        assertThat(table.markdown()).isEqualTo("""
                | path | N | why |
                |---|---:|---|
                | a\\|b | 1 | x<br>y |
                """);
    }

    @Test
    void someOfTheColumns() {
        table.add("kafka", "10", "slow");
        Table two = table.columns(List.of(1, 2));
        assertThat(two.head()).containsExactly("N", "why");
        assertThat(two.rows()).containsExactly(List.of("10", "slow"));
        assertThat(two.aligned()).containsExactly(" N  why", "10  slow");
    }

    @Test
    void aRowHasACellForEachColumn() {
        assertThatThrownBy(() -> table.add("kafka", "10")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cells must be 3, got 2: [kafka, 10]");
    }
}
