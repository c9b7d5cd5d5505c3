package dev.brew.delivery.bench;

import java.util.Optional;

/**
 * Ends a JMH fork whose host has died: kill -9 of the host leaves the fork running, and with it its broker. In a JVM
 * that is no fork it does nothing.
 */
public final class ForkGuard {

    /** The host's process id, for the forks; without it, as under JMH's own main class, the fork's parent is watched. */
    public static final String HOST_PID = "delivery.host.pid";

    private static final String FORK_MAIN = "org.openjdk.jmh.runner.ForkedMain";
    private static final int EXIT_CODE = 1;

    private ForkGuard() {
    }

    /** Watches the host from now on; ends this JVM at once if the host is dead already. */
    static void watchHost() {
        if (System.getProperty("sun.java.command", "").startsWith(FORK_MAIN)) {
            // halt, not exit: a shutdown hook that hangs would keep the fork; a broker ends with our end of its stdin
            host().ifPresentOrElse(host -> host.onExit().thenRun(ForkGuard::end), ForkGuard::end);
        }
    }

    private static Optional<ProcessHandle> host() {
        Long given = Long.getLong(HOST_PID);
        return given == null ? ProcessHandle.current().parent() : ProcessHandle.of(given);
    }

    private static void end() {
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
