package dev.brew.delivery.broker;

import java.io.IOException;
import java.util.Map;

/** A Kafka that is up and answers. Whoever started it closes it. */
public interface Broker extends AutoCloseable {

    /** What clients connect to: {@code host:port}, several joined by commas. */
    String bootstrap();

    /** What moves the comparison: {@code broker.kind}, version, nodes, heap, garbage collector … No ports or ids. */
    Map<String, String> settings();

    /** How many copies of a partition a topic on it should have. */
    default int replication() {
        return 1;
    }

    /**
     * Stops it and removes all that it left on disk.
     *
     * @throws IOException if something is left behind; the message names it
     */
    @Override
    void close() throws IOException;
}
