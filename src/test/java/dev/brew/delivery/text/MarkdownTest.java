package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkdownTest {

    @ParameterizedTest
    @CsvSource({"a|b, a\\|b", "a\\b, a\\\\b", "a\\|b, a\\\\\\|b", "<b>, &lt;b>", "a & b, a &amp; b", "&lt;, &amp;lt;",
            "*a*, \\*a\\*",
        "`a`, \\`a\\`", "[a](b), \\[a](b)", "~~a~~, \\~\\~a\\~\\~", "_a_, \\_a\\_", "INVALID_ARGUMENT, INVALID_ARGUMENT",
        "a=1_b=2, a=1_b=2", "p99.9 (µs), p99.9 (µs)"})
    void noCharacterOfATextIsMarkup(String plain, String markdown) {
        assertThat(Markdown.text(plain)).isEqualTo(markdown);
    }

    @Test
    void aTextStandsOnOneLine() {
        assertThat(Markdown.text("a\nb\r\nc")).isEqualTo("a<br>b<br>c");
    }

    @Test
    void aTableIsAlignedByItsColumns() {
        assertThat(Markdown.table("lr", List.of(List.of("a", "b"), List.of("**c**", "1")))).isEqualTo("""
                | a | b |
                |---|---:|
                | **c** | 1 |
                """);
    }
}
