package dev.brew.delivery.suite;

import dev.brew.delivery.run.UsageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.results.BenchmarkResult;

/**
 * One block: starts its JVM, has its rows measured in turn, a slice each, in random order, and collects their results.
 * {@link #run} is for one thread.
 */
final class BlockRun {

    /** Slices of each row in a block, and their duration. Eight points show a trend, and 25 s for all rows are affordable. */
    static final int SLICES = 8;
    static final Duration SLICE = Duration.ofMillis(300);
    static final Duration SLICE_OF_FLOOR = Duration.ofMillis(100);
    /** The longest time for its rows to settle: on two cores they need 100 s side by side, and more in a slow spell. */
    static final Duration MOST_WARM_UP = Duration.ofSeconds(150);

    private final BlockJvm.Block block;
    private final Watcher watcher;

    /** Follows a block. */
    interface Watcher extends BlockJvm.Watcher {

        /** @param slice from 0, the one that does not count */
        void measuring(int slice);

        /** Gets the lines that the JVM writes to standard error. */
        OutputStream log();
    }

    /**
     * The end of a block.
     *
     * @param results  of each row that was measured whole
     * @param problems the reasons why others were not, a line each
     */
    record Outcome(Map<Case, BenchmarkResult> results, List<String> problems) {
    }

    BlockRun(BlockJvm.Block block, Watcher watcher) {
        this.block = block;
        this.watcher = watcher;
    }

    Outcome run() throws IOException, InterruptedException, UsageException {
        Path log = block.run().path().resolve("block-" + block.number() + ".log");
        try (BlockJvm jvm = BlockJvm.start(block, watcher, log)) {
            jvm.settle();
            measure(jvm);
            jvm.finish();
            return new Outcome(jvm.results(), jvm.problems());
        } finally {
            if (Files.exists(log)) {
                Files.copy(log, watcher.log());
                Files.delete(log);
            }
        }
    }

    private void measure(BlockJvm jvm) throws InterruptedException {
        Random order = new Random(block.seed());
        for (int slice = 0; slice <= block.typed().slices() && !jvm.rows().isEmpty(); slice++) { // slice 0 does not count
            if (slice == 1) {
                jvm.count();
            }
            watcher.measuring(slice);
            List<Integer> inTurn = new ArrayList<>(jvm.rows());
            Collections.shuffle(inTurn, order);
            for (int row : inTurn) {
                jvm.slice(row, jvm.isFloor(row) ? SLICE_OF_FLOOR : SLICE);
            }
        }
    }
}
