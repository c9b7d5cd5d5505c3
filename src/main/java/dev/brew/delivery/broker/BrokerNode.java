package dev.brew.delivery.broker;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A child JVM from this JVM's own class path that is a Kafka node ({@link BrokerMain}), or holds a container that is
 * one ({@link ContainerMain}), with a temporary directory. It is gone when its parent is, however the parent ends: the
 * child watches its standard input. For one thread.
 */
final class BrokerNode implements AutoCloseable {

    private static final String READY = "READY ";
    private static final String SETTING = "SETTING ";
    /** A child that knows in plain words why it cannot start says so; its log has the rest. */
    static final String FAILED = "FAILED ";
    private static final int LOG_LINES = 20;
    private static final long LAST_WORDS_MILLIS = 1_000;
    /** What a JVM takes to write its report of a crash. */
    private static final long CRASH_MILLIS = 10_000;
    /** Of a process that SIGABRT has ended, as a JVM ends itself when it crashes. */
    private static final int ABORTED = 128 + 6;
    /** Kafka cannot write its next batch with less. */
    private static final long FULL_BYTES = 1 << 17;
    private static final String HOLDER_HEAP = "128m";
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final Process process;
    private final Path directory;
    private final Map<String, String> settings = new ConcurrentSkipListMap<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private volatile boolean stopping;
    private volatile String said = "";
    /** What the JVM itself, not the program, wrote to standard output: there it says why it does not start. */
    private final List<String> ofTheJvm = new CopyOnWriteArrayList<>();
    private final Semaphore answered = new Semaphore(0);
    private volatile Duration compiled = Duration.ZERO;
    private Thread reader;
    private final Thread atExit = new Thread(this::deleteAfterDead, "delete-directory");

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
     * @param jvmOptions more of the child JVM's
     */
    static BrokerNode start(String heap, String cluster, Map<String, String> properties, List<String> jvmOptions)
            throws IOException {
        Path directory = temporaryDirectory();
        Map<String, String> told = new TreeMap<>(properties);
        told.put("log.dirs", directory.resolve("data").toString());
        return start(directory, command(BrokerMain.class, heap, jvmOptions, directory, cluster), told, Map.of());
    }

    /** Starts a JVM that starts and holds a container; {@link #await} says when its broker answers. */
    static BrokerNode hold(Map<String, String> told, Map<String, String> environment) throws IOException {
        Path directory = temporaryDirectory();
        return start(directory, command(ContainerMain.class, HOLDER_HEAP, List.of(), directory, ""), told, environment);
    }

    private static Path temporaryDirectory() throws IOException {
        return Attempt.to("create the broker's directory in " + System.getProperty("java.io.tmpdir"),
                () -> Files.createTempDirectory("delivery-broker-"));
    }

