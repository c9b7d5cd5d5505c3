package dev.brew.delivery.results;

import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.DisturbanceFile.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The directory of a run of disturb with made-up latencies: two recipients, the first of which is disturbed in the third of
 * four seconds. Before and after it every latency is 1 ms, received is half of it.
 */
public final class SyntheticDisturbance {

    private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
    private static final long MILLI = 1_000_000;

    private final RunDirectory run;
    private final double rate;
    private final Map<String, Result> paths = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

    /** @param rate events/s, for the file; each second has 100 events */
    public SyntheticDisturbance(Path results, double rate) throws IOException {
        this.run = RunDirectory.create(results, START, "disturb");
        this.rate = rate;
    }

    /** Adds a path whose sender waits {@code senderMillis} in the disturbance, and whose disturbed recipient gets 2 s late. */
    public SyntheticDisturbance path(String name, long senderMillis, long failed, long steadyMillis, String... problems)
            throws IOException {
        Map<Stage, List<Histogram>> stages = new LinkedHashMap<>();
        stages.put(Stage.BEFORE, second(0, MILLI, MILLI, 0));
        stages.put(Stage.DURING, second(2, 2000 * MILLI, senderMillis * MILLI, failed));
        stages.put(Stage.AFTER, second(3, MILLI, MILLI, 0));
        Map<Stage, Map<String, Quantiles>> quantiles = new LinkedHashMap<>();
        for (Map.Entry<Stage, List<Histogram>> stage : stages.entrySet()) {
            run.writeHlog(RunDirectory.stageStem(name, stage.getKey()), stage.getValue());
            Map<String, Quantiles> series = new LinkedHashMap<>();
            HistogramFiles.mergeBySeries(stage.getValue())
                    .forEach((key, histogram) -> series.put(key, Quantiles.of(histogram)));
            quantiles.put(stage.getKey(), series);
        }
        List<Sample> samples = List.of(sample(100, 1), sample(2100, 90), sample(2900, 150), sample(3100, 120), sample(3900, 0));
        paths.put(name, new Result(quantiles, failed == 0 ? Map.of() : Map.of("DEADLINE_EXCEEDED", failed), samples, 120,
                steadyMillis, 0, -1, List.of(problems)));
        settings.put(RunDirectory.pathStem(name), Map.of("path", name, "recipients", "2"));
        return this;
    }

    private static Sample sample(long millis, long lag) {
        return new Sample(millis, millis, millis - lag, 0, lag, List.of(lag, 0L), 64);
    }

    private static List<Histogram> second(int second, long completed, long sender, long failed) {
        List<Histogram> intervals = new ArrayList<>();
        intervals.add(interval(second, null, completed, 100 - failed));
        intervals.add(interval(second, "sender", sender, 100));
        intervals.add(interval(second, "analytics", completed / 2, 100 - failed));
        intervals.add(interval(second, "notifications", MILLI / 2, 100));
        return intervals;
    }

    private static Histogram interval(int second, String tag, long nanos, long count) {
        Histogram histogram = new Histogram(3);
        histogram.setTag(tag);
        histogram.setStartTimeStamp(START.toEpochMilli() + second * 1000L);
        histogram.setEndTimeStamp(START.toEpochMilli() + second * 1000L + 1000);
        histogram.recordValueWithCount(nanos, count);
        return histogram;
    }

    /** Writes the run's other files and returns its directory. */
    public Path valid() throws IOException {
        run.writeJson(RunDirectory.DISTURBANCE, new DisturbanceFile("analytics", null, rate, 2000, 1000, 30_000,
                DisturbanceFile.table(paths, 2, 0), paths));
        run.writeJson("environment.json", Environment.of(List.of("disturb"), START.toString(), settings));
        run.writeJson("status.json", Status.ended(false, List.of(), paths.size(), paths.size()));
        return run.path();
    }
}
