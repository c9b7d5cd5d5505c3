package dev.brew.delivery.broker;

import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.text.Reason;
import dev.brew.delivery.tls.Tls;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/** Chooses and starts the broker that the parameters of a benchmark name. */
public final class Brokers {

    /** The image of {@code broker=container}; default: {@code apache/kafka} of the client's version. */
    public static final String IMAGE = "delivery.kafka.image";
    /** {@code true}: the image may be fetched. */
    public static final String PULL = "delivery.kafka.pull";
    /** Where the cluster of {@code broker=external} is: {@code host:port}, several joined by commas. */
    public static final String BOOTSTRAP = "delivery.kafka.bootstrap";
    /** A file of client properties for it: login, trusted certificates. */
    public static final String PROPERTIES = "delivery.kafka.properties";
    /** The replication factor of topics on it; default: the cluster's default. */
    public static final String REPLICATION = "delivery.kafka.replication";

    private static final List<String> WORDS = List.of("auto", "process", "container", "external");
    private static final int MAX_REPLICATION = 100;

    private Brokers() {
    }

    /** {@code broker} itself, if it is one of the words; else an {@link IllegalArgumentException} that says so. */
    public static String require(String broker) {
        if (!WORDS.contains(broker)) {
            throw new IllegalArgumentException("broker must be auto, process, container or external, got '" + broker
                    + "'");
        }
        return broker;
    }

    /** {@code nodes} itself, if it is 1 or 3; else an {@link IllegalArgumentException} that says so. */
    public static int requireNodes(int nodes) {
        if (nodes != 1 && nodes != 3) {
            throw new IllegalArgumentException("brokers must be 1 or 3, got " + nodes);
        }
        return nodes;
    }

    /**
     * A broker as the parameters of a benchmark name it.
     *
     * @param broker {@code auto}, {@code process}, {@code container} or {@code external}
     * @param nodes  1 or 3
     * @param tls    of the listeners that clients and nodes use
     */
    public record Wanted(String broker, int nodes, Tls.Mode tls) {

        public Wanted {
            require(broker);
            requireNodes(nodes);
        }

        /** From the parameters {@code broker}, {@code brokers} and {@code tls}; an absent one has its default. */
        public static Wanted of(Map<String, String> params) {
            return new Wanted(params.getOrDefault("broker", "auto"),
                    Integer.parseInt(params.getOrDefault("brokers", "1")),
                    Tls.Mode.parse(params.getOrDefault("tls", "off")));
        }

        /** True if two JVMs on this machine can use one such broker: with TLS each has its own certificates. */
        public boolean canBeShared() {
            return tls == Tls.Mode.OFF;
        }

        /** As it is typed, without defaults. */
        @Override
        public String toString() {
            return "broker=" + broker + (nodes == 1 ? "" : " brokers=" + nodes)
                    + (tls == Tls.Mode.OFF ? "" : " tls=" + tls);
        }

        /** @throws IllegalArgumentException if there is no such broker; the message says why */
        public void requirePossible() {
            boolean container = broker.equals("container");
            if (container && nodes > 1) {
                throw new IllegalArgumentException("brokers=" + nodes
                        + " needs broker=process: a container is one node");
            }
            if (container && tls != Tls.Mode.OFF) {
                throw new IllegalArgumentException("tls=" + tls
                        + " needs broker=process: a container's listeners are not encrypted");
            }
            if (broker.equals("external") && nodes > 1) {
                throw new IllegalArgumentException("brokers=" + nodes
                        + " needs broker=process: an external cluster has the nodes that it has");
            }
            if (broker.equals("external") && tls != Tls.Mode.OFF) {
                throw new IllegalArgumentException("tls=" + tls + " needs broker=process: say security.protocol in -D"
                        + PROPERTIES + "=FILE for an external cluster");
            }
        }
    }

    /**
     * The broker that {@code auto} means here.
     *
     * @param broker {@code process}, {@code container} or {@code external}
     * @param why    it was chosen, and how to get another one
     */
    public record Choice(String broker, String why) {
    }

    /**
     * Decides {@code auto}: the cluster that {@value #BOOTSTRAP} names; else a container, if an engine answers and has
     * the image; else the process broker. It pulls no image.
     */
    public static Choice choose(Wanted wanted, Properties system, Map<String, String> environment) {
        String image = image(system);
        if (system.containsKey(BOOTSTRAP)) {
            return new Choice("external", "-D" + BOOTSTRAP + " is given");
        }
        if (wanted.nodes() > 1) {
            return new Choice("process", "a container is one node");
        }
        if (wanted.tls() != Tls.Mode.OFF) {
            return new Choice("process", "a container's listeners are not encrypted");
        }
        try {
            if (ContainerEngine.find(environment).hasImage(image)) {
                return new Choice("container", "the engine has " + image
                        + "; -p broker=process for a child process instead");
            }
            return new Choice("process", "the container engine has no image " + image
                    + "; docker pull it, or -p broker=container "
                    + "with -D" + PULL + "=true or -D" + IMAGE + "=…");
        } catch (IOException e) {
            return new Choice("process", Reason.of(e) + "; start one for -p broker=container");
        }
    }

