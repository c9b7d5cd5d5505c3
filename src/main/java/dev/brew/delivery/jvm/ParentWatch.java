package dev.brew.delivery.jvm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Ends a child JVM when its parent ends. The parent holds the other end of the child's standard input, so the input ends
 * with the parent, however the parent ends. The watch halts the JVM whatever happens before: a library that cannot be loaded
 * any more, because the jar was built anew, must not leave an orphan.
 */
public final class ParentWatch {

    private ParentWatch() {
    }

    /**
     * Watches standard input on a daemon thread.
     *
     * @param in       standard input; no other thread may read it from now on
     * @param line     called with each line that the parent writes
     * @param atEnd    called when the input has ended; the JVM must not end before it returns, so a main thread that has
     *                 nothing left to do joins the returned thread
     * @param exitCode exit code of this JVM, which is halted after {@code atEnd}, without shutdown hooks
     * @return the thread, which never ends
     */
    public static Thread start(BufferedReader in, Consumer<String> line, Runnable atEnd, int exitCode) {
        Thread watch = new Thread(() -> run(in, line, atEnd, exitCode, Runtime.getRuntime()::halt), "watch-parent");
        watch.setDaemon(true);
        watch.start();
        return watch;
    }

    /** Watches standard input, of which nothing has been read yet, and does nothing before the JVM is halted. */
    public static Thread start(Consumer<String> line, int exitCode) {
        return start(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), line, () -> { }, exitCode);
    }

    static void run(BufferedReader in, Consumer<String> line, Runnable atEnd, int exitCode, IntConsumer halt) {
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
