package dev.brew.delivery.scenario.rows;

import dev.brew.delivery.scenario.harness.Scenario;
import java.util.List;

/** The rows of the decision matrix, in the order in which they run and are shown. */
public final class Scenarios {

    private static final List<Scenario> ALL = List.of(
            new SenderKnowsRecipients(),
            new AddRecipient(),
            new Latency(),
            new SlowRecipient(),
            new SenderLearnsOfError(),
            new Replay(),
            new DeliveryGuarantee(),
            new Backpressure(),
            new Ordering(),
            new KafkaAsRpc(),
            new LogAndSkip(),
            new DualWrite(),
            new QueriesOverKafka());

    private Scenarios() {
    }

    /** All of them. */
    public static List<Scenario> all() {
        return ALL;
    }

    /** The names that {@code --row} accepts. */
    public static List<String> names() {
        return ALL.stream().map(scenario -> scenario.claim().name()).toList();
    }

    /** @throws IllegalArgumentException if no row has this name; the message lists the names */
    public static Scenario named(String name) {
        return ALL.stream().filter(scenario -> scenario.claim().name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such row: '" + name + "' (there are "
                        + String.join(", ", names()) + ")"));
    }
}
