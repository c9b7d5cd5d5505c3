package dev.brew.delivery.suite;

import dev.brew.delivery.bench.OpenRows;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.broker.SharedBroker;
import dev.brew.delivery.jvm.Parent;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.rig.Settling;
import dev.brew.delivery.text.Reason;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The JVM of one block. It opens all rows, warms them up side by side, and then lets JMH measure a slice of a row each time
 * that the host asks for one. Standard input and output are for {@link BlockJvm}: a word and its values on each line. JMH's
 * results go to a file.
 */
final class BlockMain {

    /** What the host hears: the open rows, and the floors among them. */
    static final String OPEN = "open";
    static final String SETTLING = "settling";
    static final String SETTLED = "settled";
    static final String SLICED = "sliced";
    static final String FAILED = "failed";
    static final String DONE = "done";
    /** What the host says: a further round of the warm-up, once the rows are open. */
    static final String GO = "go";
    /** A slice of a row, for so many milliseconds. */
    static final String SLICE = "slice";
    /** From now on, slices count. JMH's own code is cold in a row's first slice. */
    static final String COUNT = "count";
    static final String END = "end";
    /** Between the values of a line. */
    static final String TAB = "\t";

    private static final Duration OPENING = Duration.ofMillis(10);

    private final Task task;
    private final SuiteOptions typed;
    private final PrintStream to;
    private final PrintStream log;
    private final BlockingQueue<List<String>> commands;
    private final Random order;
    private final RunDirectory directory;
    private final OpenRows rows;
    private final OutputFormat jmh;
    /** Case to index of its open row. */
    private final Map<Integer, Integer> open = new LinkedHashMap<>();
    private final Map<Integer, List<IterationResult>> results = new HashMap<>();
    private final Set<Integer> failed = new HashSet<>();
    private boolean counting;

    /**
     * What to measure.
     *
     * @param arguments   as typed
     * @param cases       the rows
     * @param seed        of the order of rows while they warm up
     * @param warmUpMillis the longest time to settle, for all rows together
     * @param directory   of the run
     * @param block       its number, from 1
     * @param design      the setting of each trial that says how its row shared a JVM with others
     * @param paired      true if each trial gets as many slices as it needs
     * @param brokers     that are there already
     */
    record Task(List<String> arguments, List<Row> cases, long seed, long warmUpMillis, String directory, int block, String design,
                boolean paired, List<There> brokers) {

        /** See {@link Case}. */
        record Row(String benchmark, Map<String, String> params) {
        }

        /** A broker that is there already, in place of the wanted one. */
        record There(Brokers.Wanted wanted, SharedBroker broker) {
        }

        List<Case> rows() {
            return cases.stream().map(row -> new Case(row.benchmark, row.params, 1, false, 0)).toList();
        }
    }

    private BlockMain(Task task, BlockingQueue<List<String>> commands, PrintStream to, PrintStream log) throws Exception {
        this.task = task;
        this.typed = SuiteOptions.parse(task.arguments, new Properties()); // the definitions are this JVM's properties
        this.commands = commands;
        this.to = to;
        this.log = log;
        this.order = new Random(task.seed);
        this.directory = RunDirectory.open(Path.of(task.directory));
        this.rows = OpenRows.begin(task.design, task.paired, task.brokers.stream().collect(Collectors.toMap(Task.There::wanted,
                Task.There::broker)));
        this.jmh = OutputFormatFactory.createFormatInstance(log, VerboseMode.SILENT);
    }

    /** @param arguments ignored; they name the block for readers of a list of processes */
    public static void main(String[] arguments) {
        PrintStream to = System.out;
        System.setOut(System.err); // whatever libraries print belongs to the log
        int code = 0;
        try {
            Parent parent = new Parent(System.in);
            Task task = parent.task(Task.class);
            BlockingQueue<List<String>> commands = new LinkedBlockingQueue<>();
            parent.watch(line -> commands.add(List.of(line.split(TAB))), 1); // the broker ends with this JVM, its own parent
            TrialRun.keepQuietAboutUnsafe();
            new BlockMain(task, commands, to, System.err).run();
        } catch (Exception e) {
            e.printStackTrace();
            code = 1;
        }
        System.exit(code);
    }

    private void run() throws Exception {
        List<Case> cases = task.rows();
        for (int i = 0; i < cases.size(); i++) {
            open(i, cases.get(i));
        }
        List<Integer> whole = open.keySet().stream().filter(row -> !failed.contains(row)).toList();
        tell(OPEN, join(whole.stream()), join(whole.stream().filter(row -> rows.isFloor(open.get(row)))));
        settle();
        for (List<String> next = commands.take(); !next.get(0).equals(END); next = commands.take()) {
            if (next.get(0).equals(COUNT)) {
                counting = true;
                rows.measure();
            } else {
                int row = Integer.parseInt(next.get(1));
                slice(row, cases.get(row), Duration.ofMillis(Long.parseLong(next.get(2))));
            }
        }
        finish(cases);
    }

    private static String join(Stream<Integer> rows) {
        return rows.map(String::valueOf).collect(Collectors.joining(","));
    }