    private static BrokerNode start(Path directory, List<String> command, Map<String, String> told,
                                    Map<String, String> environment) throws IOException {
        BrokerNode node = null;
        try {
            ProcessBuilder builder = ChildJvm.process(command).redirectError(log(directory).toFile());
            builder.environment().putAll(environment);
            node = new BrokerNode(builder.start(), directory);
            Runtime.getRuntime().addShutdownHook(node.atExit);
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

    private static List<String> command(Class<?> main, String heap, List<String> jvmOptions, Path directory,
                                        String cluster) {
        List<String> jvm = new ArrayList<>(JvmArguments.ofThisJvm().forHelpers());
        jvm.addAll(ChildJvm.quiet());
        jvm.addAll(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-Djava.awt.headless=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-Dorg.slf4j.simpleLogger.log.org.apache.kafka=info"));
        jvm.addAll(jvmOptions);
        return ChildJvm.command(jvm, ChildJvm.classPath(), main.getName(), List.of(directory.toString(), cluster));
    }

    private void readOutput() {
        reader = new Thread(() -> {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.startsWith(SETTING)) {
                        String[] pair = line.substring(SETTING.length()).split("=", 2);
                        settings.put(pair[0], pair[1]);
                    } else if (line.startsWith(FAILED)) {
                        said = line.substring(FAILED.length());
                    } else if (line.startsWith(READY)) {
                        ready.complete(line.substring(READY.length()));
                    } else if (line.startsWith(BrokerMain.COMPILED)) {
                        compiled = Duration.ofMillis(Long.parseLong(line.substring(BrokerMain.COMPILED.length() + 1)));
                        answered.release();
                    } else if (ofTheJvm.size() < LOG_LINES) {
                        ofTheJvm.add(line);
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
        Properties escaped = new Properties(); // a certificate has several lines
        escaped.putAll(properties);
        StringWriter text = new StringWriter();
        escaped.store(text, null);
        OutputStream in = process.getOutputStream();
        in.write((text + "\n").getBytes(StandardCharsets.UTF_8));
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

    /**
     * For how long the child's compiler had been busy when it answered last; it is asked now. Only of a {@link BrokerMain},
     * after {@link #await}.
     */
    Duration compilerTime() throws InterruptedException {
        answered.drainPermits();
        try {
            process.getOutputStream().write("\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            return compiled; // it has ended, and onEnd says why
        }
        answered.tryAcquire(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        return compiled;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Path directory() {
        return directory;
    }

    /** Why it has ended by itself, as far as that can be seen; for as long as it is not closed. */
    private String whyEnded() {
        String code = "exit code " + process.exitValue();
        try {
            reader.join(LAST_WORDS_MILLIS);
            if (!said.isEmpty()) {
                return said;
            }
            if (Files.getFileStore(directory).getUsableSpace() < FULL_BYTES) { // its log may not have had room either
                return code + ": no space left under " + directory;
            }
            return code + reason(Files.readAllLines(log(directory)));
        } catch (IOException e) {
            return code + " (its log cannot be read: " + Reason.of(e) + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return code;
        }
    }

    /** @param told given the reason when it ends by itself, on a thread of its own */
    void onEnd(Consumer<String> told) {
        process.onExit().thenRunAsync(() -> {
            if (!stopping) {
                told.accept(whyEnded());
            }
        });
    }

    private static String reason(List<String> log) {
        Optional<String> notStarted = ChildJvm.whyNotStarted(log);
        if (notStarted.isPresent()) {
            return ": " + notStarted.get();
        }
        return log.stream().filter(line -> line.matches("(Caused by: )?[\\w.]+(Exception|Error)\\b.*"))
                .reduce((first, second) -> second).map(line -> ": " + line).orElse("");
    }

    /** A node that did not start. */
    static final class StartException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Path log;
        private final boolean crashed;
        private final long pid;

        StartException(String message, Path log, boolean crashed, long pid) {
            super(message);
            this.log = log;
            this.crashed = crashed;
            this.pid = pid;
        }

        /** True if the JVM itself has ended it: SIGSEGV, say. */
        boolean isCrash() {
            return crashed;
        }

        /** Deletes its log and the JVM's report of a crash: the start is tried again, and nobody will ask. */
        void forget() throws IOException {
            Files.deleteIfExists(log);
            if (crashed) {
                Files.deleteIfExists(Path.of("hs_err_pid" + pid + ".log"));
            }
        }
    }

    private StartException failed(String why) throws IOException {
        forgetExit();
        boolean crashed = hasCrashed();
        kill();
        awaitLastWords();
        Path kept = Files.createTempFile("delivery-broker-failed-", ".log");
        List<String> lines = new ArrayList<>();
        if (Files.exists(log(directory))) {
            Files.move(log(directory), kept, StandardCopyOption.REPLACE_EXISTING);
            Files.write(kept, ofTheJvm, StandardOpenOption.APPEND);
            lines = Files.readAllLines(kept);
        }
        DirectoryTree.delete(directory);
        String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        return new StartException("the Kafka broker did not start (" + (said.isEmpty() ? why + reason(lines) : said)
                + "); its log is kept in " + kept + "\n" + tail, kept, crashed, process.pid());
    }

    private boolean hasCrashed() {
        try {
            return ready.isCompletedExceptionally() && process.waitFor(CRASH_MILLIS, TimeUnit.MILLISECONDS)
                    && process.exitValue() == ABORTED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void awaitLastWords() {
        try {
            reader.join(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A child that was killed has left its directory; nobody closes it where a benchmark fails and its JVM just ends. */
    private void deleteAfterDead() {
        try {
            if (!process.isAlive()) {
                DirectoryTree.delete(directory);
            }
        } catch (IOException e) {
            System.err.println(Reason.of(e));
        }
    }

    private void forgetExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // the JVM is ending already, and the hook with it
        }
    }

    private void kill() {
        process.destroyForcibly().onExit().join();
    }

    private static Path log(Path directory) {
        return directory.resolve("server.log");
    }

    /** Tells it to end; {@link #close} waits for it. */
    void stop() throws IOException {
        stopping = true;
        try {
            process.getOutputStream().close();
        } catch (IOException e) { // a question that was not sent any more is flushed first
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        forgetExit();
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
