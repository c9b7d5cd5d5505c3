package dev.brew.delivery.broker;

import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.text.Reason;
import dev.brew.delivery.tls.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * Kafka (KRaft) in child JVMs with this JVM's class path, on 127.0.0.1, with its data in temporary directories. It ends
 * with this JVM, however it ends. For one thread.
 */
public final class ProcessBroker implements Broker {

    private static final int MAX_NODES = 9;
    /** Accepted, and not used by the first node. */
    private static final String NOWHERE = "127.0.0.1:1";
    private static final long LOOK_EVERY_NANOS = 50_000_000L;
    /** The usual replication: three copies, two of them needed for an ack. */
    private static final int REPLICATED_NODES = 3;

    private final List<BrokerNode> nodes = new ArrayList<>();
    private final Options options;

    private ProcessBroker(Options options) {
        this.options = options;
    }

    /**
     * How to start it.
     *
     * @param heap       of each child JVM, as in {@code -Xmx}
     * @param properties Kafka's; they override those of this class
     * @param ready      how long a node's start may take
     * @param ports      one for each node, 0 for any free one; 1..9 nodes
     * @param tls        of the listeners that clients and nodes use; the controllers talk to each other in the clear
     */
    public record Options(String heap, Map<String, String> properties, Duration ready, List<Integer> ports, Tls tls) {

        public Options {
            ports = List.copyOf(ports);
            if (ports.isEmpty() || ports.size() > MAX_NODES) {
                throw new IllegalArgumentException("nodes must be 1.." + MAX_NODES + ", got " + ports.size());
            }
        }

        /** Nothing encrypted. */
        public Options(String heap, Map<String, String> properties, Duration ready, List<Integer> ports) {
            this(heap, properties, ready, ports, Tls.OFF);
        }

        /** The same with another encryption. */
        public Options with(Tls other) {
            return new Options(heap, properties, ready, ports, other);
        }

        /** The same with other properties. */
        public Options with(Map<String, String> others) {
            return new Options(heap, others, ready, ports, tls);
        }

        /** One node, 512 MB of heap, no properties, one minute. */
        public static Options standard() {
            return standard(1);
        }

        /** {@code nodes} nodes on free ports, 512 MB of heap each, no properties, one minute for each. */
        public static Options standard(int nodes) {
            return new Options("512m", Map.of(), Duration.ofMinutes(1), Collections.nCopies(nodes, 0));
        }

        /** Copies of a partition: 3 if the cluster has as many nodes, otherwise 1. */
        public int replication() {
            return ports.size() < REPLICATED_NODES ? 1 : REPLICATED_NODES;
        }

        /** Copies that an acks=all write waits for: 2 of 3, or the only one. */
        public int minInSync() {
            return replication() == 1 ? 1 : 2;
        }

        private Map<String, String> settings() {
            Map<String, String> settings = new TreeMap<>(Map.of("broker.kind", "process",
                    "broker.nodes", Integer.toString(ports.size()),
                    "broker.replication", Integer.toString(replication()),
                    "broker.min.insync.replicas", Integer.toString(minInSync())));
            properties.forEach((name, value) -> settings.put("broker." + name, value));
            settings.putAll(tls.settings("broker."));
            return settings;
        }
    }

