package dev.brew.delivery.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * summary.json: one row for each benchmark and parameter set.
 *
 * @param schema version of this file's form
 * @param unit   of every latency: {@code ns}
 */
public record Summary(int schema, String unit, List<Row> rows) {

    /** A point whose achieved rate is below this share of the offered rate is saturated. */
    private static final double WHOLE = 0.999;
    static final int SCHEMA = 1;

    /**
     * @param stem        the name of the row and of its files
     * @param benchmark   JMH's name
     * @param path        {@code grpc-sequential}, {@code grpc-parallel}, {@code kafka}, {@code null} or {@code tcp}
     * @param params      JMH's parameters
     * @param fingerprint of this row's settings, the machine and the versions
     * @param series      each series over all trials; merged by adding histograms
     * @param trials      each trial by itself: the unit of replication
     */
    public record Row(String stem, String benchmark, String path, Map<String, String> params, String fingerprint,
                      Map<String, Quantiles> series, List<Trial> trials) {

        /** The mean of a scalar over the trials that have it; empty if no trial has it. */
        public OptionalDouble scalar(String name) {
            return mean(trials.stream().map(Trial::scalars).toList(), name);
        }

        /**
         * True for load that the system could not keep up with: its latencies grow with the length of the run and have no
         * meaning. Always false in a closed loop, which offers no rate.
         */
        public boolean saturated() {
            return isSaturated(trials.stream().map(Trial::scalars).toList());
        }
    }

    /** As {@link Row#saturated}, of the trials with these scalars. */
    public static boolean isSaturated(List<Map<String, Double>> trials) {
        OptionalDouble offered = mean(trials, Scalars.OFFERED);
        if (trials.stream().anyMatch(scalars -> scalars.containsKey(Scalars.GAVE_UP))) {
            return true;
        }
        return offered.isPresent() && mean(trials, Scalars.ACHIEVED).orElse(0) < WHOLE * offered.getAsDouble();
    }

    private static OptionalDouble mean(List<Map<String, Double>> trials, String name) {
        return trials.stream().map(scalars -> scalars.get(name)).filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue).average();
    }

    /**
     * @param trial  the trial's number
     * @param sent   measured events
     * @param drift  median of completed in the first half of the trial's seconds ÷ its median in the second half: well
     *               above 1 means that the system was still warming up; 1 if the trial has only one second
     * @param series  this trial's series
     * @param scalars see {@link TrialInfo}
     */
    public record Trial(int trial, long sent, double drift, Map<String, Quantiles> series,
                        Map<String, Double> scalars) {

        public Trial {
            scalars = scalars == null ? Map.of() : new TreeMap<>(scalars);
        }
    }

    /** The summary of trials that have succeeded. */
    public static Summary of(Environment environment, List<RunDirectory.Trial> trials) {
        Map<String, List<RunDirectory.Trial>> byStem = trials.stream()
                .collect(Collectors.groupingBy(RunDirectory.Trial::stem, LinkedHashMap::new, Collectors.toList()));
        List<Row> rows = new ArrayList<>();
        byStem.forEach((stem, some) -> rows.add(row(stem, environment, some)));
        return new Summary(SCHEMA, "ns", rows);
    }

    private static Row row(String stem, Environment environment, List<RunDirectory.Trial> trials) {
        TrialInfo first = trials.get(0).info();
        Map<String, Histogram> all = new LinkedHashMap<>();
        List<Trial> each = new ArrayList<>();
        for (RunDirectory.Trial trial : trials) {
            Map<String, Histogram> series = trial.merged();
            each.add(new Trial(trial.info().trial(), trial.info().sent(), drift(trial.completedIntervals()),
                    quantiles(series), trial.info().scalars()));
            series.forEach((name, histogram) -> all.computeIfAbsent(name,
                    absent -> new Histogram(histogram.getNumberOfSignificantValueDigits())).add(histogram));
        }
        return new Row(stem, first.benchmark(), first.settings().getOrDefault("path", "unknown"),
                new TreeMap<>(first.params()), environment.fingerprintOf(stem), quantiles(all), each);
    }

    static double drift(List<Histogram> intervals) {
        List<Histogram> completed = intervals.stream().filter(interval -> interval.getTag() == null).toList();
        int half = completed.size() / 2;
        if (half == 0) {
            return 1;
        }
        return (double) median(completed.subList(0, half)) / median(completed.subList(half, completed.size()));
    }

    private static long median(List<Histogram> intervals) {
        return Math.max(1, Quantiles.of(HistogramFiles.mergeBySeries(intervals).values().iterator().next()).p50());
    }

    private static Map<String, Quantiles> quantiles(Map<String, Histogram> series) {
        Map<String, Quantiles> quantiles = new LinkedHashMap<>();
        series.forEach((name, histogram) -> quantiles.put(name, Quantiles.of(histogram)));
        return quantiles;
    }
}
