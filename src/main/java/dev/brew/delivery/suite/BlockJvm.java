package dev.brew.delivery.suite;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.broker.SharedBroker;
import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.run.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.runner.CompilerHints;

/**
 * The JVM of a block ({@link BlockMain}) as the host sees it: rows that are open side by side and measured when they are asked
 * to be. A row that fails is left out from then on; so are all rows once the JVM has ended or hangs. For one thread.
 */
public final class BlockJvm implements AutoCloseable {

    /** A block that says nothing for this time hangs; the longest step without a word is the opening of a slow broker. */
    static final Duration PATIENCE = Duration.ofMinutes(5);
    /** The version of what host and block say to each other; each jar carries its own in {@link #PROTOCOL_ENTRY}. */
    public static final String PROTOCOL = "1";
    public static final String PROTOCOL_ENTRY = "dev/brew/delivery/suite/block.properties";

    private final Block block;
    private final Watcher watcher;
    private final ChildProcess child;
    private final Set<Integer> rows = new TreeSet<>();
    private final Set<Integer> floors = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();
    private boolean done;
    private boolean gone;
    private boolean spoken;

    /** Follows the start of a block. */
    public interface Watcher {

        /** Its rows are open. */
        void opened(int rows);

        /** @param left the rows that have not settled */
        void settling(Duration elapsed, List<Case> left);
    }

