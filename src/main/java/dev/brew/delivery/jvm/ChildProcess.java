package dev.brew.delivery.jvm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * A running child. Its standard input stays open, so a child that watches its {@link Parent} ends with this JVM. A
 * daemon thread reads its standard output, in the charset of the locale. Thread-safe; each line is given to one caller
 * only.
 */
public final class ChildProcess implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** How long output may come after the end of the process, if a process that it started holds the other end. */
    private static final long LAST_LINES_SECONDS = 5;

    private final Process process;
    private final String log;
    /** Empty: the end of the output. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private ChildProcess(Process process, File log) {
        this.process = process;
        this.log = log == null ? "" : "; its log is " + log;
    }

    /** Starts a process. */
    public static ChildProcess start(ProcessBuilder builder) throws IOException {
        ChildProcess child = new ChildProcess(builder.start(), builder.redirectError().file());
        Thread reader = new Thread(child::read, "child-output");
        reader.setDaemon(true);
        reader.start();
        child.process.onExit().thenRunAsync(child::end,
                CompletableFuture.delayedExecutor(LAST_LINES_SECONDS, TimeUnit.SECONDS));
        return child;
    }

    /**
     * Starts a JVM and writes its task to its standard input, as one line of JSON; {@link Parent#task} reads it.
     *
     * @param task a record
     */
    public static ChildProcess start(ProcessBuilder builder, Object task) throws IOException {
        String line = json(task); // before the start: a child whose parent is killed must still get it
        ChildProcess child = start(builder);
        child.tell(line);
        return child;
    }

    /** A task as the line that {@link Parent#task} reads. */
    public static String json(Object task) {
        try {
            return MAPPER.writeValueAsString(task);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            // it was killed while it wrote
        } finally {
            end();
        }
    }

    private void end() {
        lines.add(Optional.empty());
    }

    /** Writes a line to its standard input. A child that has ended reads nothing: {@link #next} then finds the end. */
    public void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            // it has ended, or closed its input
        }
    }

    /** Ends its standard input: a child that watches its {@link Parent} then ends. */
    public void closeInput() throws IOException {
        try {
            process.getOutputStream().close();
        } catch (IOException e) { // a line that could not be written is written again first
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    /**
     * Waits for the next line of its standard output.
     *
     * @return empty at the end of the output, for each call from then on
     * @throws TimeoutException if there is none within {@code patience}
     */
    public Optional<String> next(Duration patience) throws InterruptedException, TimeoutException {
        return next(System.nanoTime() + patience.toNanos());
    }

    /** As {@link #next(Duration)}, until {@link System#nanoTime} is {@code endNanos}. */
    public Optional<String> next(long endNanos) throws InterruptedException, TimeoutException {
        Optional<String> line = lines.poll(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw new TimeoutException("no line in time");
        }
        if (line.isEmpty()) {
            end(); // for the next call
        }
        return line;
    }

    /**
     * Reads lines until {@code last} accepts one.
     *
     * @return false if the output ends first
     * @throws TimeoutException if none is accepted within {@code patience}, and the output does not end
     */
    public boolean readUntil(Predicate<String> last, Duration patience) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        for (Optional<String> line = next(end); line.isPresent(); line = next(end)) {
            if (last.test(line.get())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads lines until one begins with {@code start}, and returns the rest of that line.
     *
     * @throws IOException if the output ends first, or if there is no such line within {@code patience}; the message
     *                     names the log, and says why the JVM did not start if it did not
     */
    public String await(String start, Duration patience) throws IOException, InterruptedException {
        List<String> read = new ArrayList<>();
        try {
            if (readUntil(line -> read.add(line) && line.startsWith(start), patience)) {
                return read.get(read.size() - 1).substring(start.length());
            }
        } catch (TimeoutException e) {
            throw new IOException("a child process has not said '" + start + "' within " + patience.toMillis() + " ms"
                    + log, e);
        }
        throw new IOException("a child process ended before it said '" + start + "'"
                + ChildJvm.whyNotStarted(read).map(why -> " (" + why + ")").orElse("") + log);
    }

    /** The lines that are left when the process has ended; waits at most five seconds for the end of its output. */
    public List<String> lastLines() throws InterruptedException {
        List<String> left = new ArrayList<>();
        for (Optional<String> line = lines.take(); line.isPresent(); line = lines.take()) {
            left.add(line.get());
        }
        end(); // for the next call
        return left;
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** @param ended called with the exit code when it has ended, on another thread */
    public void onEnd(IntConsumer ended) {
        process.onExit().thenAcceptAsync(gone -> ended.accept(gone.exitValue()));
    }

    /** Waits for its end; false if it does not end within {@code patience}. */
    public boolean waitFor(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for its end, and returns its exit code. */
    public int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** Kills it with SIGKILL and waits until it is gone; its output can still be read. */
    public void kill() {
        process.toHandle().destroyForcibly(); // Process.destroyForcibly closes the output
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
