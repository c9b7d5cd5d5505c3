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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A real Kafka broker (KRaft, one node) in a child JVM, from this JVM's own class path, on a free port of 127.0.0.1,
 * with its data in a temporary directory. It is gone when its parent is, however the parent ends: the child watches its
 * standard input. For one thread.
 */
public final class ProcessBroker implements Broker {

    private static final String READY = "READY ";
    private static final String SETTING = "SETTING ";
    private static final int LOG_LINES = 20;
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Process process;
    private final Path directory;
    private final String bootstrap;
    private final Map<String, String> settings;

    private ProcessBroker(Process process, Path directory, String bootstrap, Map<String, String> settings) {
        this.process = process;
        this.directory = directory;
        this.bootstrap = bootstrap;
        this.settings = settings;
    }

    /**
     * How to start it.
     *
     * @param heap       of the child JVM, as in {@code -Xmx}
     * @param properties Kafka's, over this class's own
     * @param ready      how long the start may take
     */
    public record Options(String heap, Map<String, String> properties, Duration ready) {

        /** 512 MB of heap, nothing changed, one minute. */
        public static Options standard() {
            return new Options("512m", Map.of(), Duration.ofMinutes(1));
        }

        private Map<String, String> told() {
            Map<String, String> told = new TreeMap<>(Map.of("broker.kind", "process", "broker.nodes", "1"));
            properties.forEach((name, value) -> told.put("broker." + name, value));
            return told;
        }
    }

    /**
     * Starts a broker and returns when it answers.
     *
     * @throws IOException if it does not start; the message says why, shows the end of its log and where that is kept
     */
    public static ProcessBroker start(Options options) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("delivery-broker-");
        Map<String, String> properties = properties(directory, options.properties());
        Process process = null;
        try {
            process = new ProcessBuilder(command(options.heap(), directory))
                    .redirectError(log(directory).toFile()).start();
            Map<String, String> settings = new ConcurrentHashMap<>(options.told());
            CompletableFuture<String> ready = readReady(process, settings);
            tell(process, properties);
            String bootstrap = ready.get(options.ready().toMillis(), TimeUnit.MILLISECONDS);
            return new ProcessBroker(process, directory, bootstrap, Map.copyOf(settings));
        } catch (ExecutionException | TimeoutException | IOException e) {
            throw failed(process, directory, e instanceof TimeoutException
                    ? "not ready within " + options.ready().toMillis() + " ms" : "it ended at its start");
        } catch (InterruptedException e) {
            kill(process);
            DirectoryTree.delete(directory);
            throw e;
        }
    }

    private static List<String> command(String heap, Path directory) {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-Djava.awt.headless=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp", classPath, BrokerMain.class.getName(), directory.toString());
    }

    private static Map<String, String> properties(Path directory, Map<String, String> over) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.bootstrap.servers", "127.0.0.1:1"); // accepted, and not used by one node
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        // so that long runs do not fill the disk, and a small broker stays small
        properties.put("log.segment.bytes", "67108864");
        properties.put("log.retention.bytes", "536870912");
        properties.put("log.segment.delete.delay.ms", "1000");
        properties.put("log.retention.check.interval.ms", "5000");
        properties.put("log.initial.task.delay.ms", "1000");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        properties.putAll(over);
        return properties;
    }

    /** Fills {@code settings}, then completes with what stands behind READY. */
    private static CompletableFuture<String> readReady(Process process, Map<String, String> settings) {
        CompletableFuture<String> ready = new CompletableFuture<>();
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
        return ready;
    }

    private static void tell(Process process, Map<String, String> properties) throws IOException {
        String text = properties.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining("", "", "\n"));
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private static IOException failed(Process process, Path directory, String why) throws IOException {
        kill(process);
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

    private static void kill(Process process) {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    private static Path log(Path directory) {
        return directory.resolve("server.log");
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    /** The child's process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
        } finally {
            DirectoryTree.delete(directory); // still there if the child was killed
        }
    }
}
