package dev.brew.delivery.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes each line of a text in UTF-8 as an operator makes it. A flush writes a line's beginning already, so that a reader sees
 * what is under way, unless the operator changes it. Thread-safe.
 */
public final class EditedLines extends OutputStream {

    private final OutputStream to;
    private final UnaryOperator<String> edit;
    private final int held;
    private final Consumer<String> whole;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    /** What has been written of the line under way. */
    private final StringBuilder written = new StringBuilder();

    /**
     * @param to    closed with this stream
     * @param edit  given a line without its end, or what is left of it
     * @param held  the longest piece of text that {@code edit} changes, in characters: as much of a line's beginning stays back,
     *              since the next characters may make such a piece of it
     * @param whole told each line when it has ended, as it was written
     */
    public EditedLines(OutputStream to, UnaryOperator<String> edit, int held, Consumer<String> whole) {
        this.to = to;
        this.edit = edit;
        this.held = held;
        this.whole = whole;
    }

    @Override
    public synchronized void write(int one) throws IOException {
        if (one == '\n') {
            endLine("\n");
            to.flush();
        } else {
            rest.write(one);
        }
    }

    private void endLine(String end) throws IOException {
        String text = edit.apply(rest.toString(StandardCharsets.UTF_8));
        rest.reset();
        put(text + end);
        whole.accept(written.append(text).toString());
        written.setLength(0);
    }

    @Override
    public synchronized void flush() throws IOException {
        String text = rest.toString(StandardCharsets.UTF_8);
        int safe = text.length() - held;
        boolean complete = text.getBytes(StandardCharsets.UTF_8).length == rest.size() && !text.endsWith("\uFFFD");
        if (safe > 0 && complete && edit.apply(text).equals(text)) {
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
