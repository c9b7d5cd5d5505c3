package dev.brew.delivery.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a JMH fork when its host has died: kill -9 of the host leaves the fork and its broker running. In a JVM that is
 * not a fork it does nothing.
 */
public final class ForkGuard {

    /**
     * The property with the host's process id. If it is not set, as under JMH's own main class, a fork watches its
     * parent process.
     */
    public static final String HOST_PID = "delivery.host.pid";

    private static final String FORK_MAIN = "org.openjdk.jmh.runner.ForkedMain";
    private static final int EXIT_CODE = 1;
    private static final long AGAIN_MILLIS = 500;
    private static final Path NULL_DEVICE = Path.of("/dev/null");

    private ForkGuard() {
    }

    /** Starts to watch the host; ends this JVM at once if the host is already dead. */
    static void watchHost() {
        if (System.getProperty("sun.java.command", "").startsWith(FORK_MAIN)) {
            // halt, not exit: a hanging shutdown hook would keep the fork alive; a broker ends when its stdin closes
            host().ifPresentOrElse(ForkGuard::watch, ForkGuard::end);
        }
    }

    /**
     * Ends this JVM when the host has died. A JVM without a free file descriptor cannot read a process's state, and
     * reports every process as dead. The trial of such a JVM fails for that reason, and the JVM must stay alive to
     * report it.
     */
    private static void watch(ProcessHandle host) {
        host.onExit().thenRun(() -> {
            if (canOpenFiles() && !host.isAlive()) {
                end();
            } else {
                CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS).execute(() -> watch(host));
            }
        });
    }

    private static boolean canOpenFiles() {
        if (!Files.exists(NULL_DEVICE)) {
            return true; // the system has no /dev/null to try
        }
        try (InputStream opened = Files.newInputStream(NULL_DEVICE)) {
            return opened != null;
        } catch (IOException e) {
            return false;
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