    /**
     * Starts a broker, or connects to one; only {@code auto} falls back to another kind.
     *
     * @throws IllegalArgumentException if there is no such broker
     * @throws IOException              if it does not start or answer; the message says what to do
     */
    public static Broker start(Wanted wanted, Properties system, Map<String, String> environment)
            throws IOException, InterruptedException {
        return start(wanted, system, environment, Map.of());
    }

    /**
     * As {@link #start(Wanted, Properties, Map)}.
     *
     * @param ofProcess properties of a process broker, as Kafka names them; other brokers have their own
     */
    public static Broker start(Wanted wanted, Properties system, Map<String, String> environment,
                               Map<String, String> ofProcess) throws IOException, InterruptedException {
        wanted.requirePossible();
        String kind = wanted.broker().equals("auto") ? choose(wanted, system, environment).broker() : wanted.broker();
        return switch (kind) {
            case "container" -> ContainerBroker.start(image(system), pulls(system), environment);
            case "external" -> external(wanted, system);
            default -> ProcessBroker.start(ProcessBroker.Options.standard(wanted.nodes()).with(Tls.of(wanted.tls()))
                    .with(ofProcess));
        };
    }

    /**
     * Checks that the broker is available; starts nothing. A cluster has ten seconds to answer.
     *
     * @throws IllegalArgumentException if it is not; the message names the parameter and says why
     */
    public static void requireThere(Wanted wanted, Properties system, Map<String, String> environment)
            throws InterruptedException {
        boolean external = wanted.broker().equals("external")
                || wanted.broker().equals("auto") && system.containsKey(BOOTSTRAP);
        try {
            if (external) {
                external(wanted, system).close();
            } else if (wanted.broker().equals("container")) {
                ContainerBroker.requireImage(image(system), pulls(system), environment);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("broker=" + (external ? "external" : "container") + ": " + Reason.of(e), e);
        }
    }

    private static boolean pulls(Properties system) {
        return Boolean.parseBoolean(system.getProperty(PULL));
    }

    private static Broker external(Wanted wanted, Properties system) throws IOException, InterruptedException {
        new Wanted("external", wanted.nodes(), wanted.tls()).requirePossible(); // auto may have chosen it
        String bootstrap = bootstrap(system).orElseThrow(
                () -> new IllegalArgumentException("broker=external needs -D" + BOOTSTRAP + "=HOST:PORT,…"));
        return ExternalBroker.connect(bootstrap, client(system), replication(system));
    }

    /** Removes the protocol that consoles of hosted clusters show before an address; Kafka's clients ignore it. */
    private static Optional<String> bootstrap(Properties system) {
        String value = system.getProperty(BOOTSTRAP);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(HostPort.list(value.replaceAll("(^|,)\\s*[A-Za-z0-9_]+://", "$1")).stream()
                    .map(HostPort::toString).collect(Collectors.joining(",")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("-D" + BOOTSTRAP + "=" + value + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if a property of this class has an invalid value, or a file cannot be read */
    public static void requireFit(Properties system) {
        bootstrap(system);
        replication(system);
        client(system);
    }

    /**
     * The content of the file of {@value #PROPERTIES}; empty without a file.
     *
     * @throws IllegalArgumentException see {@link ClientProperties#read}
     */
    public static ClientProperties client(Properties system) {
        String file = system.getProperty(PROPERTIES);
        return file == null ? ClientProperties.NONE : ClientProperties.read("-D" + PROPERTIES + "=" + file, file);
    }

    private static Optional<Short> replication(Properties system) {
        String value = system.getProperty(REPLICATION);
        if (value == null) {
            return Optional.empty();
        }
        short copies = value.matches("\\d{1,3}") ? Short.parseShort(value) : 0;
        if (copies < 1 || copies > MAX_REPLICATION) {
            throw new IllegalArgumentException("-D" + REPLICATION + " must be 1.." + MAX_REPLICATION + ", got '" + value
                    + "'");
        }
        return Optional.of(copies);
    }

    private static String image(Properties system) {
        return system.getProperty(IMAGE, "apache/kafka:" + AppInfoParser.getVersion());
    }
}
