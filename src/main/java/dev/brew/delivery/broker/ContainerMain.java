package dev.brew.delivery.broker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import dev.brew.delivery.jvm.Parent;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A JVM that holds a container by Testcontainers: so the environment variables that Testcontainers reads can be set,
 * its threads are not in the measured JVM, and the container ends with the parent. Its protocol is
 * {@link BrokerMain}'s, with a {@link Task} of its own and one address after {@code READY}.
 */
final class ContainerMain {

    /** Every container of this project has this label; its value names the process that holds it. */
    static final String LABEL = "dev.brew.delivery.holder";

    private static final String COMPATIBLE = "apache/kafka";
    private static final int DIRECT_PORT = 19092;
    private static final int CONNECT_MILLIS = 1_000;
    private static final long SOON_NANOS = 5_000_000_000L;
    private static final long LOOK_EVERY_NANOS = 50_000_000L;
    private static final int FAILED = 1;
    private static final String RUNNING = "Transitioning from RECOVERY to RUNNING";
    private static final Pattern VERSION = Pattern.compile("Kafka version: (\\S+)");

    private final Path directory;
    private final Task task;
    private final EndOnce end = new EndOnce(this::removeAll);
    private volatile KafkaContainer kafka;

    private ContainerMain(Path directory, Task task) {
        this.directory = directory;
        this.task = task;
    }

    /**
     * What container to hold.
     *
     * @param pull         true if the image may be fetched from its registry
     * @param startSeconds how long its start may take
     * @param environment  of the container
     */
    record Task(String image, boolean pull, int startSeconds, Map<String, String> environment) {
    }

    /** @param arguments the directory that is deleted at the end */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        System.setOut(System.err);
        try {
            Path directory = Path.of(arguments[0]);
            Parent parent = new Parent(System.in);
            Task task = parent.task(Task.class, () -> DirectoryTree.delete(directory));
            new ContainerMain(directory, task).run(parent, out);
        } catch (Throwable e) {
            e.printStackTrace(System.err); // the parent shows the end of this log
            Runtime.getRuntime().halt(FAILED);
        }
    }

    /** Names a process among all that ever had its number. */
    static String holder(ProcessHandle process) {
        return process.pid() + "@" + process.info().startInstant().map(Object::toString).orElse("");
    }

    private void run(Parent parent, PrintStream out) throws InterruptedException {
        Thread watch = parent.watch(line -> { }, end::end, 0);
        Runtime.getRuntime().addShutdownHook(new Thread(end::end, "end-container"));
        try {
            start(out);
        } catch (RuntimeException | Error e) {
            end.end(); // or it is ending, which may be why the start failed: then this waits
            throw e;
        }
        watch.join(); // a daemon: without this the JVM could end before the directory is deleted
    }

    private void start(PrintStream out) {
        try (Watched container = new Watched(DockerImageName.parse(task.image).asCompatibleSubstituteFor(COMPATIBLE))) {
            kafka = container;
            task.environment.forEach(container::withEnv);
            container.withLabel(LABEL, holder(ProcessHandle.current())).withImagePullPolicy(image -> task.pull)
                    .withStartupAttempts(1)
                    .waitingFor(new RunningBroker())
                    .withStartupTimeout(Duration.ofSeconds(task.startSeconds))
                    // the mapped port goes through a proxy that costs as much as the broker itself
                    .withListener("0.0.0.0:" + DIRECT_PORT, () -> address(container) + ":" + DIRECT_PORT);
            try {
                container.start();
            } catch (ContainerLaunchException e) {
                say(out, container.lastWords().orElseGet(() -> rootMessage(e)));
                throw e;
            } catch (ContainerFetchException e) { // not of Kafka's image, which is known to be here: of the reaper's
                say(out, e.getMessage().replaceFirst("(?s).*imageName=([^,)]+).*", "the container engine has no image "
                        + "$1, and TESTCONTAINERS_RYUK_DISABLED=false asks for it: docker pull $1, or unset that variable"));
                throw e;
            }
            // the log line comes a moment before the listeners accept
            boolean direct = soon(() -> reaches(address(container), DIRECT_PORT));
            Matcher version = VERSION.matcher("");
            boolean known = soon(() -> version.reset(container.getLogs()).find());
            out.println("SETTING broker.address=" + (direct ? "bridge" : "mapped"));
            out.println("SETTING broker.image=" + task.image);
            out.println("SETTING broker.image.id=" + container.getContainerInfo().getImageId());
            out.println("SETTING broker.version=" + (known ? version.group(1) : "unknown"));
            out.println("READY " + (direct ? address(container) + ":" + DIRECT_PORT
                    : container.getBootstrapServers().replaceFirst("^.*://", "")));
            out.flush();
            // until the input ends, or the container does
            int code = container.getDockerClient().waitContainerCmd(container.getContainerId())
                    .exec(new WaitContainerResultCallback()).awaitStatusCode();
            if (!end.hasBegun()) {
                say(out, "the container ended with exit code " + code);
                throw new IllegalStateException("the container ended with exit code " + code);
            }
        }
    }

    /** Testcontainers removes a container that did not start before it throws; this class reads its end before that. */
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

        /** Exit code and last line of its log; empty if it ran until it was stopped. */
        Optional<String> lastWords() {
            return Optional.of(lastWords).filter(words -> !words.isEmpty());
        }
    }

    /** Waits for the broker's log line. Testcontainers' own waits for it until the time is over, also if the container is. */
    private static final class RunningBroker extends AbstractWaitStrategy {

        @Override
        protected void waitUntilReady() {
            long start = System.nanoTime();
            while (!waitStrategyTarget.getLogs().contains(RUNNING)) {
                if (!waitStrategyTarget.isRunning()) {
                    throw new ContainerLaunchException("the container ended");
                }
                if (System.nanoTime() - start > startupTimeout.toNanos()) {
                    throw new ContainerLaunchException("its log has no '" + RUNNING + "' after " + startupTimeout.toSeconds() + " s");
                }
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
        }
    }

    private static void say(PrintStream out, String why) {
        out.println(BrokerNode.FAILED + why);
        out.flush();
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
            return false; // with an engine in a virtual machine, say, only the mapped port is reachable
        }
    }

    private void removeAll() {
        try {
            try {
                if (kafka != null) {
                    kafka.stop();
                }
            } finally {
                DirectoryTree.delete(directory);
            }
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(System.err); // the parent, if it is alive, looks for the container itself
        }
    }
}
