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

/** A recipient that reads: one member of a consumer group, one line for each record. */
@Command(name = "kafka-listener", mixinStandardHelpOptions = true, description = {
    "A recipient over Kafka: reads the topic as a consumer group and prints each event, until Ctrl-C.",
    "Offsets are committed after processing (at least once); a group that has committed goes on where it stopped."})
final class KafkaListenerCommand implements Callable<Integer> {

    @Option(names = "--group", paramLabel = "GROUP", description = "The consumer group. Default: $LISTENER_GROUP")
    private String group;

    @Mixin
    private Cluster cluster;

    @Option(names = "--from-start",
            description = "A group that has never committed begins with the first record, not with the next one")
    private boolean fromStart;

    @Option(names = "--delay", paramLabel = "DELAY", defaultValue = "none", converter = Converters.Delay.class,
            description = "How long it works on each event: none, fixed:200ms, exp:2ms … Default: ${DEFAULT-VALUE}")
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
                NanoClock.system(), told -> System.out.println("[" + given + "] " + line(told)));
        return Foreground.run(listener::stop, () -> {
            listener.run();
            System.out.println("[" + given + "] stopped");
            return 0;
        });
    }

    /** A line for people; nothing reads it but them. */
    static String line(ListenerEvent told) {
        if (told instanceof ListenerEvent.Received one) {
            return place(one.partition(), one.offset()) + " customer_id=" + one.event().getCustomerId() + " event_id="
                    + one.event().getEventId();
        } else if (told instanceof ListenerEvent.Skipped one) {
            return place(one.partition(), one.offset()) + " skipped: " + one.reason();
        } else if (told instanceof ListenerEvent.Assigned one) {
            return "reads " + one.topic() + one.from().entrySet().stream()
                    .map(begin -> ", partition " + begin.getKey() + " from offset " + begin.getValue())
                    .collect(Collectors.joining());
        } else if (told instanceof ListenerEvent.Waiting one) {
            return "has no partitions of " + one.topic() + " yet (no such topic, or other members of the group have them), waiting";
        } else if (told instanceof ListenerEvent.BrokerGone one) {
            return "no Kafka at " + one.bootstrap() + ", trying on";
        } else if (told instanceof ListenerEvent.BrokerBack) {
            return "Kafka is back";
        } else if (told instanceof ListenerEvent.Expelled) {
            return "the group has given this member's partitions away; what it did since its last commit is done again";
        }
        throw new IllegalArgumentException("no words for " + told);
    }

    private static String place(int partition, long offset) {
        return "partition=" + partition + " offset=" + offset;
    }
}
