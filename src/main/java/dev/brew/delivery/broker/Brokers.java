package dev.brew.delivery.broker;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/** Which broker a benchmark gets for the words of its parameters. */
public final class Brokers {

    /** The image of {@code broker=container}; default: {@code apache/kafka} of the client's version. */
    public static final String IMAGE = "delivery.kafka.image";
    /** {@code true}: the image may be fetched. */
    public static final String PULL = "delivery.kafka.pull";

    private static final List<String> WORDS = List.of("auto", "process", "container");

    private Brokers() {
    }

    /** {@code broker} itself, if it is one of the words; else an {@link IllegalArgumentException} that says so. */
    public static String require(String broker) {
        if (!WORDS.contains(broker)) {
            throw new IllegalArgumentException("broker must be auto, process or container, got '" + broker + "'");
        }
        return broker;
    }

    /** @throws IllegalArgumentException if {@code nodes} is not 1 or 3, or more than {@code broker} has */
    public static void requireNodes(String broker, int nodes) {
        if (nodes != 1 && nodes != 3) {
            throw new IllegalArgumentException("brokers must be 1 or 3, got " + nodes);
        }
        if (nodes > 1 && broker.equals("container")) {
            throw new IllegalArgumentException("brokers=" + nodes + " needs broker=process: a container is one node");
        }
    }

    /**
     * What {@code auto} comes to here.
     *
     * @param broker {@code process} or {@code container}
     * @param why    and how to get the other
     */
    public record Choice(String broker, String why) {
    }

    /** Decides {@code auto}: a container where an engine answers and has the image, else the process broker. No pull. */
    public static Choice choose(int nodes, Properties system, Map<String, String> environment) {
        String image = image(system);
        if (nodes > 1) {
            return new Choice("process", "a container is one node");
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
            return new Choice("process", e.getMessage() + "; start one for -p broker=container");
        }
    }

    /**
     * Starts one.
     *
     * @param broker {@code auto}, {@code process} or {@code container}; what is asked for by name never falls back
     * @param nodes  1 or 3
     * @throws IOException if it does not start; the message says what to do
     */
    public static Broker start(String broker, int nodes, Properties system, Map<String, String> environment)
            throws IOException, InterruptedException {
        requireNodes(require(broker), nodes);
        String kind = broker.equals("auto") ? choose(nodes, system, environment).broker() : broker;
        return kind.equals("container")
                ? ContainerBroker.start(image(system), Boolean.parseBoolean(system.getProperty(PULL)), environment)
                : ProcessBroker.start(ProcessBroker.Options.standard(nodes));
    }

    private static String image(Properties system) {
        return system.getProperty(IMAGE, "apache/kafka:" + AppInfoParser.getVersion());
    }
}
