package dev.brew.delivery.compare;

import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Stem;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.Summary;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The trials of one benchmark and parameter set. The trial is the unit of replication, so each trial is one value.
 *
 * @param settings as the trials read them back; all trials have the same
 * @param trials   each trial's figures, in order; without metrics that the trial has too few events for
 * @param events   the fewest measured events of a trial
 * @param saturated true if the offered rate was above the achieved one: then a latency depends on the duration of the load
 * @param unsettled why the row had not settled, see {@link Summary.Row#unsettledBecause}; empty if it had, or if its trials'
 *                  files do not say
 */
public record TrialRow(String benchmark, Map<String, String> params, Map<String, String> settings,
                       List<Map<Metric, Double>> trials, long events, boolean saturated, String unsettled) {

    private static final double MILLIS_PER_SECOND = 1000;

    /**
     * The row of trials that have ended.
     *
     * @param trials of one benchmark and parameter set, at least one
     */
    public static TrialRow of(List<RunDirectory.Trial> trials) {
        var first = trials.get(0).info();
        List<Map<Metric, Double>> figures = new ArrayList<>();
        long fewest = Long.MAX_VALUE;
        for (RunDirectory.Trial trial : trials) {
            Map<String, Histogram> series = trial.merged();
            figures.add(figures(series, trial));
            fewest = Math.min(fewest, series.get("completed").getTotalCount());
        }
        return new TrialRow(first.benchmark(), new TreeMap<>(first.params()), first.settings(), List.copyOf(figures),
                fewest, Summary.isSaturated(trials.stream().map(trial -> trial.info().scalars()).toList()),
                Summary.unsettledBecause(trials));
    }

    private static Map<Metric, Double> figures(Map<String, Histogram> series, RunDirectory.Trial trial) {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            Histogram histogram = series.get(metric.series());
            if (histogram != null && metric.isLatency()) {
                metric.of(Quantiles.of(histogram)).ifPresent(value -> figures.put(metric, value));
            }
        }
        rate(series.get("completed").getTotalCount(), trial).ifPresent(rate -> figures.put(Metric.ACHIEVED_RATE, rate));
        return figures;
    }

    /** The rate that an open loop has recorded; in a closed loop the measured events ÷ their time. */
    private static Optional<Double> rate(long events, RunDirectory.Trial trial) {
        if (events < Metric.ACHIEVED_RATE.eventsNeeded()) {
            return Optional.empty();
        }
        long millis = trial.completedIntervals().stream().mapToLong(StoredInterval::lengthMillis).sum();
        return Optional.ofNullable(trial.info().scalars().get(Scalars.ACHIEVED)).or(() -> millis == 0 ? Optional.empty()
                : Optional.of(events * MILLIS_PER_SECOND / millis)).filter(rate -> rate > 0);
    }

    /** Its name, and that of its files. */
    public String stem() {
        return Stem.of(benchmark, params);
    }

    /** A value for each trial; empty if some trial does not have the metric. */
    Optional<double[]> values(Metric metric) {
        return trials.stream().allMatch(trial -> trial.containsKey(metric))
                ? Optional.of(trials.stream().mapToDouble(trial -> trial.get(metric)).toArray()) : Optional.empty();
    }
}