    /**
     * What is measured in it.
     *
     * @param jar    whose classes it has; empty: those of this JVM
     * @param typed  the options of the run
     * @param seed   of the order of rows while they warm up
     * @param run    gets the files of each row
     * @param number of the block, and of its trials, from 1
     * @param around what is there besides
     */
    public record Block(Optional<Path> jar, SuiteOptions typed, List<Case> cases, long seed, RunDirectory run, int number,
                        Around around) {

        private BlockMain.Task task() throws UsageException {
            return new BlockMain.Task(typed.jmhArguments(),
                    cases.stream().map(row -> new BlockMain.Task.Row(row.benchmark(), row.params())).toList(), seed,
                    (around.another ? 2 : 1) * typed.warmUp().toMillis(), run.path().toAbsolutePath().toString(), number, around.design(cases.size()),
                    around.another,
                    around.brokers.entrySet().stream()
                            .map(there -> new BlockMain.Task.There(there.getKey(), there.getValue())).toList());
        }

        private ProcessBuilder jvm() {
            List<String> arguments = List.of("block", Integer.toString(number));
            ProcessBuilder jvm = jar.isPresent() ? ChildJvm.of(flags(), jar.get().toString(), BlockMain.class.getName(), arguments)
                    : ChildJvm.of(flags(), BlockMain.class, arguments);
            if (typed.jmh().getJvm().hasValue()) {
                jvm.command().set(0, typed.jmh().getJvm().get());
            }
            return jvm;
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
    }

    /**
     * What is there besides a block.
     *
     * @param another  true if the block of another side is up at the same time
     * @param brokers  that are there already, by what the rows want
     * @param patience a block that says nothing for this time hangs
     */
    public record Around(boolean another, Map<Brokers.Wanted, SharedBroker> brokers, Duration patience) {

        /** A block that has the machine for itself, and starts its broker. */
        static final Around ALONE = new Around(false, Map.of(), PATIENCE);

        /** The setting of each trial. The rows of a pair get fewer as they are decided, and are compared all the same. */
        private String design(int rows) {
            return Environment.BLOCK + (another ? " beside the other side's"
                    : " of " + rows + (rows == 1 ? " row" : " rows side by side"));
        }
    }

    private BlockJvm(Block block, Watcher watcher, ChildProcess child) {
        this.block = block;
        this.watcher = watcher;
        this.child = child;
    }

    /**
     * Starts it.
     *
     * @param log gets what it writes to standard error
     */
    public static BlockJvm start(Block block, Watcher watcher, Path log) throws IOException, UsageException {
        return new BlockJvm(block, watcher, ChildProcess.start(block.jvm().redirectError(log.toFile()), block.task()));
    }

    /** Waits until its rows are open and have settled, or their time is over. */
    public void settle() throws InterruptedException {
        open();
        while (settleOn()) {
            // one round after the other
        }
    }

    /** Waits until its rows are open. */
    public void open() throws InterruptedException {
        await(Set.of(BlockMain.OPEN));
    }

    /**
     * Has the rows that have not settled loaded and looked at once more, after {@link #open}.
     *
     * @return false if all rows have settled now, their time is over, or the JVM is lost
     */
    public boolean settleOn() throws InterruptedException {
        child.tell(BlockMain.GO);
        List<String> words = await(Set.of(BlockMain.SETTLING, BlockMain.SETTLED));
        if (!words.isEmpty() && words.get(0).equals(BlockMain.SETTLING) && numbers(words.get(2)).isEmpty()) {
            words = await(Set.of(BlockMain.SETTLED));
        }
        return !words.isEmpty() && words.get(0).equals(BlockMain.SETTLING);
    }

    /** The rows that can be measured, by their places among the cases, ascending. */
    public List<Integer> rows() {
        return gone ? List.of() : List.copyOf(rows);
    }

    /** True for a row whose events take microseconds. */
    public boolean isFloor(int row) {
        return floors.contains(row);
    }

    /** From now on, slices count. */
    public void count() {
        child.tell(BlockMain.COUNT);
    }

    /**
     * Measures a row.
     *
     * @return the median in µs; empty if it has failed
     */
    public OptionalDouble slice(int row, Duration time) throws InterruptedException {
        child.tell(String.join(BlockMain.TAB, BlockMain.SLICE, Integer.toString(row), Long.toString(time.toMillis())));
        List<String> words = await(Set.of(BlockMain.SLICED, BlockMain.FAILED));
        return !words.isEmpty() && words.get(0).equals(BlockMain.SLICED)
                ? OptionalDouble.of(Double.parseDouble(words.get(2))) : OptionalDouble.empty();
    }

    /** Closes the rows and writes the files of those that were measured; waits until the JVM has ended. */
    public void finish() throws InterruptedException {
        child.tell(BlockMain.END);
        if (!await(Set.of(BlockMain.DONE)).isEmpty()) {
            child.waitFor(block.around.patience);
            done = true;
        }
    }

    /** What has failed, a line each: a row, or the JVM. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** JMH's results of the rows that were measured whole; none if the JVM was lost. Only once, after {@link #finish}. */
    Map<Case, BenchmarkResult> results() throws IOException {
        Map<Case, BenchmarkResult> results = new LinkedHashMap<>();
        if (done) {
            try (InputStream in = Files.newInputStream(file()); ObjectInputStream objects = new ObjectInputStream(in)) {
                Map<?, ?> whole = (Map<?, ?>) objects.readObject();
                whole.forEach((index, result) -> results.put(row(index.toString()), (BenchmarkResult) result));
            } catch (ClassNotFoundException e) {
                throw new IOException(file() + " holds results of another build", e);
            }
        }
        return results;
    }

    /** Kills the JVM if it is not over; its broker ends with it. May be called by any thread. */
    public void kill() {
        child.kill();
    }

    /** As {@link #kill}, and removes what it has left for the host. */
    @Override
    public void close() throws IOException {
        child.close();
        Files.deleteIfExists(file());
    }

    private Path file() {
        return BlockMain.results(block.run.path(), block.number);
    }

    /** Waits for one of {@code words}, and returns it with its values; empty if the JVM is lost. */
    private List<String> await(Set<String> words) throws InterruptedException {
        try {
            for (Optional<String> line = child.next(block.around.patience); line.isPresent(); line = child.next(block.around.patience)) {
                List<String> heard = List.of(line.get().split(BlockMain.TAB, -1));
                hear(heard);
                if (words.contains(heard.get(0))) {
                    return heard;
                }
            }
            if (!gone && !spoken) { // the JVM's own words say more
                problems.add("its JVM ended before the block was done (exit code " + child.exitCode() + ")");
            }
        } catch (TimeoutException e) {
            problems.add("nothing was heard of it for " + block.around.patience.toSeconds() + " s, so it was ended");
            child.kill();
        }
        gone = true;
        return List.of();
    }

    private void hear(List<String> words) {
        switch (words.get(0)) {
            case BlockMain.OPEN -> {
                rows.addAll(numbers(words.get(1)));
                floors.addAll(numbers(words.get(2)));
                watcher.opened(rows.size());
            }
            case BlockMain.SETTLING -> watcher.settling(Duration.ofMillis(Long.parseLong(words.get(1))),
                    numbers(words.get(2)).stream().map(block.cases::get).toList());
            case BlockMain.FAILED -> {
                problems.add(row(words.get(1)).title() + ": " + words.get(2));
                rows.remove(Integer.valueOf(words.get(1)));
            }
            case BlockMain.SETTLED, BlockMain.SLICED, BlockMain.DONE -> {
                // an answer that is waited for
            }
            default -> { // such as a JVM that did not start
                problems.add(String.join(" ", words));
                spoken = true;
            }
        }
    }

    private static List<Integer> numbers(String joined) {
        return Arrays.stream(joined.split(",")).filter(word -> !word.isEmpty()).map(Integer::valueOf).toList();
    }

    private Case row(String index) {
        return block.cases.get(Integer.parseInt(index));
    }
}
