package dev.brew.delivery.bench;

/**
 * Ends a JMH fork whose host has died: kill -9 of the host leaves the fork running, and with it its broker. In a JVM
 * that is no fork it does nothing.
 */
final class ForkGuard {

    private static final String FORK_MAIN = "org.openjdk.jmh.runner.ForkedMain";
    private static final int EXIT_CODE = 1;

    private ForkGuard() {
    }

    /** Watches the host from now on. May be called again; each call costs one waiting entry. */
    static void watchHost() {
        if (System.getProperty("sun.java.command", "").startsWith(FORK_MAIN)) {
            // halt, not exit: a shutdown hook that hangs would keep the fork; a broker ends with our end of its stdin
            ProcessHandle.current().parent().ifPresent(host ->
                    host.onExit().thenRun(() -> Runtime.getRuntime().halt(EXIT_CODE)));
        }
    }
}
