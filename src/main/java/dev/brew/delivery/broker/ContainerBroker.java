package dev.brew.delivery.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Kafka in a container that Testcontainers starts, in a child JVM that holds it: the container ends with this JVM,
 * however it ends. For one thread.
 */
final class ContainerBroker implements Broker {

    private static final int START_SECONDS = 60;
    private static final int PULL_SECONDS = 600;
    private static final String HEAP = "512m";
    private static final String RYUK = "TESTCONTAINERS_RYUK_DISABLED";
    private static final String PULL_TIMEOUT = "TESTCONTAINERS_PULL_TIMEOUT";
    private static final String HOST = "TESTCONTAINERS_HOST_OVERRIDE";

    private final BrokerNode holder;
    private final String holderName;
    private final ContainerEngine engine;
    private final Optional<String> id;
    private final Map<String, String> settings;

    private ContainerBroker(BrokerNode holder, String holderName, ContainerEngine engine) throws IOException {
        this.id = engine.labelled(ContainerMain.LABEL).stream().filter(one -> one.value().equals(holderName))
                .map(ContainerEngine.Labelled::id).findFirst();
        this.holder = holder;
        this.holderName = holderName;
        this.engine = engine;
        this.settings = new TreeMap<>(holder.settings());
        settings.put("broker.kind", "container");
        settings.put("broker.nodes", "1");
        settings.put("broker.heap", HEAP);
    }

    /**
     * Starts a container and returns when its broker answers; first removes containers of killed runs.
     *
     * @param image with the interface of {@code apache/kafka}
     * @param pull  true if it may be fetched from its registry; otherwise it must be on this machine
     * @throws IOException if there is no engine or no image, or the broker does not start; the message says what to do
     */
    static ContainerBroker start(String image, boolean pull, Map<String, String> environment)
            throws IOException, InterruptedException {
        ContainerEngine engine = requireImage(image, pull, environment);
        removeOrphans(engine);
        int seconds = pull ? PULL_SECONDS : START_SECONDS;
        Map<String, String> container = new TreeMap<>(Map.of("KAFKA_HEAP_OPTS", "-Xms" + HEAP + " -Xmx" + HEAP));
        ProcessBroker.tuning(1, 1).forEach((name, value) ->
                container.put("KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        BrokerNode holder = BrokerNode.hold(testcontainers(environment, pull),
                new ContainerMain.Task(image, pull, seconds, container));
        String holderName = ContainerMain.holder(holder.handle());
        try {
            holder.await(Duration.ofSeconds(seconds + 30L));
            return new ContainerBroker(holder, holderName, engine);
        } catch (IOException | InterruptedException | RuntimeException e) {
            remove(engine, holderName);
            throw e;
        }
    }

    /**
     * Finds the engine, and checks that it has the image unless it may be fetched.
     *
     * @throws IOException if there is no engine or no image; the message says what to do
     */
    static ContainerEngine requireImage(String image, boolean pull, Map<String, String> environment) throws IOException {
        ContainerEngine engine = ContainerEngine.find(environment);
        if (!pull && !engine.hasImage(image)) {
            throw new IOException("the container engine has no image " + image + ": docker pull " + image
                    + ", or -Ddelivery.kafka.pull=true, or scripts/kafka-image.sh and -Ddelivery.kafka.image=…");
        }
        return engine;
    }

    /**
     * Testcontainers reads these settings from the environment only. Its reaper's image is not available without a
     * pull.
     */
    private static Map<String, String> testcontainers(Map<String, String> environment, boolean pull) {
        Map<String, String> set = new HashMap<>();
        if (!pull && !environment.containsKey(RYUK)) {
            set.put(RYUK, "true");
        }
        if (!pull && !environment.containsKey(PULL_TIMEOUT)) {
            set.put(PULL_TIMEOUT, "2"); // seconds, for the reaper's image, if the user wants the reaper
        }
        if (Files.exists(Path.of("/.dockerenv")) && !environment.containsKey(HOST)) {
            set.put(HOST, "localhost"); // otherwise it pulls an image to find its gateway
        }
        return set;
    }

    /** Removes the containers whose holder was killed together with its parent. */
    static List<String> removeOrphans(ContainerEngine engine) throws IOException {
        List<String> orphans = engine.labelled(ContainerMain.LABEL).stream().filter(one -> !isHeld(one.value()))
                .map(ContainerEngine.Labelled::id).toList();
        for (String id : orphans) {
            engine.remove(id);
        }
        return orphans;
    }

    private static boolean isHeld(String holderName) {
        String pid = holderName.split("@")[0];
        return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive)
                .map(ContainerMain::holder).filter(holderName::equals).isPresent();
    }

    private static void remove(ContainerEngine engine, String holderName) throws IOException {
        for (ContainerEngine.Labelled one : engine.labelled(ContainerMain.LABEL)) {
            if (one.value().equals(holderName)) {
                engine.remove(one.id());
            }
        }
    }

    @Override
    public String bootstrap() {
        return holder.address();
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public void onLoss(Consumer<Throwable> lost) {
        holder.onEnd(why -> lost.accept(new IllegalStateException("the Kafka container has ended by itself, " + why)));
    }

    /** @throws UncheckedIOException if the engine does not answer */
    @Override
    public Optional<Duration> cpuTime() {
        try {
            return id.isEmpty() ? Optional.empty() : engine.cpuTime(id.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process that holds the container. */
    ProcessHandle holder() {
        return holder.handle();
    }

    @Override
    public void close() throws IOException {
        try {
            holder.close();
        } finally {
            remove(engine, holderName); // it exists if its holder was killed
        }
    }
}
