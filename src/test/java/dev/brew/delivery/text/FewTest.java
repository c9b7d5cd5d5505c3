package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FewTest {

    @Test
    void fourItemsAreAllShownAndOfMoreTheFirstThree() {
        assertThat(Few.of(List.of(), ", ")).isEmpty();
        assertThat(Few.of(List.of("a", "b", "c", "d"), ", ")).isEqualTo("a, b, c, d");
        assertThat(Few.of(List.of("a", "b", "c", "d", "e"), "; ")).isEqualTo("a; b; c and 2 more");
        assertThat(Few.of(IntStream.range(0, 1_024).boxed().toList(), " ")).isEqualTo("0 1 2 and 1,021 more");
    }

    @Test
    void entriesSayInTheLastOneHowManyMoreThereAre() {
        assertThat(Few.entries(List.of("a", "b", "c", "d"))).containsExactly("a", "b", "c", "d");
        assertThat(Few.entries(List.of("a", "b", "c", "d", "e"))).containsExactly("a", "b", "c and 2 more");
    }
}