    /**
     * Starts the nodes and returns when all answer.
     *
     * @throws IOException if one does not start; the message says why, shows the end of its log and where that is kept
     */
    public static ProcessBroker start(Options options) throws IOException, InterruptedException {
        ProcessBroker broker = new ProcessBroker(options);
        try {
            broker.startNodes();
            return broker;
        } catch (IOException | InterruptedException | RuntimeException e) {
            try {
                broker.close();
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** The first node is a quorum by itself, so that its controller may take any port; the others then join it. */
    private void startNodes() throws IOException, InterruptedException {
        String cluster = Uuid.randomUuid().toString();
        List<String> jvmOptions = List.of();
        String controllers = "";
        for (int i = 0; i < options.ports().size(); i++) {
            if (i == 0) {
                jvmOptions = startFirst(cluster);
                controllers = nodes.get(0).controller();
            } else {
                nodes.add(BrokerNode.start(options.heap(), cluster, properties(i, controllers), jvmOptions));
            }
        }
        for (BrokerNode node : nodes) {
            node.await(options.ready());
        }
        if (nodes.size() > 1) {
            awaitVoters();
        }
    }

    /** Starts the first node; returns the flags of its JVM. A JVM may crash if its class archive is damaged. */
    private List<String> startFirst(String cluster) throws IOException, InterruptedException {
        Optional<ClassArchive> archive = classArchive();
        if (archive.isPresent()) {
            List<String> jvmOptions = List.of(archive.get().use());
            try {
                startFirst(cluster, jvmOptions);
                return jvmOptions;
            } catch (BrokerNode.StartException e) {
                if (!e.isCrash()) {
                    throw e;
                }
                archive.get().discard();
                e.forget();
            }
        }
        startFirst(cluster, List.of());
        return List.of();
    }

    private void startFirst(String cluster, List<String> jvmOptions) throws IOException, InterruptedException {
        nodes.clear();
        nodes.add(BrokerNode.start(options.heap(), cluster, properties(0, NOWHERE), jvmOptions));
        nodes.get(0).await(options.ready());
    }

    /**
     * The archive by which the JVMs start sooner, if there can be one; a node that is started for it makes it if it is
     * missing.
     */
    private Optional<ClassArchive> classArchive() throws InterruptedException {
        Optional<ClassArchive> archive = ClassArchive.here(System.getenv());
        if (archive.isPresent() && !archive.get().exists()) {
            archive.get().make(option -> {
                Options plain = Options.standard();
                try (BrokerNode node = BrokerNode.start(plain.heap(), Uuid.randomUuid().toString(),
                        new ProcessBroker(plain).properties(0, NOWHERE), List.of(option))) {
                    node.await(options.ready());
                } catch (BrokerNode.StartException e) {
                    e.forget(); // the next start fails likewise, and says why
                    throw e;
                }
            });
        }
        return archive.filter(ClassArchive::exists);
    }

    /**
     * Before all controllers vote, the first node's controller is the only one, and its loss would be the loss of the
     * cluster.
     */
    private void awaitVoters() throws IOException, InterruptedException {
        long end = System.nanoTime() + options.ready().toNanos();
        Map<String, Object> properties = new HashMap<>(client().values(ClientProperties.Kind.ADMIN));
        properties.put("bootstrap.servers", bootstrap());
        try (Admin admin = Admin.create(properties)) {
            int voters = 0;
            while (System.nanoTime() < end) {
                voters = admin.describeMetadataQuorum().quorumInfo().get().voters().size();
                if (voters == nodes.size()) {
                    return;
                }
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
            throw new IOException("the Kafka nodes have not become a quorum within " + options.ready().toMillis()
                    + " ms: " + voters + " of " + nodes.size() + " controllers vote");
        } catch (ExecutionException e) {
            throw new IOException("the Kafka nodes' quorum cannot be asked for: " + Reason.of(e), e);
        }
    }

    private Map<String, String> properties(int index, String controllers) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(index + 1));
        properties.put("listeners", BrokerMain.BROKER + "://" + new HostPort(BrokerMain.HOST, options.ports().get(index))
                + ",CONTROLLER://" + new HostPort(BrokerMain.HOST, 0));
        properties.put("inter.broker.listener.name", BrokerMain.BROKER);
        properties.putAll(listenerSecurity(options.tls()));
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("controller.quorum.bootstrap.servers", controllers);
        properties.put("controller.quorum.auto.join.enable", Boolean.toString(index > 0));
        properties.putAll(tuning(options.replication(), options.minInSync()));
        properties.putAll(options.properties());
        return properties;
    }

    private static Map<String, String> listenerSecurity(Tls tls) {
        boolean on = tls.mode() != Tls.Mode.OFF;
        Map<String, String> properties = new TreeMap<>(Map.of("listener.security.protocol.map",
                BrokerMain.BROKER + (on ? ":SSL" : ":PLAINTEXT") + ",CONTROLLER:PLAINTEXT"));
        if (on) {
            properties.putAll(trust(tls));
            properties.putAll(identity(tls.server())); // also towards the other nodes
            properties.put("ssl.client.auth", tls.mode() == Tls.Mode.MUTUAL ? "required" : "none");
        }
        return properties;
    }

    private static Map<String, String> trust(Tls tls) {
        return Map.of("ssl.truststore.type", "PEM", "ssl.truststore.certificates", tls.authority(),
                "ssl.enabled.protocols", Tls.PROTOCOL, "ssl.protocol", Tls.PROTOCOL, "ssl.cipher.suites", Tls.CIPHER);
    }

    private static Map<String, String> identity(Tls.Identity identity) {
        return Map.of("ssl.keystore.type", "PEM", "ssl.keystore.certificate.chain", identity.certificate(),
                "ssl.keystore.key", identity.key());
    }

    /** Properties of every broker of this suite, in a process or in a container. */
    static Map<String, String> tuning(int copies, int inSync) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        String replication = Integer.toString(copies);
        String minInSync = Integer.toString(inSync);
        properties.put("default.replication.factor", replication);
        properties.put("min.insync.replicas", minInSync);
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("offsets.topic.replication.factor", replication);
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", replication);
        properties.put("transaction.state.log.min.isr", minInSync);
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", replication);
        properties.put("share.coordinator.state.topic.min.isr", minInSync);
        properties.put("socket.receive.buffer.bytes", "-1"); // as the system sizes them, see KafkaOptions
        properties.put("socket.send.buffer.bytes", "-1");
        // so that long runs do not fill the disk, and a small broker stays small
        properties.put("log.segment.bytes", "67108864");
        properties.put("log.retention.bytes", "536870912");
        properties.put("log.segment.delete.delay.ms", "1000");
        properties.put("log.retention.check.interval.ms", "5000");
        properties.put("log.initial.task.delay.ms", "1000");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        return properties;
    }

    @Override
    public String bootstrap() {
        return nodes.stream().map(BrokerNode::address).collect(Collectors.joining(","));
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = options.settings();
        settings.putAll(nodes.get(0).settings());
        List<String> flags = JvmArguments.ofThisJvm().forHelpers().stream().filter(flag -> !flag.startsWith("-D")).toList();
        if (!flags.isEmpty()) { // those of JAVA_TOOL_OPTIONS, say
            settings.put("broker.jvm.args", String.join(" ", flags));
        }
        return settings;
    }

    @Override
    public ClientProperties client() {
        Tls tls = options.tls();
        if (tls.mode() == Tls.Mode.OFF) {
            return ClientProperties.NONE;
        }
        Map<String, String> properties = new TreeMap<>(trust(tls));
        properties.put("security.protocol", "SSL");
        if (tls.mode() == Tls.Mode.MUTUAL) {
            properties.putAll(identity(tls.client()));
        }
        return ClientProperties.of(properties);
    }

    @Override
    public Optional<Short> replication() {
        return Optional.of((short) options.replication());
    }

    @Override
    public Optional<Duration> cpuTime() {
        Duration sum = Duration.ZERO;
        for (ProcessHandle node : handles()) {
            Optional<Duration> one = node.info().totalCpuDuration();
            if (one.isEmpty()) {
                return Optional.empty();
            }
            sum = sum.plus(one.get());
        }
        return Optional.of(sum);
    }

    @Override
    public Duration compilerTime() throws InterruptedException {
        Duration sum = Duration.ZERO;
        for (BrokerNode node : nodes) {
            sum = sum.plus(node.compilerTime());
        }
        return sum;
    }

    /** Reports when fewer nodes are left than a quorum needs: clients of three nodes survive the end of one. */
    @Override
    public void onLoss(Consumer<Throwable> lost) {
        AtomicInteger left = new AtomicInteger(nodes.size());
        int needed = nodes.size() / 2 + 1;
        for (int i = 0; i < nodes.size(); i++) {
            String name = nodes.size() == 1 ? "the Kafka broker" : "Kafka node " + (i + 1) + " of " + nodes.size();
            nodes.get(i).onEnd(why -> {
                if (left.decrementAndGet() == needed - 1) {
                    lost.accept(new IllegalStateException(name + " has ended by itself, " + why));
                }
            });
        }
    }

    /** The nodes' processes, in the order of the ports. */
    public List<ProcessHandle> handles() {
        return nodes.stream().map(BrokerNode::handle).toList();
    }

    List<Path> directories() {
        return nodes.stream().map(BrokerNode::directory).toList();
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (BrokerNode node : nodes) { // all at once: otherwise their times to end add up
            try {
                node.stop();
            } catch (IOException e) {
                failure = e;
            }
        }
        for (BrokerNode node : nodes) {
            try {
                node.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
