package dev.brew.delivery.broker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import dev.brew.delivery.jvm.ParentWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A JVM beside the measured one that holds a container by Testcontainers: so that the environment variables by which
 * Testcontainers is told things can be set, its threads are not measured, and the container goes when the parent does.
 * It speaks as {@link BrokerMain} does: {@code name=value} lines up to an empty one in; {@code SETTING} lines and
 * {@code READY host:port} out; the end of its input ends it.
 */
final class ContainerMain {

    /** Carried by every container of this project; its value names the process that holds it. */
    static final String LABEL = "dev.brew.delivery.holder";

    private static final String COMPATIBLE = "apache/kafka";
    private static final int DIRECT_PORT = 19092;
    private static final int CONNECT_MILLIS = 1_000;
    private static final long SOON_NANOS = 5_000_000_000L;
    private static final long LOOK_EVERY_NANOS = 50_000_000L;
    private static final int FAILED = 1;
    private static final Pattern VERSION = Pattern.compile("Kafka version: (\\S+)");

    private final Path directory;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile KafkaContainer kafka;

    private ContainerMain(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) {
        PrintStream parent = System.out;
        System.setOut(System.err);
        new ContainerMain(Path.of(arguments[0])).run(parent);
    }

    /** What names this process among all that ever had its number. */
    static String holder(ProcessHandle process) {
        return process.pid() + "@" + process.info().startInstant().map(Object::toString).orElse("");
    }

    private void run(PrintStream parent) {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Map<String, String> told = new TreeMap<>();
            BrokerMain.readProperties(in).forEach((name, value) -> told.put((String) name, (String) value));
            Thread watch = ParentWatch.start(in, line -> { }, this::end, 0);
            Runtime.getRuntime().addShutdownHook(new Thread(this::end, "end-container"));
            start(told, parent);
            watch.join(); // a daemon: without this the JVM could end before the directory is deleted
        } catch (Throwable e) {
            e.printStackTrace(System.err); // the parent shows the end of this log; nobody else can
            end();
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private void start(Map<String, String> told, PrintStream parent) {
        boolean pull = Boolean.parseBoolean(told.get("pull"));
        try (Watched container = new Watched(DockerImageName.parse(told.get("image"))
                .asCompatibleSubstituteFor(COMPATIBLE))) {
            kafka = container;
            told.forEach((name, value) -> {
                if (name.startsWith("KAFKA_")) {
                    container.withEnv(name, value);
                }
            });
            container.withLabel(LABEL, holder(ProcessHandle.current())).withImagePullPolicy(image -> pull)
                    .withStartupAttempts(1)
                    .withStartupTimeout(Duration.ofSeconds(Long.parseLong(told.get("start.seconds"))))
                    // the mapped port goes through a proxy that costs as much as the broker itself
                    .withListener("0.0.0.0:" + DIRECT_PORT, () -> address(container) + ":" + DIRECT_PORT);
            try {
                container.start();
            } catch (ContainerLaunchException e) {
                say(parent, container.lastWords().orElseGet(() -> rootMessage(e)));
                throw e;
            } catch (ContainerFetchException e) { // not of Kafka's image, which is known to be here: of the reaper's
                say(parent, e.getMessage().replaceFirst("(?s).*imageName=([^,)]+).*", "the container engine has no image "
                        + "$1, and TESTCONTAINERS_RYUK_DISABLED=false asks for it: docker pull $1, or unset that variable"));
                throw e;
            }
            // the log line that Testcontainers waits for comes a moment before the listeners accept
            boolean direct = soon(() -> reaches(address(container), DIRECT_PORT));
            Matcher version = VERSION.matcher("");
            boolean known = soon(() -> version.reset(container.getLogs()).find());
            parent.println("SETTING broker.address=" + (direct ? "bridge" : "mapped"));
            parent.println("SETTING broker.image=" + told.get("image"));
            parent.println("SETTING broker.image.id=" + container.getContainerInfo().getImageId());
            parent.println("SETTING broker.version=" + (known ? version.group(1) : "unknown"));
            parent.println("READY " + (direct ? address(container) + ":" + DIRECT_PORT
                    : container.getBootstrapServers().replaceFirst("^.*://", "")));
            parent.flush();
            // until the input ends, or the container does
            int code = container.getDockerClient().waitContainerCmd(container.getContainerId())
                    .exec(new WaitContainerResultCallback()).awaitStatusCode();
            if (!ending.get()) {
                say(parent, "the container ended with exit code " + code);
                throw new IllegalStateException("the container ended with exit code " + code);
            }
        }
    }

    /** Testcontainers removes a container that did not start before it throws; this one is asked for its end before. */
    private static final class Watched extends KafkaContainer {

        private String lastWords = "";

        Watched(DockerImageName image) {
            super(image);
        }

        @Override
        protected void containerIsStopping(InspectContainerResponse info) {
            var state = getCurrentContainerInfo().getState();
            if (!Boolean.TRUE.equals(state.getRunning())) {
                lastWords = "the container ended with exit code " + state.getExitCodeLong() + ": "
                        + getLogs().strip().lines().reduce((first, second) -> second).orElse("no log");
            }
        }

        /** Exit code and the last line of its log; empty if it ran until it was stopped. */
        Optional<String> lastWords() {
            return Optional.of(lastWords).filter(words -> !words.isEmpty());
        }
    }

    private static void say(PrintStream parent, String why) {
        parent.println(BrokerNode.FAILED + why);
        parent.flush();
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private static String address(KafkaContainer container) {
        return container.getContainerInfo().getNetworkSettings().getNetworks().values().iterator().next()
                .getIpAddress();
    }

    /** True as soon as {@code holds} does; false if it does not within five seconds. */
    private static boolean soon(BooleanSupplier holds) {
        for (long end = System.nanoTime()
                + SOON_NANOS; System.nanoTime() < end; LockSupport.parkNanos(LOOK_EVERY_NANOS)) {
            if (holds.getAsBoolean()) {
                return true;
            }
        }
        return false;
    }

    private static boolean reaches(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false; // an engine in a virtual machine, say: then the mapped port is the way
        }
    }

    private void end() {
        if (ending.compareAndSet(false, true)) {
            try {
                if (kafka != null) {
                    kafka.stop();
                }
                DirectoryTree.delete(directory);
            } catch (IOException | RuntimeException e) {
                e.printStackTrace(System.err); // the parent, if there is one, looks for the container itself
            }
        }
    }
}
