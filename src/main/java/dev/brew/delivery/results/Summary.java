package dev.brew.delivery.results;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
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
    static final int SCHEMA = 2;
    /** The oldest version that this program reads: its rows have no trend, and its trials no state. */
    static final int OLDEST_SCHEMA = 1;

    /**
     * @param stem        the name of the row and of its files
     * @param benchmark   JMH's name
     * @param path        {@code grpc-sequential}, {@code grpc-parallel}, {@code kafka}, {@code null} or {@code tcp}
     * @param params      JMH's parameters
     * @param fingerprint of this row's settings, the machine and the versions
     * @param series      each series over all trials; merged by adding histograms
     * @param trend       of completed p50 while it was measured; null if no trial has two points, and in old files
     * @param trials      each trial by itself: the unit of replication
     */
    public record Row(String stem, String benchmark, String path, Map<String, String> params, String fingerprint,
                      Map<String, Quantiles> series, @JsonInclude(JsonInclude.Include.NON_NULL) Trend trend,
                      List<Trial> trials) {

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

        /**
         * True if a trial had not settled before it was measured, or if the row still got faster while it was measured.
         * Such a row is shown, and neither ranked nor compared.
         */
        public boolean unsettled() {
            return !unsettledBecause().isEmpty();
        }

        /** Why the row is unsettled: {@code unsettled in 2 of 6 trials}; empty if it is not, or if nothing is known. */
        public String unsettledBecause() {
            return Summary.unsettledBecause(trials.stream().map(Trial::settled).filter(Objects::nonNull).toList(), trend);
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

    /**
     * As {@link Row#unsettledBecause}, of trials that are compared with other runs: if none of them says whether it had
     * settled, an older build has measured them, and their trend does not count either.
     */
    public static String unsettledBecause(List<RunDirectory.Trial> trials) {
        List<Boolean> settled = trials.stream().map(trial -> settled(trial.info())).filter(Objects::nonNull).toList();
        return settled.isEmpty() ? "" : unsettledBecause(settled, trend(trials));
    }

    /** @param trend null if there is none */
    private static String unsettledBecause(List<Boolean> settled, Trend trend) {
        long not = settled.stream().filter(state -> !state).count();
        if (not > 0) {
            return "unsettled in " + not + " of " + settled.size() + (settled.size() == 1 ? " trial" : " trials");
        }
        return trend != null && trend.falling() ? "still falling while measured: " + trend.print() : "";
    }

    private static OptionalDouble mean(List<Map<String, Double>> trials, String name) {
        return trials.stream().map(scalars -> scalars.get(name)).filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue).average();
    }

    /**
     * @param trial   the trial's number
     * @param sent    measured events
     * @param settled true if it had settled before it was measured; null if that is not known
     * @param series  this trial's series
     * @param scalars see {@link TrialInfo}
     */
    @JsonIgnoreProperties("drift") // in files of schema 1
    public record Trial(int trial, long sent, @JsonInclude(JsonInclude.Include.NON_NULL) Boolean settled,
                        Map<String, Quantiles> series, Map<String, Double> scalars) {

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
        Histogram sum = new Histogram(StoredInterval.DIGITS); // one for all: a run of blocks has a thousand trials' series
        List<Trial> each = new ArrayList<>();
        for (RunDirectory.Trial trial : trials) {
            Map<String, Quantiles> quantiles = new LinkedHashMap<>();
            trial.bySeries().forEach((name, intervals) -> {
                sum.reset();
                intervals.forEach(interval -> interval.addTo(sum));
                quantiles.put(name, Quantiles.of(sum));
                all.computeIfAbsent(name, absent -> new Histogram(StoredInterval.DIGITS)).add(sum);
            });
            each.add(new Trial(trial.info().trial(), trial.info().sent(), settled(trial.info()), quantiles,
                    trial.info().scalars()));
        }
        return new Row(stem, first.benchmark(), first.settings().getOrDefault("path", "unknown"),
                new TreeMap<>(first.params()), environment.fingerprintOf(stem), quantiles(all),
                trend(trials), each);
    }

    private static Trend trend(List<RunDirectory.Trial> trials) {
        return Trend.of(trials.stream().map(RunDirectory.Trial::completedIntervals).toList()).orElse(null);
    }

    private static Boolean settled(TrialInfo trial) {
        return trial.warmUp() == null ? null : trial.warmUp().settled();
    }

    private static Map<String, Quantiles> quantiles(Map<String, Histogram> series) {
        Map<String, Quantiles> quantiles = new LinkedHashMap<>();
        series.forEach((name, histogram) -> quantiles.put(name, Quantiles.of(histogram)));
        return quantiles;
    }
}
