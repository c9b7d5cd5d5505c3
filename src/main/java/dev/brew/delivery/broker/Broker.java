package dev.brew.delivery.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A Kafka cluster that is ready. Its starter closes it. */
public interface Broker extends AutoCloseable {

    /** Addresses for clients: {@code host:port}, joined by commas. */
    String bootstrap();

    /** Properties that clients need besides the address: protocol, login, certificates. */
    default ClientProperties client() {
        return ClientProperties.NONE;
    }

    /**
     * Settings that move the comparison: {@code broker.kind}, version, nodes, heap, garbage collector … No ports or
     * ids.
     */
    Map<String, String> settings();

    /** The replication factor for topics; empty: the cluster's default. */
    default Optional<Short> replication() {
        return Optional.of((short) 1);
    }

    /** True if topics and groups stay on it when the process that made them has ended. */
    default boolean outlivesItsUser() {
        return false;
    }

    /**
     * Reports when it has ended by itself, so that nobody waits for a timeout.
     *
     * @param lost called once with the reason, on another thread; not after {@link #close}
     */
    default void onLoss(Consumer<Throwable> lost) {
        // clients of an external cluster notice it themselves
    }

    /** CPU time that all of its nodes have used so far; empty if it is not known. */
    default Optional<Duration> cpuTime() {
        return Optional.empty();
    }

    /** Time that the JIT compilers of its nodes have been busy so far; zero if it is not known. */
    default Duration compilerTime() throws InterruptedException {
        return Duration.ZERO;
    }

    /**
     * Stops it and removes its files.
     *
     * @throws IOException if a file cannot be removed; the message names it
     */
    @Override
    void close() throws IOException;
}
