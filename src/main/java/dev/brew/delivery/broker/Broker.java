package dev.brew.delivery.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A Kafka that is up and answers. Whoever started it closes it. */
public interface Broker extends AutoCloseable {

    /** What clients connect to: {@code host:port}, several joined by commas. */
    String bootstrap();

    /** What clients need beside the address: protocol, login, certificates. */
    default ClientProperties client() {
        return ClientProperties.NONE;
    }

    /** What moves the comparison: {@code broker.kind}, version, nodes, heap, garbage collector … No ports or ids. */
    Map<String, String> settings();

    /** How many copies of a partition a topic on it should have; empty: as it has it by default. */
    default Optional<Short> replication() {
        return Optional.of((short) 1);
    }

    /** True if topics and groups stay on it when whoever made them has ended. */
    default boolean outlivesItsUser() {
        return false;
    }

    /**
     * Tells when it has ended by itself, so that whoever waits for it need not wait for a timeout.
     *
     * @param told given the reason, once, on a thread of its own; not at all if {@link #close} came before
     */
    default void onLoss(Consumer<Throwable> told) {
        // a cluster that somebody else runs: clients learn of it by themselves
    }

    /** CPU time that all of its nodes have used so far; empty where nobody can tell. */
    default Optional<Duration> cpuTime() {
        return Optional.empty();
    }

    /** For how long the compilers of its nodes have been busy so far; zero where nobody can tell. */
    default Duration compilerTime() throws InterruptedException {
        return Duration.ZERO;
    }

    /**
     * Stops it and removes all that it left on disk.
     *
     * @throws IOException if something is left behind; the message names it
     */
    @Override
    void close() throws IOException;
}
