package dev.brew.delivery.broker;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A child JVM that is a Kafka node ({@link BrokerMain}) or holds a container with one ({@link ContainerMain}), and its
 * temporary directory. Both end with this JVM, however it ends. For one thread.
 */
final class BrokerNode implements AutoCloseable {

    private static final String READY = "READY ";
    /** Asks for the time that the compiler has been busy. */
    private static final String QUESTION = "";
    static final String COMPILED = "COMPILED ";
    private static final String SETTING = "SETTING ";
    /** A child that can say in plain words why it does not start, or why it ends, says so; its log has the rest. */
    static final String FAILED = "FAILED ";
    private static final int LOG_LINES = 20;
    /** How long a JVM may take to write its report of a crash. */
    private static final Duration CRASH = Duration.ofSeconds(10);
    /** Exit code of a process that SIGABRT has ended: a JVM that crashes ends itself with it. */
    private static final int ABORTED = 128 + 6;
    /** With less space left, Kafka cannot write its next batch. */
    private static final long FULL_BYTES = 1 << 17;
    private static final String HOLDER_HEAP = "128m";
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final ChildProcess process;
    private final Path directory;
    private final Map<String, String> settings = new ConcurrentSkipListMap<>();
    private volatile String addresses = "";
    private volatile boolean stopping;
    private volatile String failure = "";
    /** Lines of the JVM itself, not of the program: among them is why it did not start. */
    private final List<String> ofTheJvm = new CopyOnWriteArrayList<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile Duration compiled = Duration.ZERO;
    private final Thread atExit = new Thread(this::deleteAfterDead, "delete-directory");

