package dev.brew.delivery.cli;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import picocli.CommandLine.Option;

/** Whom a sender registers. */
final class Customers {

    private static final String PHASE = "lesson";
    private static final int PAYLOAD_BYTES = 256;

    @Option(names = "--users", paramLabel = "N", defaultValue = "5", converter = Converters.Count.class,
            description = "How many customers sign up. Default: ${DEFAULT-VALUE}")
    private int users;

    @Option(names = "--events", paramLabel = "N", converter = Converters.Count.class,
            description = "How many events; they go round the customers. Default: one for each")
    private Integer count;

    int count() {
        return count == null ? users : count;
    }

    Events events(String run, NanoClock clock) {
        return new Events(run, PHASE, users, PAYLOAD_BYTES, clock);
    }
}
