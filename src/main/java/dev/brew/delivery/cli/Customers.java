package dev.brew.delivery.cli;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import picocli.CommandLine.Option;

/** The customers that a sender registers. */
final class Customers {

    private static final String PHASE = "lesson";
    private static final int PAYLOAD_BYTES = 256;

    @Option(names = "--users", paramLabel = "N", defaultValue = "5", converter = Converters.Count.class,
            description = "Number of customers. Default: ${DEFAULT-VALUE}")
    private int users;

    @Option(names = "--events", paramLabel = "N", converter = Converters.Count.class,
            description = "Number of events, spread over the customers in turn. Default: one for each customer")
    private Integer count;

    int count() {
        return count == null ? users : count;
    }

    Events events(String run, NanoClock clock) {
        return new Events(run, PHASE, users, PAYLOAD_BYTES, clock);
    }
}
