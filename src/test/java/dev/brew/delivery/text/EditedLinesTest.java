package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EditedLinesTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final List<String> whole = new ArrayList<>();

    @Test
    void eachLineIsEditedAsAWholeHoweverItIsWritten() {
        try (PrintStream out = open(4)) {
            out.print("the password is hu");
            out.flush();
            assertThat(text()).isEqualTo("the password i");
            out.println("sh\u00fc");
            assertThat(text()).isEqualTo("the password is ***\u00fc\n");
            out.print("hush, without an end");
            out.flush();
            assertThat(text()).isEqualTo("the password is ***\u00fc\n");
        }
        assertThat(text()).isEqualTo("the password is ***\u00fc\n***, without an end");
        assertThat(whole).containsExactly("the password is ***\u00fc", "***, without an end");
    }

    @Test
    void aLineThatIsUnderWayIsSeenAsFarAsItHasCome() {
        try (PrintStream out = open(0)) {
            out.print("Iteration 1: ");
            out.flush();
            assertThat(text()).isEqualTo("Iteration 1: ");
            out.println("3 ms");
        }
        assertThat(text()).isEqualTo("Iteration 1: 3 ms\n");
        assertThat(whole).containsExactly("Iteration 1: 3 ms");
    }

    private PrintStream open(int held) {
        return new PrintStream(new EditedLines(written, line -> line.replace("hush", "***"), held, whole::add), true,
                StandardCharsets.UTF_8);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
