package dev.brew.delivery.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes a text in UTF-8, each line of it edited by an operator. A flush writes the beginning of an unfinished line too, so
 * that a reader sees progress. It holds back the last characters, which the next ones may complete to a piece of text that the
 * operator changes; and it holds back the whole rest of the line if the operator changes it already, or if its last character
 * is incomplete. Characters are never split. Thread-safe.
 */
public final class EditedLines extends OutputStream {

    private final OutputStream to;
    private final UnaryOperator<String> edit;
    private final int held;
    private final Consumer<String> finished;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    /** The part of the unfinished line that is written. */
    private final StringBuilder written = new StringBuilder();

    /**
     * @param to       closed with this stream
     * @param edit     edits a line without its end, or the part of it that is not yet written
     * @param held     length of the longest piece of text that {@code edit} changes, in {@code char}s: a flush holds
     *                 back that many
     * @param finished called with each edited line when the line has ended
     */
    public EditedLines(OutputStream to, UnaryOperator<String> edit, int held, Consumer<String> finished) {
        this.to = to;
        this.edit = edit;
        this.held = held;
        this.finished = finished;
    }

    @Override
    public synchronized void write(int octet) throws IOException {
        if (octet == '\n') {
            endLine("\n");
            to.flush();
        } else {
            rest.write(octet);
        }
    }

    private void endLine(String end) throws IOException {
        String text = edit.apply(rest.toString(StandardCharsets.UTF_8));
        rest.reset();
        put(text + end);
        finished.accept(written.append(text).toString());
        written.setLength(0);
    }

    @Override
    public synchronized void flush() throws IOException {
        String text = rest.toString(StandardCharsets.UTF_8);
        boolean whole = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), rest.toByteArray());
        int safe = text.length() - held;
        if (safe > 0 && Character.isHighSurrogate(text.charAt(safe - 1))) {
            safe--;
        }
        if (safe > 0 && whole && edit.apply(text).equals(text)) {
            put(text.substring(0, safe));
            written.append(text, 0, safe);
            rest.reset();
            rest.writeBytes(text.substring(safe).getBytes(StandardCharsets.UTF_8));
        }
        to.flush();
    }

    private void put(String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void close() throws IOException {
        try (to) {
            if (rest.size() > 0 || written.length() > 0) {
                endLine("");
            }
        }
    }
}
