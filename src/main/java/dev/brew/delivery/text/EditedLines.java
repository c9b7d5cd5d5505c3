package dev.brew.delivery.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Writes each line of a text in UTF-8 as an operator makes it. A line is held back until it is whole. Thread-safe. */
public final class EditedLines extends OutputStream {

    private final OutputStream to;
    private final UnaryOperator<String> edit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /**
     * @param to   closed with this stream
     * @param edit given a line without its end; called by the thread that writes the end of the line
     */
    public EditedLines(OutputStream to, UnaryOperator<String> edit) {
        this.to = to;
        this.edit = edit;
    }

    @Override
    public synchronized void write(int one) throws IOException {
        if (one == '\n') {
            writeLine("\n");
            to.flush();
        } else {
            line.write(one);
        }
    }

    private void writeLine(String end) throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        to.write((edit.apply(text) + end).getBytes(StandardCharsets.UTF_8));
    }

    /** Flushes what is whole. */
    @Override
    public synchronized void flush() throws IOException {
        to.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        try (to) {
            if (line.size() > 0) {
                writeLine("");
            }
        }
    }
}
