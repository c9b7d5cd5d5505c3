package dev.brew.delivery.broker;

import java.util.Map;
import java.util.Optional;

/**
 * A broker that another JVM has started, and closes. Immutable.
 *
 * @param bootstrap see {@link Broker#bootstrap}
 * @param settings  see {@link Broker#settings}
 * @param copies    of a partition
 */
public record SharedBroker(String bootstrap, Map<String, String> settings, short copies) implements Broker {

    public SharedBroker {
        settings = Map.copyOf(settings);
    }

    /**
     * As {@code broker} is known to the JVM that started it; empty for a cluster that nobody here has started: each user
     * connects to it by itself, with its own login.
     */
    public static Optional<SharedBroker> of(Broker broker) {
        return broker.outlivesItsUser() ? Optional.empty()
                : broker.replication().map(copies -> new SharedBroker(broker.bootstrap(), broker.settings(), copies));
    }

    @Override
    public Optional<Short> replication() {
        return Optional.of(copies);
    }

    @Override
    public boolean outlivesItsUser() {
        return true;
    }

    @Override
    public void close() {
        // others use it
    }
}
