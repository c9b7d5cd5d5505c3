package dev.brew.delivery.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A child JVM from this JVM's own class path that is a Kafka node ({@link BrokerMain}), or holds a container that is
 * one ({@link ContainerMain}), with a temporary directory. It is gone when its parent is, however the parent ends: the
 * child watches its standard input. For one thread.
 */
final class BrokerNode implements AutoCloseable {

    private static final String READY = "READY ";
    private static final String SETTING = "SETTING ";
    private static final int LOG_LINES = 20;
    private static final String HOLDER_HEAP = "128m";
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Process process;
    private final Path directory;
    private final Map<String, String> settings = new ConcurrentSkipListMap<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private BrokerNode(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /**
     * Starts a node; {@link #await} says when it answers.
     *
     * @param heap       of the child JVM, as in {@code -Xmx}
     * @param cluster    Kafka's id of the cluster
     * @param properties Kafka's, but for {@code log.dirs}
     */
    static BrokerNode start(String heap, String cluster, Map<String, String> properties) throws IOException {
        Path directory = Files.createTempDirectory("delivery-broker-");
        Map<String, String> told = new TreeMap<>(properties);
        told.put("log.dirs", directory.resolve("data").toString());
        return start(directory, command(BrokerMain.class, heap, directory, cluster), told, Map.of());
    }

    /** Starts a JVM that starts and holds a container; {@link #await} says when its broker answers. */
    static BrokerNode hold(Map<String, String> told, Map<String, String> environment) throws IOException {
        Path directory = Files.createTempDirectory("delivery-broker-");
        return start(directory, command(ContainerMain.class, HOLDER_HEAP, directory, ""), told, environment);
    }

    private static BrokerNode start(Path directory, List<String> command, Map<String, String> told,
                                    Map<String, String> environment) throws IOException {
        BrokerNode node = null;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(log(directory).toFile());
            builder.environment().putAll(environment);
            node = new BrokerNode(builder.start(), directory);
            node.readOutput();
            node.tell(told);
            return node;
        } catch (IOException e) {
            if (node != null) {
                throw node.failed("it ended at its start"); // it does not even read its properties
            }
            DirectoryTree.delete(directory);
            throw e;
        }
    }

    private static List<String> command(Class<?> main, String heap, Path directory, String cluster) {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-Djava.awt.headless=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-Dorg.slf4j.simpleLogger.log.org.apache.kafka=info",
                "-cp", classPath, main.getName(), directory.toString(), cluster);
    }

    private void readOutput() {
        Thread reader = new Thread(() -> {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.startsWith(SETTING)) {
                        String[] pair = line.substring(SETTING.length()).split("=", 2);
                        settings.put(pair[0], pair[1]);
                    } else if (line.startsWith(READY)) {
                        ready.complete(line.substring(READY.length()));
                    }
                }
                ready.completeExceptionally(new IOException("its output ended"));
            } catch (IOException e) {
                ready.completeExceptionally(e);
            }
        }, "broker-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void tell(Map<String, String> properties) throws IOException {
        String text = properties.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining("", "", "\n"));
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /**
     * Waits until it answers.
     *
     * @throws IOException if it does not within {@code timeout}: it is then gone, and the message says why, shows the
     *                     end of its log and where that is kept
     */
    void await(Duration timeout) throws IOException, InterruptedException {
        try {
            ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed("it ended at its start");
        } catch (TimeoutException e) {
            throw failed("not ready within " + timeout.toMillis() + " ms");
        }
    }

    /** Where clients connect, as {@code host:port}; only after {@link #await}. */
    String address() {
        return ready.join().split(" ")[0];
    }

    /** Where other nodes find its controller, as {@code host:port}; only after {@link #await}. */
    String controller() {
        return ready.join().split(" ")[1];
    }

    /** As the child read them back; only after {@link #await}. */
    Map<String, String> settings() {
        return settings;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Path directory() {
        return directory;
    }

    private IOException failed(String why) throws IOException {
        kill();
        Path kept = Files.createTempFile("delivery-broker-failed-", ".log");
        List<String> lines = new ArrayList<>();
        if (Files.exists(log(directory))) {
            Files.move(log(directory), kept, StandardCopyOption.REPLACE_EXISTING);
            lines = Files.readAllLines(kept);
        }
        DirectoryTree.delete(directory);
        String reason = lines.stream().filter(line -> line.matches("(Caused by: )?[\\w.]+(Exception|Error)\\b.*"))
                .reduce((first, second) -> second).map(line -> ": " + line).orElse("");
        String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        return new IOException("the Kafka broker did not start (" + why + reason + "); its log is kept in " + kept
                + "\n" + tail);
    }

    private void kill() {
        process.destroyForcibly().onExit().join();
    }

    private static Path log(Path directory) {
        return directory.resolve("server.log");
    }

    /** Tells it to end; {@link #close} waits for it. */
    void stop() throws IOException {
        process.getOutputStream().close();
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } finally {
            DirectoryTree.delete(directory); // still there if the child was killed
        }
    }
}
