package dev.brew.delivery.jvm;

import java.io.BufferedReader;
import java.io.IOException;
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
     * Watches standard input on a daemon thread of its own.
     *
     * @param in       standard input; nobody else reads it from now on
     * @param line     called with each line that the parent writes
     * @param atEnd    called once the input has ended
     * @param exitCode of this JVM then; it is halted, without shutdown hooks
     */
    public static void start(BufferedReader in, Consumer<String> line, Runnable atEnd, int exitCode) {
        Thread watch = new Thread(() -> run(in, line, atEnd, exitCode, Runtime.getRuntime()::halt), "watch-parent");
        watch.setDaemon(true);
        watch.start();
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
