package dev.brew.delivery.bench;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.results.WarmUpCurve;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The current trial, in the only static state of the benchmarks. JMH gives a profiler no access to a state object, so
 * the state stores its trial here and {@link DeliveryProfiler} reads it. JMH calls both on one thread of the fork.
 */
final class Trial {

    private static Trial current;

    private final TrialRecorder recorder;
    private final Map<String, String> settings;
    private final NanoClock clock;
    private final List<StoredInterval> measured = new ArrayList<>();
    private List<Histogram> iteration = List.of();
    private int iterations;
    private long sent;
    private boolean sound;
    private WarmUpCurve warmUp;
    private final Map<String, List<Double>> scalars = new TreeMap<>();

    Trial(TrialRecorder recorder, Map<String, String> settings, NanoClock clock) {
        this.recorder = recorder;
        this.settings = new HashMap<>(settings);
        this.clock = clock;
    }

    /**
     * Forgets the previous trial, which exists if forks are off. Otherwise a trial whose set-up fails would show the
     * previous trial's figures.
     */
    static synchronized void forget() {
        current = null;
    }

    /** Makes this the trial whose iterations JMH runs from now on. */
    void isNext() {
        use(this);
    }

    private static synchronized void use(Trial trial) {
        current = trial;
    }

    /** This JVM's trial; null if the benchmark has begun no trial. */
    static synchronized Trial current() {
        return current;
    }

    TrialRecorder recorder() {
        return recorder;
    }

    void startIteration() {
        recorder.start(clock.nanos());
    }

    /** @param counts true for a measured iteration, false for warm-up, whose samples are dropped */
    void stopIteration(boolean counts, long eventsSent) {
        List<Histogram> intervals = recorder.stop(clock.nanos());
        iteration = counts ? intervals : List.of();
        if (counts) {
            measured.addAll(StoredInterval.of(intervals)); // a long trial would fill the heap, and collections would last
            iterations++;
            sent += eventsSent;
        }
    }

    /**
     * Marks the trial as sound: it has ended and its account balances. JMH calls profilers even after a failed
     * tear-down.
     */
    void end() {
        sound = true;
    }

    void warmedUp(WarmUpCurve curve) {
        warmUp = curve;
    }

    /** Null before the warm-up. */
    WarmUpCurve warmUp() {
        return warmUp;
    }

    /** True if the trial has ended and its account balances. */
    boolean isSound() {
        return sound;
    }

    /** The intervals of the iteration that has just stopped; empty after a warm-up. */
    List<Histogram> iteration() {
        return iteration;
    }

    /** The intervals of all measured iterations. */
    List<StoredInterval> measured() {
        return measured;
    }

    int iterations() {
        return iterations;
    }

    long sent() {
        return sent;
    }

    List<String> series() {
        return recorder.series();
    }

    /** Adds a setting that is known only after the start of the trial. */
    void setting(String name, String value) {
        settings.put(name, value);
    }

    /** Adds a figure of the measured iteration that has just stopped; see {@link dev.brew.delivery.results.Scalars}. */
    void scalar(String name, double value) {
        scalars.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    /** The mean of each figure over the measured iterations, which are equally long. */
    Map<String, Double> scalars() {
        Map<String, Double> means = new TreeMap<>();
        scalars.forEach((name, values) -> means.put(name,
                values.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
        return means;
    }

    /** The figures of the iteration that has just stopped. */
    Map<String, Double> lastScalars() {
        Map<String, Double> last = new TreeMap<>();
        scalars.forEach((name, values) -> last.put(name, values.get(values.size() - 1)));
        return last;
    }

    Map<String, String> settings() {
        return settings;
    }
}
