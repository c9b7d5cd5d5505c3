package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EditedLinesTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void eachLineIsEditedAsAWholeHoweverItIsWritten() {
        try (PrintStream out = new PrintStream(new EditedLines(written, line -> line.replace("hush", "***")), true,
                StandardCharsets.UTF_8)) {
            out.print("the password is hu");
            out.flush();
            assertThat(text()).isEmpty();
            out.println("sh\u00fc");
            assertThat(text()).isEqualTo("the password is ***\u00fc\n");
            out.print("hush, without an end");
        }
        assertThat(text()).isEqualTo("the password is ***\u00fc\n***, without an end");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
