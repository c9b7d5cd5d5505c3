package dev.brew.delivery.report;

import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.TrialInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** A run directory as a real run leaves it, with made-up latencies of known distribution; seeded. */
final class SyntheticRun {

    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final int TRIALS = 3;
    private static final int TRIAL_MILLIS = 10_000;

    private final RunDirectory run;
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<String> command = new ArrayList<>();
    private int trials;
    private int eventsASecond = 2_000;
    private int seconds = 3;

    SyntheticRun(Path results, String label) throws IOException {
        run = RunDirectory.create(results, START, label);
    }

    SyntheticRun eventsASecond(int events) {
        eventsASecond = events;
        return this;
    }

    /** How long each trial is. */
    SyntheticRun seconds(int length) {
        seconds = length;
        return this;
    }

    /** Adds a row; its p50 is some {@code micros}. */
    SyntheticRun row(String benchmark, String path, int micros, Map<String, String> params) throws IOException {
        return row(benchmark, path, micros, params, Map.of());
    }

    SyntheticRun row(String benchmark, String path, int micros, Map<String, String> params, Map<String,
            String> settings)
            throws IOException {
        List<String> series = params.containsKey("recipients")
                ? Series.of(Recipient.names(Integer.parseInt(params.get("recipients")))) : Series.COMPLETED_ONLY;
        Map<String, String> all = new TreeMap<>(settings);
        all.put("path", path);
        all.putIfAbsent("warm-up.ms", "60000");
        for (int trial = 1; trial <= TRIALS; trial++) {
            List<Histogram> intervals = new ArrayList<>();
            for (int second = 0; second < seconds; second++) {
                long from = START.toEpochMilli() + (trials * (long) TRIAL_MILLIS) + second * 1000L;
                for (int i = 0; i < series.size(); i++) {
                    intervals.add(interval(i == 0 ? null : series.get(i), from,
                            micros * (i == 0 ? 1.0 : 0.5 + 0.02 * i)));
                }
            }
            run.writeTrial(new TrialInfo("dev.brew.delivery.bench." + benchmark + "Benchmark.event", params, trial,
                    START.toString(), all, seconds, (long) eventsASecond * seconds, series, scalars(params)), StoredInterval.of(intervals));
            trials++;
        }
        return this;
    }

    /** Of an open loop that gets no more than {@link #eventsASecond} done. */
    private Map<String, Double> scalars(Map<String, String> params) {
        return Optional.ofNullable(params.get("rate")).map(Double::valueOf).map(rate -> Map.of(Scalars.OFFERED, rate,
                Scalars.ACHIEVED, Math.min(rate, eventsASecond))).orElse(Map.of());
    }

    private Histogram interval(String tag, long fromMillis, double micros) {
        Histogram histogram = new Histogram(3);
        histogram.setTag(tag);
        histogram.setStartTimeStamp(fromMillis);
        histogram.setEndTimeStamp(fromMillis + 1000);
        for (int i = 0; i < eventsASecond; i++) {
            histogram.recordValue((long) (1000 * micros * Math.exp(0.4 * random.nextGaussian())));
        }
        return histogram;
    }

    SyntheticRun typed(String... words) {
        command.addAll(List.of(words));
        return this;
    }

    Path valid() throws IOException {
        return end(Status.ended(false, List.of(), trials, trials));
    }

    Path invalid(String problem) throws IOException {
        return end(Status.ended(false, List.of(problem), trials - 1, trials));
    }

    private Path end(Status status) throws IOException {
        run.writeSummary(command, START);
        run.writeJson("status.json", status);
        return run.path();
    }

    /** Three paths at 1, 3 and 10 recipients, and both floors. */
    static SyntheticRun full(Path results, String label) throws IOException {
        SyntheticRun run = new SyntheticRun(results, label);
        for (int n : new int[] {1, 3, 10}) {
            Map<String, String> params = Map.of("recipients", Integer.toString(n), "delay", "none");
            run.row("SequentialFanOut", "grpc-sequential", 300 * n, params);
            run.row("ParallelFanOut", "grpc-parallel", 250 + 100 * n, params);
            run.row("ProduceToConsume", "kafka", 400 + 50 * n,
                    Map.of("recipients", Integer.toString(n), "delay", "none", "acks",
                    "all"), Map.of("broker.nodes", "1"));
        }
        run.row("NullPath", "null", 1, Map.of("recipients", "1", "delay", "none"));
        return run.row("TcpRoundTrip", "tcp", 60, Map.of("payloadBytes", "256"));
    }
}
