package dev.brew.delivery.broker;

import dev.brew.delivery.jvm.JitCompilers;
import dev.brew.delivery.jvm.Parent;
import dev.brew.delivery.text.HostPort;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.AppInfoParser;
import org.apache.kafka.common.utils.internals.Exit;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import scala.Option;

/**
 * A node's JVM. It reads its {@link Task} from standard input, starts, and prints on its standard output its settings
 * ({@code SETTING name=value} lines) and then {@code READY host:port host:port} (broker and controller); everything
 * else goes to standard error. Each further line of its input asks for the time that its compiler has been busy so far;
 * the answer is {@code COMPILED milliseconds}. When the input ends, this JVM deletes its directory and ends. Node 1
 * begins a quorum, the other nodes join it.
 */
final class BrokerMain {

    static final String BROKER = "CLIENT";
    /** An address, since a name may mean another one. */
    static final String HOST = "127.0.0.1";
    private static final String CONTROLLER = "CONTROLLER";
    private static final int FIRST_NODE = 1;
    private static final int FAILED = 1;
    /** Settings that move the comparison. */
    static final List<String> REPORTED = List.of("num.io.threads", "num.network.threads",
            "log.flush.interval.messages", "log.segment.bytes", "group.initial.rebalance.delay.ms", "compression.type",
            "socket.receive.buffer.bytes", "socket.send.buffer.bytes");

    private static final long STILL_AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path directory;
    private final Task task;
    private final EndOnce end = new EndOnce(this::deleteDirectory);

    private BrokerMain(Path directory, Task task) {
        this.directory = directory;
        this.task = task;
    }

    /**
     * What a node is.
     *
     * @param cluster    Kafka's id of the cluster
     * @param properties Kafka's, without {@code log.dirs}
     */
    record Task(String cluster, Map<String, String> properties) {
    }

    /** @param arguments the directory that holds the node's data and is deleted at the end */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        System.setOut(System.err); // a line that a library prints must not be taken for READY
        try {
            Path directory = Path.of(arguments[0]);
            Parent parent = new Parent(System.in);
            Task task = parent.task(Task.class, () -> DirectoryTree.delete(directory));
            new BrokerMain(directory, task).run(parent, out);
        } catch (Throwable e) {
            e.printStackTrace(System.err); // the parent shows the end of this log
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private void run(Parent parent, PrintStream out) throws Exception {
        watch(parent, out); // before the start: a start that hangs must not leave an orphan
        Runtime.getRuntime().addShutdownHook(new Thread(end::end, "delete-directory")); // Ctrl-C
        Exit.setHaltProcedure((exitCode, message) -> { // Kafka's own way to end, when its directory is gone, say
            end.awaitIfBegun();
            Runtime.getRuntime().halt(exitCode);
        });
        KafkaConfig config = KafkaConfig.fromProps(properties(), false);
        String addresses;
        try {
            addresses = start(config);
        } catch (Exception | Error e) {
            end.awaitIfBegun(); // the start may have failed because of it
            throw e;
        }
        settings(config).forEach((name, value) -> out.println("SETTING " + name + "=" + value));
        out.println("READY " + addresses);
        out.flush();
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(task.properties);
        properties.put("log.dirs", data());
        return properties;
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    /** The node's data is thrown away, so an orderly shutdown would only take time. */
    private void watch(Parent parent, PrintStream out) {
        parent.watch(question -> {
            out.println(BrokerNode.COMPILED + JitCompilers.millis());
            out.flush();
        }, end::end, 0);
    }

    private void deleteDirectory() {
        try {
            // a start that is under way creates it again
            DirectoryTree.deleteForGood(directory, () -> LockSupport.parkNanos(STILL_AWAY_NANOS));
        } catch (IOException e) {
            e.printStackTrace(System.err); // the parent, if it is alive, finds the directory and says so
        }
    }

    /** As the broker and its JVM understand them. */
    private static Map<String, String> settings(KafkaConfig config) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("broker.version", AppInfoParser.getVersion());
        settings.put("broker.jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        settings.put("broker.heap.mib", Long.toString(Runtime.getRuntime().maxMemory() >> 20));
        settings.put("broker.gc", ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(MemoryManagerMXBean::getName).sorted().collect(Collectors.joining(", ")));
        REPORTED.forEach(name -> settings.put("broker." + name, String.valueOf(config.values().get(name))));
        return settings;
    }

    private String start(KafkaConfig config) throws Exception {
        format();
        KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
        server.startup();
        int broker = part(server, "broker", BrokerServer.class).boundPort(new ListenerName(BROKER));
        int controller = part(server, "controller", ControllerServer.class).socketServer()
                .boundPort(new ListenerName(CONTROLLER));
        return new HostPort(HOST, broker) + " " + new HostPort(HOST, controller);
    }

    private void format() throws Exception {
        int node = Integer.parseInt(task.properties.get("node.id"));
        String data = data();
        Formatter formatter = new Formatter()
                .setPrintStream(System.err)
                .setNodeId(node)
                .setClusterId(task.cluster)
                .addDirectory(data)
                .setMetadataLogDirectory(data)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setControllerListenerName(CONTROLLER)
                // a dynamic quorum lets the controller listen on port 0; a static one would never get ready
                .setHasDynamicQuorum(true);
        if (node == FIRST_NODE) {
            formatter.setInitialControllers(DynamicVoters.parse(node + "@" + new HostPort(HOST, 0) + ":" + Uuid.randomUuid()));
        }
        formatter.run();
    }

    /** Kafka publishes its bound ports nowhere else than in these fields. */
    private static <T> T part(KafkaRaftServer server, String name, Class<T> type) throws ReflectiveOperationException {
        Field field = KafkaRaftServer.class.getDeclaredField(name);
        field.setAccessible(true);
        return type.cast(((Option<?>) field.get(server)).get());
    }
}
