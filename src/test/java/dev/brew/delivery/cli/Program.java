package dev.brew.delivery.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The packaged jar in a process of its own, as a user has it in a terminal; what it prints is kept by the line. */
final class Program implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(40);
    private static final long GRACE_SECONDS = 20;
    private static final String JAR = System.getProperty("delivery.test.jar", "target/benchmarks.jar");
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private Program(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "program-output");
        this.reader.setDaemon(true);
        this.reader.start();
    }

    static Program start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** Standard error comes among standard output's lines. */
    static Program start(Map<String, String> environment, String... arguments) throws IOException {
        // a shell that starts a build in the background has SIGINT ignored in all that comes of it
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", JAVA, "-XX:TieredStopAtLevel=1", "-jar",
                new File(JAR).getAbsolutePath()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("LISTENER_NAME", "LISTENER_URLS", "LISTENER_GROUP"));
        builder.environment().putAll(environment);
        return new Program(builder.start());
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) { // a process that was killed
            lines.add("the test could not read on: " + e);
        }
    }

    /** Waits until a line has {@code part} in it. */
    Program until(String part) {
        return until(part, 1);
    }

    /** Waits until {@code count} lines have {@code part} in them. */
    Program until(String part, int count) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20))
                .until(() -> lines(part), found -> found.size() >= count || fail(part));
        return this;
    }

    private boolean fail(String part) {
        if (!process.isAlive() && !reader.isAlive()) {
            throw new AssertionError("ended with " + process.exitValue() + " without '" + part + "': " + lines);
        }
        return false;
    }

    List<String> lines() {
        return lines;
    }

    /** The lines that have {@code part} in them. */
    List<String> lines(String part) {
        return lines.stream().filter(line -> line.contains(part)).toList();
    }

    /** What the pattern's group stands for in each line that it is found in. */
    List<String> all(String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return lines.stream().map(compiled::matcher).filter(java.util.regex.Matcher::find).map(match -> match.group(1))
                .toList();
    }

    /** Waits for its end; its exit code. */
    int end() throws InterruptedException {
        if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("has not ended: " + lines);
        }
        reader.join();
        return process.exitValue();
    }

    int signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
        return end();
    }

    Process process() {
        return process;
    }

    /** Lets it end in order first: a sandbox that is killed together with its nodes leaves their directories. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
