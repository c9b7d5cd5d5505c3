package dev.brew.delivery.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a JMH fork whose host has died: kill -9 of the host leaves the fork running, and with it its broker. In a JVM
 * that is no fork it does nothing.
 */
public final class ForkGuard {

    /** The host's process id, for the forks; without it, as under JMH's own main class, the fork's parent is watched. */
    public static final String HOST_PID = "delivery.host.pid";

    private static final String FORK_MAIN = "org.openjdk.jmh.runner.ForkedMain";
    private static final int EXIT_CODE = 1;
    private static final long AGAIN_MILLIS = 500;
    private static final Path NULL_DEVICE = Path.of("/dev/null");

    private ForkGuard() {
    }

    /** Watches the host from now on; ends this JVM at once if the host is dead already. */
    static void watchHost() {
        if (System.getProperty("sun.java.command", "").startsWith(FORK_MAIN)) {
            // halt, not exit: a shutdown hook that hangs would keep the fork; a broker ends with our end of its stdin
            host().ifPresentOrElse(ForkGuard::watch, ForkGuard::end);
        }
    }

    /**
     * A JVM without a free file descriptor takes every process for dead, since it cannot read of it. Its trial fails for
     * that reason, and must live to say so.
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
            return true; // another system
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
