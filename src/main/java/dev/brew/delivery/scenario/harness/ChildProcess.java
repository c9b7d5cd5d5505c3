package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.JvmArguments;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of this class path that runs {@link ChildMain}, to be killed with kill -9. It ends when its parent ends, however
 * that is: it watches its standard input. For one thread.
 */
public final class ChildProcess implements AutoCloseable {

    /** Quick to start; nothing that a child does is measured in microseconds. */
    private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
            "-Xmx128m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    private static final String ENDED = "";

    private final Process process;
    private final Path log;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts one.
     *
     * @param log       for its standard error; appended to
     * @param options   of its JVM, beside this class's own
     * @param arguments of {@link ChildMain}
     */
    public static ChildProcess start(Path log, List<String> options, List<String> arguments) throws IOException {
        List<String> jvm = new ArrayList<>(JvmArguments.ofThisJvm().forHelpers());
        jvm.addAll(ChildJvm.quiet());
        jvm.addAll(JVM);
        jvm.addAll(options);
        ProcessBuilder builder = ChildJvm.process(ChildJvm.command(jvm, ChildJvm.classPath(), ChildMain.class.getName(), arguments))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        ChildProcess child = new ChildProcess(builder.start(), log);
        Thread reader = new Thread(child::read, "child-output");
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // it was killed while it wrote
        }
        lines.add(ENDED);
    }

    /**
     * Waits for a line that begins with {@code start}, and returns the rest of it; other lines are dropped.
     *
     * @throws IOException if it ends first, or says nothing of the kind within {@code patience}; the message names its log
     */
    public String await(String start, Duration patience) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        List<String> passed = new ArrayList<>();
        while (true) {
            String line = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IOException("a child process has not said '" + start + "' within " + patience.toMillis()
                        + " ms; its log is " + log);
            }
            if (line.equals(ENDED)) {
                throw new IOException("a child process ended before it said '" + start + "'"
                        + ChildJvm.whyNotStarted(passed).map(why -> " (" + why + ")").orElse("") + "; its log is " + log);
            }
            if (line.startsWith(start)) {
                return line.substring(start.length());
            }
            passed.add(line);
        }
    }

    /** kill -9, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Waits for its own end; its exit code. */
    public int end() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        kill();
    }
}
