package dev.brew.delivery.cli;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.kafka.KafkaListener;
import dev.brew.delivery.path.kafka.ListenerEvent;
import dev.brew.delivery.recipient.DelayModel;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** A Kafka recipient: one member of a consumer group, one line for each record. */
@Command(name = "kafka-listener", mixinStandardHelpOptions = true, description = {
    "Run a Kafka recipient: read the topic as a member of a consumer group and print each event, until Ctrl-C.",
    "Offsets are committed after processing (at least once). A group continues after its last committed offset."})
final class KafkaListenerCommand implements Callable<Integer> {

    @Option(names = "--group", paramLabel = "GROUP", description = "Consumer group. Default: $LISTENER_GROUP")
    private String group;

    @Mixin
    private Cluster cluster;

    @Option(names = "--from-start",
            description = "Start a group without committed offsets at the first record instead of the next one")
    private boolean fromStart;

    @Option(names = "--delay", paramLabel = "DELAY", defaultValue = "none", converter = Converters.Delay.class,
            description = "Processing time of each event: none, fixed:200ms, exp:2ms … Default: ${DEFAULT-VALUE}")
    private DelayModel delay;

    @Override
    public Integer call() throws Exception {
        String given = Lines.orEnvironment(group, "LISTENER_GROUP");
        if (given == null) {
            return Exit.usage("no group: give --group or set LISTENER_GROUP");
        }
        try {
            new Converters.Name().convert(given);
        } catch (TypeConversionException e) {
            return Exit.usage((group == null ? "LISTENER_GROUP " : "--group ") + e.getMessage());
        }
        KafkaListener listener = new KafkaListener(cluster.bootstrap(), cluster.topic(), given, fromStart, delay,
                NanoClock.system(), event -> System.out.println("[" + given + "] " + line(event)));
        return Foreground.run(listener::stop, () -> {
            listener.run();
            System.out.println("[" + given + "] stopped");
            return 0;
        });
    }

    /** The event as a line for the terminal. */
    static String line(ListenerEvent event) {
        if (event instanceof ListenerEvent.Received received) {
            return place(received.partition(), received.offset()) + " customer_id=" + received.event().getCustomerId()
                    + " event_id=" + received.event().getEventId();
        } else if (event instanceof ListenerEvent.Skipped skipped) {
            return place(skipped.partition(), skipped.offset()) + " skipped: " + skipped.reason();
        } else if (event instanceof ListenerEvent.Assigned assigned) {
            return "reads " + assigned.topic() + assigned.from().entrySet().stream()
                    .map(begin -> ", partition " + begin.getKey() + " from offset " + begin.getValue())
                    .collect(Collectors.joining());
        } else if (event instanceof ListenerEvent.Waiting waiting) {
            return "has no partitions of " + waiting.topic()
                    + " yet (no such topic, or other members of the group have them), waiting";
        } else if (event instanceof ListenerEvent.BrokerGone gone) {
            return "no Kafka at " + gone.bootstrap() + ", trying on";
        } else if (event instanceof ListenerEvent.BrokerBack) {
            return "Kafka is back";
        } else if (event instanceof ListenerEvent.Expelled) {
            return "the group has given this member's partitions away; what it did since its last commit is done again";
        }
        throw new IllegalArgumentException("no line for " + event);
    }

    private static String place(int partition, long offset) {
        return "partition=" + partition + " offset=" + offset;
    }
}
