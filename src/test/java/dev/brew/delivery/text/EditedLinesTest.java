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

    @Test
    void aCharacterOfTwoHalvesOrOfSeveralBytesIsNotTornApart() {
        byte[] smile = "\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        try (PrintStream out = open(1)) {
            out.print("a\ud83d\ude00"); // a flush that holds back one char would keep the second half only
            out.flush();
            assertThat(text()).isEqualTo("a");
            out.print("b\ufffdc"); // a character like any other
            out.flush();
            assertThat(text()).isEqualTo("a\ud83d\ude00b\ufffd");
            out.write(smile, 0, 3); // three of its four bytes
            out.flush();
            assertThat(text()).isEqualTo("a\ud83d\ude00b\ufffd");
            out.write(smile, 3, 1);
            out.println();
        }
        assertThat(whole).containsExactly("a\ud83d\ude00b\ufffdc\ud83d\ude00");
        assertThat(text()).isEqualTo("a\ud83d\ude00b\ufffdc\ud83d\ude00\n");
    }

    @Test
    void aReplacementCharacterAtTheEndIsACharacterLikeAnyOther() {
        try (PrintStream out = open(0)) {
            out.print("a\ufffd");
            out.flush();
            assertThat(text()).isEqualTo("a\ufffd");
        }
    }

    private PrintStream open(int held) {
        return new PrintStream(new EditedLines(written, line -> line.replace("hush", "***"), held, whole::add), true,
                StandardCharsets.UTF_8);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
