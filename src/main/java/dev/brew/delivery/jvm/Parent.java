package dev.brew.delivery.jvm;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The parent as a child JVM sees it. The parent holds the other end of the child's standard input, so the input ends
 * when the parent ends, however it ends.
 */
public final class Parent {

    private final BufferedReader in;

    Parent(Reader in) {
        this.in = new BufferedReader(in);
    }

    /** @param in standard input, of which nothing has been read; no other object may read it from now on */
    public Parent(InputStream in) {
        this(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /**
     * Reads the task of this child, which {@link ChildProcess#start(ProcessBuilder, Object)} wrote in the parent.
     *
     * @param ifGone called if the parent has ended before it wrote the whole task
     * @throws IOException if the parent has ended, or if its line is not a {@code type}
     */
    public <T> T task(Class<T> type, AtEnd ifGone) throws IOException {
        try {
            String line = in.readLine();
            if (line == null) {
                throw new EOFException("the parent ended before it wrote a " + type.getSimpleName());
            }
            return new ObjectMapper().readValue(line, type); // not a constant: a child without a task does not load Jackson
        } catch (IOException e) {
            ifGone.run();
            throw e;
        }
    }

    /** As {@link #task(Class, AtEnd)}, with nothing to do if the parent has ended. */
    public <T> T task(Class<T> type) throws IOException {
        return task(type, () -> { });
    }

    /** Ends something that belongs to the parent. */
    @FunctionalInterface
    public interface AtEnd {
        void run() throws IOException;
    }

    /**
     * Watches the parent on a daemon thread, and halts this JVM when the parent ends: whatever fails before that, such
     * as a library that cannot be loaded because the jar was rebuilt, no orphan is left.
     *
     * @param line     called with each line that the parent writes
     * @param atEnd    called when the input has ended; the JVM must not end before it returns, so a main thread that
     *                 has nothing left to do joins the returned thread
     * @param exitCode exit code of this JVM, which is halted after {@code atEnd}, without shutdown hooks
     * @return the thread, which never ends
     */
    public Thread watch(Consumer<String> line, Runnable atEnd, int exitCode) {
        Thread watch = new Thread(() -> run(line, atEnd, exitCode, Runtime.getRuntime()::halt), "watch-parent");
        watch.setDaemon(true);
        watch.start();
        return watch;
    }

    /** As {@link #watch(Consumer, Runnable, int)}, with nothing to do at the end. */
    public void watch(Consumer<String> line, int exitCode) {
        watch(line, () -> { }, exitCode);
    }

    void run(Consumer<String> line, Runnable atEnd, int exitCode, IntConsumer halt) {
        try {
            try {
                for (String read = in.readLine(); read != null; read = in.readLine()) {
                    line.accept(read);
                }
            } finally {
                atEnd.run();
            }
        } catch (IOException | RuntimeException | Error e) {
            System.err.println("the end of the parent was not handled in order: " + e);
        } finally {
            halt.accept(exitCode);
        }
    }
}
