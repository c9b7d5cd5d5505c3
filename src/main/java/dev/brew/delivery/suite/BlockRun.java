package dev.brew.delivery.suite;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.jvm.JvmArguments;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.runner.CompilerHints;

/**
 * One block: starts its JVM, relays its progress, and collects its results. {@link #run} is for one thread.
 */
final class BlockRun {

    /** Slices of each row in a block, and their duration. Eight points show a trend, and 25 s for all rows are affordable. */
    static final int SLICES = 8;
    static final Duration SLICE = Duration.ofMillis(300);
    static final Duration SLICE_OF_FLOOR = Duration.ofMillis(100);
    /** The longest time for its rows to settle: on two cores they need 100 s side by side, and more in a slow spell. */
    static final Duration MOST_WARM_UP = Duration.ofSeconds(150);
    /** A block that says nothing for this time hangs; the longest step without a word is the opening of a slow broker. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final BlockMain.Task task;
    private final List<Case> cases;
    private final SuiteOptions typed;
    private final Watcher watcher;
    private final List<String> problems = new ArrayList<>();
    private boolean done;

    /** Follows a block. */
    interface Watcher {

        void opened(int rows);

        /** @param left the rows that have not settled */
        void settling(Duration elapsed, List<Case> left);

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

    /** @param cases those of {@code task} */
    BlockRun(BlockMain.Task task, List<Case> cases, SuiteOptions typed, Watcher watcher) {
        this.task = task;
        this.cases = cases;
        this.typed = typed;
        this.watcher = watcher;
    }

    Outcome run() throws IOException, InterruptedException {
        ProcessBuilder builder = ChildJvm.of(flags(), BlockMain.class, List.of("block", Integer.toString(task.block())));
        if (typed.jmh().getJvm().hasValue()) {
            builder.command().set(0, typed.jmh().getJvm().get());
        }
        Path log = Path.of(task.directory()).resolve("block-" + task.block() + ".log");
        builder.redirectError(log.toFile());
        try (ChildProcess child = ChildProcess.start(builder, task)) {
            relay(child);
            if (done) {
                child.waitFor(PATIENCE);
            } else if (problems.isEmpty()) {
                problems.add("its JVM ended before the block was done (exit code " + child.exitCode() + ")");
            }
        } finally {
            if (Files.exists(log)) {
                Files.copy(log, watcher.log());
                Files.delete(log);
            }
        }
        return new Outcome(results(), List.copyOf(problems));
    }

    /** As JMH starts its forks, with its hints for the compiler. */
    private List<String> flags() {
        List<String> flags = new ArrayList<>(typed.jmh().getJvmArgsPrepend().orElse(List.of()));
        flags.addAll(typed.jmh().getJvmArgs().hasValue() ? typed.jmh().getJvmArgs().get()
                : JvmArguments.ofThisJvm().forMeasuring());
        flags.addAll(typed.jmh().getJvmArgsAppend().orElse(List.of()));
        typed.definitions().forEach((name, value) -> flags.add("-D" + name + "=" + value));
        flags.add("-Djmh.ignoreLock=true"); // this JVM holds the lock
        CompilerHints.addCompilerHints(flags);
        return flags;
    }

    private void relay(ChildProcess child) throws InterruptedException {
        try {
            for (Optional<String> line = child.next(PATIENCE); line.isPresent() && !done; line = child.next(PATIENCE)) {
                hear(List.of(line.get().split(BlockMain.TAB, -1)));
            }
        } catch (TimeoutException e) {
            problems.add("nothing was heard of it for " + PATIENCE.toSeconds() + " s, so it was ended");
        }
    }

    private void hear(List<String> words) {
        switch (words.get(0)) {
            case BlockMain.OPEN -> watcher.opened(Integer.parseInt(words.get(1)));
            case BlockMain.SETTLING -> watcher.settling(Duration.ofMillis(Long.parseLong(words.get(1))),
                    Arrays.stream(words.get(2).split(",")).filter(word -> !word.isEmpty()).map(this::row).toList());
            case BlockMain.MEASURING -> watcher.measuring(Integer.parseInt(words.get(1)));
            case BlockMain.FAILED -> problems.add(row(words.get(1)).title() + ": " + words.get(2));
            case BlockMain.DONE -> done = true;
            default -> problems.add(String.join(" ", words)); // such as a JVM that did not start
        }
    }

    private Case row(String index) {
        return cases.get(Integer.parseInt(index));
    }

    private Map<Case, BenchmarkResult> results() throws IOException {
        Path file = BlockMain.results(Path.of(task.directory()), task.block());
        Map<Case, BenchmarkResult> results = new LinkedHashMap<>();
        if (done) {
            try (InputStream in = Files.newInputStream(file); ObjectInputStream objects = new ObjectInputStream(in)) {
                Map<?, ?> whole = (Map<?, ?>) objects.readObject();
                whole.forEach((index, result) -> results.put(row(index.toString()), (BenchmarkResult) result));
            } catch (ClassNotFoundException e) {
                throw new IOException(file + " holds results of another build", e);
            }
        }
        Files.deleteIfExists(file);
        return results;
    }
}
