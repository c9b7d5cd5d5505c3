package dev.brew.delivery.broker;

import dev.brew.delivery.jvm.ParentWatch;
import dev.brew.delivery.text.HostPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import scala.Option;

/**
 * A node's JVM. It reads Kafka's properties from its standard input up to an empty line, starts, says how it runs
 * ({@code SETTING name=value} lines) and then {@code READY host:port host:port} (broker and controller) on its standard
 * output; all else goes to its standard error. Each further line asks for how long its compiler has been busy so far, and is
 * answered by {@code COMPILED milliseconds}. When its standard input ends, because its parent closed it or is no
 * more, it deletes its directory (the first argument; the second is the cluster's id) and ends. Node 1 begins a quorum,
 * the others join it.
 */
final class BrokerMain {

    static final String BROKER = "CLIENT";
    /** Nodes are dialled where they are bound: a name may mean another address. */
    static final String HOST = "127.0.0.1";
    private static final String CONTROLLER = "CONTROLLER";
    private static final int FIRST_NODE = 1;
    private static final int FAILED = 1;
    /** What moves the comparison. */
    static final List<String> TOLD = List.of("num.io.threads", "num.network.threads",
            "log.flush.interval.messages", "log.segment.bytes", "group.initial.rebalance.delay.ms", "compression.type",
            "socket.receive.buffer.bytes", "socket.send.buffer.bytes");

    /** The question, and how its answer begins. */
    static final String COMPILED = "COMPILED";

    private static final long STILL_AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path directory;
    private final String cluster;
    private final AtomicBoolean ending = new AtomicBoolean();

    private BrokerMain(Path directory, String cluster) {
        this.directory = directory;
        this.cluster = cluster;
    }

    public static void main(String[] arguments) {
        PrintStream parent = System.out;
        System.setOut(System.err); // whatever a library prints must not be taken for a READY
        new BrokerMain(Path.of(arguments[0]), arguments[1]).run(parent);
    }

    private void run(PrintStream parent) {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Properties properties = readProperties(in);
            endWith(in, parent); // before the start: a start that hangs must not leave an orphan
            Runtime.getRuntime().addShutdownHook(new Thread(this::deleteDirectory, "delete-directory")); // Ctrl-C
            KafkaConfig config = KafkaConfig.fromProps(properties, false);
            String addresses = start(config, properties);
            settings(config).forEach((name, value) -> parent.println("SETTING " + name + "=" + value));
            parent.println("READY " + addresses);
            parent.flush();
        } catch (Throwable e) {
            e.printStackTrace(System.err); // the parent shows the end of this log; nobody else can
            Runtime.getRuntime().halt(FAILED);
        }
    }

    static Properties readProperties(BufferedReader in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            text.append(line).append('\n');
        }
        Properties properties = new Properties();
        properties.load(new StringReader(text.toString()));
        return properties;
    }

    /** Halts when the input ends. Its data is thrown away, so an orderly shutdown would only take time. */
    private void endWith(BufferedReader in, PrintStream parent) {
        ParentWatch.start(in, question -> {
            parent.println(COMPILED + " " + compilerMillis());
            parent.flush();
        }, this::deleteDirectory, 0);
    }

    private static long compilerMillis() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null ? 0 : compiler.getTotalCompilationTime();
    }

    private void deleteDirectory() {
        if (ending.compareAndSet(false, true)) {
            try {
                // a start that is under way makes it anew
                DirectoryTree.deleteForGood(directory, () -> LockSupport.parkNanos(STILL_AWAY_NANOS));
            } catch (IOException e) {
                e.printStackTrace(System.err); // the parent, if there is one, finds the directory and says so
            }
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
        TOLD.forEach(name -> settings.put("broker." + name, String.valueOf(config.values().get(name))));
        return settings;
    }

    private String start(KafkaConfig config, Properties properties) throws Exception {
        format(properties);
        KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
        server.startup();
        int broker = part(server, "broker", BrokerServer.class).boundPort(new ListenerName(BROKER));
        int controller = part(server, "controller", ControllerServer.class).socketServer()
                .boundPort(new ListenerName(CONTROLLER));
        return new HostPort(HOST, broker) + " " + new HostPort(HOST, controller);
    }

    private void format(Properties properties) throws Exception {
        int node = Integer.parseInt(properties.getProperty("node.id"));
        Formatter formatter = new Formatter()
                .setPrintStream(System.err)
                .setNodeId(node)
                .setClusterId(cluster)
                .addDirectory(properties.getProperty("log.dirs"))
                .setMetadataLogDirectory(properties.getProperty("log.dirs"))
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

    /** Kafka tells its bound ports to nobody outside; these fields are the one way to them. */
    private static <T> T part(KafkaRaftServer server, String name, Class<T> type) throws ReflectiveOperationException {
        Field field = KafkaRaftServer.class.getDeclaredField(name);
        field.setAccessible(true);
        return type.cast(((Option<?>) field.get(server)).get());
    }
}