    private void open(int index, Case of) {
        int before = rows.count();
        long began = System.nanoTime();
        TrialRun opened = TrialRun.run(CaseOptions.slice(of, typed, directory.path(), OPENING), jmh);
        if (rows.count() > before) {
            open.put(index, before);
        }
        log.printf(Locale.ROOT, "%s: opened in %.1f s%n", of.title(), (System.nanoTime() - began) / 1e9);
        if (!opened.problems().isEmpty()) {
            StaleState.forget(of.benchmark());
            failed(index, opened.problems());
        } else if (rows.count() == before) {
            failed(index, List.of("it cannot be measured in a block (-f 1 measures it in a JVM of its own)"));
        }
    }

    private void settle() throws InterruptedException {
        List<Integer> cases = open.keySet().stream().filter(index -> !failed.contains(index)).toList();
        await(GO);
        List<WarmUpCurve> curves = rows.settle(cases.stream().map(open::get).toList(), Duration.ofMillis(task.warmUpMillis), order, new Settling.Watcher() {
            @Override
            public void round(Duration elapsed, List<Integer> left) throws InterruptedException {
                tell(SETTLING, Long.toString(elapsed.toMillis()), join(left.stream().map(cases::get)));
                if (!left.isEmpty()) {
                    await(GO);
                }
            }

            @Override
            public void failed(int row, Exception why) {
                BlockMain.this.failed(cases.get(row), List.of("warm-up: " + Reason.of(why)));
            }
        });
        for (int i = 0; i < curves.size(); i++) {
            log.println(curve(task.rows().get(cases.get(i)), curves.get(i)));
        }
        tell(SETTLED);
    }

    private void await(String word) throws InterruptedException {
        List<String> next = commands.take();
        if (!next.get(0).equals(word)) {
            throw new IllegalStateException("the host said " + next + " in place of " + word);
        }
    }

    private static String curve(Case of, WarmUpCurve curve) {
        return String.format(Locale.ROOT, "%s: %s after %.1f s; p50 in µs, look after look: %s", of.title(),
                curve.settled() ? "settled" : "not settled", curve.seconds(), curve.looks().stream()
                        .map(look -> String.format(Locale.ROOT, "%.0f (compilers %.0f %%)", look.micros(), 100 * look.compiling()))
                        .collect(Collectors.joining(", ")));
    }

    private void slice(int index, Case of, Duration time) {
        TrialRun ran = TrialRun.run(CaseOptions.slice(of, typed, directory.path(), time), jmh);
        if (!ran.problems().isEmpty()) {
            StaleState.forget(of.benchmark());
            failed(index, ran.problems());
            return;
        }
        BenchmarkResult result = ran.data().get(0);
        double micros = result.getPrimaryResult().getStatistics().getPercentile(50);
        if (counting) {
            List<IterationResult> slices = results.computeIfAbsent(index, key -> new ArrayList<>());
            slices.addAll(result.getIterationResults());
            log.printf(Locale.ROOT, "slice %d: %s: p50 %.1f µs%n", slices.size(), of.title(), micros);
        }
        tell(SLICED, Integer.toString(index), Double.toString(micros));
    }

    /** Reports a failure; the row is not measured any more. */
    private void failed(int index, List<String> why) {
        tell(FAILED, Integer.toString(index), String.join("; ", why));
        failed.add(index);
        results.remove(index);
    }

    /** Closes the rows at the same time: a row of Kafka mostly waits for its consumers to leave. */
    private void finish(List<Case> cases) throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        Map<Integer, Future<?>> closing = new LinkedHashMap<>();
        open.forEach((index, row) -> closing.put(index, pool.submit(() -> {
            if (results.containsKey(index)) {
                rows.finish(row, directory, task.block);
            } else {
                abandon(cases.get(index), row);
            }
            return null;
        })));
        pool.shutdown();
        pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS); // the host has the patience
        LinkedHashMap<Integer, BenchmarkResult> whole = new LinkedHashMap<>();
        for (Map.Entry<Integer, Future<?>> row : closing.entrySet()) {
            List<IterationResult> slices = results.get(row.getKey());
            try {
                row.getValue().get();
                if (slices != null) {
                    whole.put(row.getKey(), new BenchmarkResult(slices.get(0).getBenchmarkParams(), slices));
                }
            } catch (ExecutionException e) {
                failed(row.getKey(), List.of(Reason.of(e.getCause())));
            }
        }
        rows.close();
        Path file = results(Path.of(task.directory), task.block);
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
            out.writeObject(whole);
        }
        tell(DONE);
    }

    /** Closes a row whose failure is told already; a further one belongs to the log. */
    private void abandon(Case of, int row) {
        try {
            rows.abandon(row);
        } catch (Exception e) {
            log.println(of.title() + " has failed, and could not be closed in order: " + Reason.of(e));
        }
    }

    /** The file with a block's results, which the host reads and deletes. */
    static Path results(Path run, int block) {
        return run.resolve("block-" + block + ".jmh");
    }

    private void tell(String word, String... values) {
        to.println(word + TAB + String.join(TAB, values));
        to.flush();
    }
}
