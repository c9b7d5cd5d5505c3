package dev.brew.delivery.bench;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.rig.Settling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The rows of a block: open side by side in this JVM while JMH runs one slice after another. JMH sets a benchmark's state up
 * for each slice; the state finds its row here instead of opening it again. Rows with the same kind of broker share one. For
 * one thread, the one that JMH calls.
 */
public final class OpenRows implements AutoCloseable {

    /** In the only static state of the benchmarks, beside {@link Trial}: JMH makes the state objects. */
    private static OpenRows current;

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, BenchmarkParams> params = new LinkedHashMap<>();
    private final Map<Brokers.Wanted, Broker> brokers = new LinkedHashMap<>();
    private final String design;
    private final boolean paired;
    private boolean measuring;

    /** Opens a row. */
    @FunctionalInterface
    interface Opener {
        Row open() throws Exception;
    }

    /**
     * @param design the setting of each trial that says how rows share a JVM
     * @param paired true if a trial gets as many slices as it needs, not as many as the others
     * @param shared brokers that are there already; no other is started in place of them
     */
    private OpenRows(String design, boolean paired, Map<Brokers.Wanted, ? extends Broker> shared) {
        this.design = design;
        this.paired = paired;
        brokers.putAll(shared);
    }

    /** Begins the block of this JVM: from now on a state that JMH sets up keeps its row. */
    public static OpenRows begin(String design, boolean paired, Map<Brokers.Wanted, ? extends Broker> shared) {
        current = new OpenRows(design, paired, shared);
        return current;
    }

    static Optional<OpenRows> current() {
        return Optional.ofNullable(current);
    }

    /** The setting of a trial that says how it was measured. */
    String measurement(int slices, TimeValue each) {
        return paired ? "slices of " + each : slices + " x " + each;
    }

    /** True if samples count: not before {@link #measure}. */
    boolean isMeasuring() {
        return measuring;
    }

    Row row(BenchmarkParams of, Opener opener) throws Exception {
        String key = key(of);
        if (!rows.containsKey(key)) {
            Row opened = opener.open();
            rows.put(key, opened);
            opened.trial().setting(Environment.DESIGN, design);
        }
        params.put(key, of); // of the last slice
        return rows.get(key);
    }

    private static String key(BenchmarkParams of) {
        StringBuilder key = new StringBuilder(of.getBenchmark());
        of.getParamsKeys().stream().sorted().forEach(name -> key.append(' ').append(name).append('=').append(of.getParam(name)));
        return key.toString();
    }

    /** The broker of the rows that want this one; null if the path needs none. */
    Broker broker(PathSpec spec, Properties system) throws Exception {
        if (spec.broker().isEmpty()) {
            return null;
        }
        Brokers.Wanted wanted = spec.broker().get();
        if (!brokers.containsKey(wanted)) {
            brokers.put(wanted, Brokers.start(wanted, system, System.getenv()));
        }
        return brokers.get(wanted);
    }

    /** See {@link Settling.Row#isFloor}. */
    public boolean isFloor(int index) {
        return List.copyOf(rows.values()).get(index).isFloor();
    }

    /** The number of open rows. */
    public int count() {
        return rows.size();
    }

    /**
     * Warms the rows up.
     *
     * @param indexes of the rows, in the order in which they were opened
     * @param watcher gets places in {@code indexes}
     */
    public List<WarmUpCurve> settle(List<Integer> indexes, Duration most, Random order, Settling.Watcher watcher)
            throws InterruptedException {
        List<Row> all = indexes.stream().map(List.copyOf(rows.values())::get).toList();
        List<WarmUpCurve> curves = Settling.all(all, most, order, NanoClock.system(), watcher);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).trial().warmedUp(curves.get(i));
        }
        return curves;
    }

    /** From now on, samples count. */
    public void measure() {
        measuring = true;
    }

    /**
     * Closes the row {@code index} and writes its files. Several threads may finish or abandon different rows.
     *
     * @throws Exception if its account does not balance at the end, or a file cannot be written; then it has no files
     */
    public void finish(int index, RunDirectory directory, int trial) throws Exception {
        String key = List.copyOf(rows.keySet()).get(index);
        Row row = rows.get(key);
        row.close();
        DeliveryProfiler.write(directory, trial, row.trial(), params.get(key));
    }

    /** Closes the brokers; the rows are closed before, by {@link #finish} or {@link #abandon}. */
    @Override
    public void close() throws Exception {
        List<Broker> all = new ArrayList<>(brokers.values());
        Collections.reverse(all);
        Exception first = null;
        for (Broker broker : all) {
            try {
                broker.close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Closes a row whose figures do not count. */
    public void abandon(int index) throws Exception {
        List.copyOf(rows.values()).get(index).close();
    }
}