    private BrokerNode(ChildProcess process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /**
     * Starts a node; {@link #await} says when it answers.
     *
     * @param heap       of the child JVM, as in {@code -Xmx}
     * @param cluster    Kafka's id of the cluster
     * @param properties Kafka's, without {@code log.dirs}, which is in the node's directory
     * @param jvmOptions more flags of the child JVM
     */
    static BrokerNode start(String heap, String cluster, Map<String, String> properties, List<String> jvmOptions)
            throws IOException {
        return start(jvm(BrokerMain.class, heap, jvmOptions), ChildProcess.json(new BrokerMain.Task(cluster, properties)));
    }

    /** Starts a JVM that starts and holds a container; {@link #await} says when its broker answers. */
    static BrokerNode hold(Map<String, String> environment, ContainerMain.Task task) throws IOException {
        ProcessBuilder jvm = jvm(ContainerMain.class, HOLDER_HEAP, List.of());
        jvm.environment().putAll(environment);
        return start(jvm, ChildProcess.json(task));
    }

    private static Path temporaryDirectory() throws IOException {
        return Attempt.to("create the broker's directory in " + System.getProperty("java.io.tmpdir"),
                () -> Files.createTempDirectory("delivery-broker-"));
    }

    /**
     * The directory is made last: if this JVM is killed before the child runs, nobody deletes it. The child has it as its
     * argument, so it can delete it even if this JVM is killed before it has written the task.
     */
    private static BrokerNode start(ProcessBuilder jvm, String task) throws IOException {
        Path directory = temporaryDirectory();
        try {
            jvm.redirectError(log(directory).toFile()).command().add(directory.toString());
            BrokerNode node = new BrokerNode(ChildProcess.start(jvm), directory);
            Runtime.getRuntime().addShutdownHook(node.atExit);
            node.process.tell(task);
            return node;
        } catch (IOException e) {
            DirectoryTree.delete(directory);
            throw e;
        }
    }

    private static ProcessBuilder jvm(Class<?> main, String heap, List<String> jvmOptions) {
        List<String> flags = new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+UseG1GC", "-Djava.awt.headless=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-Dorg.slf4j.simpleLogger.log.org.apache.kafka=info"));
        flags.addAll(jvmOptions);
        return ChildJvm.helper(flags, main, List.of());
    }

    private void accept(String line) {
        if (line.startsWith(SETTING)) {
            String[] pair = line.substring(SETTING.length()).split("=", 2);
            settings.put(pair[0], pair[1]);
        } else if (line.startsWith(FAILED)) {
            failure = line.substring(FAILED.length());
        } else if (line.startsWith(READY)) {
            addresses = line.substring(READY.length());
        } else if (line.startsWith(COMPILED)) {
            compiled = Duration.ofMillis(Long.parseLong(line.substring(COMPILED.length())));
            unanswered.decrementAndGet();
        } else if (ofTheJvm.size() < LOG_LINES) {
            ofTheJvm.add(line);
        }
    }

    /**
     * Waits until it answers; returns at once if it has been ready before.
     *
     * @throws IOException if it does not answer within {@code timeout}: it is then ended, and the message says why, and
     *                     shows the end of its log and the file that keeps it
     */
    void await(Duration timeout) throws IOException, InterruptedException {
        try {
            boolean ready = !addresses.isEmpty() || process.readUntil(line -> {
                accept(line);
                return !addresses.isEmpty();
            }, timeout);
            if (!ready) {
                throw failed("it ended at its start", hasCrashed());
            }
        } catch (TimeoutException e) {
            throw failed("not ready within " + timeout.toMillis() + " ms", false);
        }
    }

    /** Where clients connect, as {@code host:port}; only after {@link #await}. */
    String address() {
        return addresses.split(" ")[0];
    }

    /** Where other nodes find its controller, as {@code host:port}; only after {@link #await}. */
    String controller() {
        return addresses.split(" ")[1];
    }

    /** Settings that the child has read back; only after {@link #await}. */
    Map<String, String> settings() {
        return settings;
    }

    /**
     * Asks for the time that the child's JIT compiler has been busy; returns the last answer if there is none within a
     * second. Only for a {@link BrokerMain}, after {@link #await}.
     */
    Duration compilerTime() throws InterruptedException {
        unanswered.incrementAndGet();
        process.tell(QUESTION);
        try {
            process.readUntil(line -> {
                accept(line);
                return unanswered.get() == 0; // an earlier question may be answered only now
            }, ANSWER);
        } catch (TimeoutException e) {
            return compiled; // an older answer is better than none
        }
        return compiled; // if it has ended, onEnd says why
    }

    ProcessHandle handle() {
        return process.handle();
    }

    Path directory() {
        return directory;
    }

    /** @param ended called with the reason when it ends by itself, on another thread */
    void onEnd(Consumer<String> ended) {
        process.onEnd(exitCode -> {
            if (!stopping) {
                ended.accept(whyEnded("exit code " + exitCode));
            }
        });
    }

    private String whyEnded(String exitCode) {
        acceptLastLines();
        if (!failure.isEmpty()) {
            return failure;
        }
        try {
            if (Files.getFileStore(directory).getUsableSpace() < FULL_BYTES) { // its log may not have had room either
                return exitCode + ": no space left under " + directory;
            }
            return exitCode + reason(Files.readAllLines(log(directory)));
        } catch (IOException e) {
            return exitCode + " (its log cannot be read: " + Reason.of(e) + ")";
        }
    }

    private void acceptLastLines() {
        try {
            process.lastLines().forEach(this::accept);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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

        /** True if its JVM has crashed, by SIGSEGV, say. */
        boolean isCrash() {
            return crashed;
        }

        /** Deletes its log and the JVM's report of a crash, because the start is tried again. */
        void forget() throws IOException {
            Files.deleteIfExists(log);
            if (crashed) {
                Files.deleteIfExists(Path.of("hs_err_pid" + pid + ".log"));
            }
        }
    }

    private StartException failed(String why, boolean crashed) throws IOException {
        forgetExit();
        process.kill();
        acceptLastLines();
        Path kept = Files.createTempFile("delivery-broker-failed-", ".log");
        List<String> lines = new ArrayList<>();
        if (Files.exists(log(directory))) {
            Files.move(log(directory), kept, StandardCopyOption.REPLACE_EXISTING);
            Files.write(kept, ofTheJvm, StandardOpenOption.APPEND);
            lines = Files.readAllLines(kept);
        }
        DirectoryTree.delete(directory);
        String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        return new StartException("the Kafka broker did not start (" + (failure.isEmpty() ? why + reason(lines) : failure)
                + "); its log is kept in " + kept + "\n" + tail, kept, crashed, process.handle().pid());
    }

    /** A JVM writes its report before it ends. */
    private boolean hasCrashed() throws InterruptedException {
        return process.waitFor(CRASH) && process.exitCode() == ABORTED;
    }

    /** A killed child leaves its directory, and a JVM whose benchmark fails ends without closing its brokers. */
    private void deleteAfterDead() {
        try {
            if (!process.handle().isAlive()) {
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
            // the JVM is ending, and runs the hook
        }
    }

    private static Path log(Path directory) {
        return directory.resolve("server.log");
    }

    /** Asks it to end; {@link #close} waits for it. */
    void stop() throws IOException {
        stopping = true;
        process.closeInput();
    }

    @Override
    public void close() throws IOException {
        forgetExit();
        try {
            stop();
            if (!process.waitFor(STOP)) {
                process.kill();
            }
        } catch (InterruptedException e) {
            process.kill();
            Thread.currentThread().interrupt();
        } finally {
            DirectoryTree.delete(directory); // it exists if the child was killed
        }
    }
}
