package dev.brew.delivery.path.grpc;

import dev.brew.delivery.text.Few;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Stops all given parts, one after another, and then reports the parts that did not stop. For one thread. */
final class Shutdown {

    private static final long SECONDS = 5;

    private final String whose;
    private final List<String> left = new ArrayList<>();
    private boolean interrupted;

    Shutdown(String whose) {
        this.whose = whose;
    }

    /** Waits for the end of a part; returns {@code true} if it ended within the timeout. */
    @FunctionalInterface
    interface Ending {
        boolean within(long timeout, TimeUnit unit) throws InterruptedException;
    }

    Shutdown await(String what, Ending ending) {
        try {
            if (!ending.within(SECONDS, TimeUnit.SECONDS)) {
                left.add(what);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            left.add(what);
        }
        return this;
    }

    Shutdown executor(ExecutorService executor) {
        executor.shutdown();
        return await("its executor", executor::awaitTermination);
    }

    Shutdown eventLoops(EventLoopGroup loops) {
        loops.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS);
        return await("its event loops", loops::awaitTermination);
    }

    /** @throws IllegalStateException if a part has not ended; the message names it */
    void finish() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException(whose + " has not stopped within " + SECONDS + " s: "
                    + Few.of(left, ", "));
        }
    }
}
