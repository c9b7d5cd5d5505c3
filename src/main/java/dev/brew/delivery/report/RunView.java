package dev.brew.delivery.report;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.results.Stem;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.text.Median;
import dev.brew.delivery.text.Natural;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The figures of a run that tables and charts need.
 *
 * @param name     its directory's name
 * @param rows     the rows whose files could be read
 * @param problems the rows that could not be read, a line each
 * @param matrix   the decision matrix, for a run of the matrix
 * @param disturbance the figures of a run of disturb
 */
record RunView(String name, Status status, Environment environment, List<Row> rows, List<String> problems,
               Optional<Matrix> matrix, Optional<DisturbanceView> disturbance) {

    /** Percentiles are read where 1/(1 − p) is 10^(i/10). */
    private static final int STEPS_PER_DECADE = 10;
    private static final int DECADES = 6;
    /** The fewest samples beyond a percentile that is shown. */
    private static final int SAMPLES_BEYOND = 10;
    /** A gap between intervals that separates two trials: a JVM starts between them. */
    private static final long GAP_MILLIS = 500;
    /** As {@link #GAP_MILLIS}, in a run of blocks: other rows' slices come between two slices of a row. */
    private static final long GAP_OF_BLOCKS_MILLIS = 30_000;
    private static final double NANOS_PER_MICRO = 1000.0;

    /**
     * One benchmark and parameter set.
     *
     * @param percentiles completed in µs at {@link #grid}; NaN for percentiles with too few samples
     * @param seconds     completed, second by second, all trials one after another
     * @param warmUp      median of the trials' completed p50 at each look of the warm-up, in µs; empty if there is none
     * @param doubtful    empty, or why its figures must not be used
     */
    record Row(Summary.Row summary, double[] percentiles, List<Second> seconds, double[] warmUp, String doubtful) {

        String path() {
            return summary.path().equals("unknown") ? Stem.shortName(summary.benchmark()) : summary.path();
        }

        /** 0 if it has none. */
        int recipients() {
            return Integer.parseInt(summary.params().getOrDefault("recipients", "0"));
        }

        /** The rate that was offered, in events a second; empty in a closed loop. */
        Optional<Double> rate() {
            return Optional.ofNullable(summary.params().get("rate")).map(Double::valueOf);
        }

        /** A floor: something without a transport, or without recipients. */
        boolean isFloor() {
            return path().equals("null") || path().equals("tcp");
        }

        double micros(String series, Quantile quantile) {
            Quantiles found = summary.series().get(series);
            return found == null || !quantile.isCarriedBy(found) ? Double.NaN : quantile.of(found) / NANOS_PER_MICRO;
        }

        /** Completed p50 of each trial in µs, ascending. */
        double[] medians() {
            return summary.trials().stream()
                    .mapToDouble(trial -> trial.series().get("completed").p50() / NANOS_PER_MICRO)
                    .sorted().toArray();
        }

        /** Completed p50 over the events of all trials in µs, as in every table and chart. */
        double p50() {
            return micros("completed", Quantile.P50);
        }
    }

    /** The percentiles in tables. */
    enum Quantile {
        P50("p50", 0.5), P99("p99", 0.99), P999("p99.9", 0.999), MAX("max", 1);

        final String label;
        private final double share;

        Quantile(String label, double share) {
            this.label = label;
            this.share = share;
        }

        long of(Quantiles quantiles) {
            return switch (this) {
                case P50 -> quantiles.p50();
                case P99 -> quantiles.p99();
                case P999 -> quantiles.p999();
                case MAX -> quantiles.max();
            };
        }

        boolean isCarriedBy(Quantiles quantiles) {
            return this == MAX || this == P50 || quantiles.count() * (1 - share) >= SAMPLES_BEYOND;
        }
    }

    /**
     * A second of one trial, in µs.
     *
     * @param trial from 1
     */
    record Second(int trial, double p50, double p99, double max) {
    }

    /** The percentiles of a chart, as values of 1/(1 − p). */
    static double[] grid() {
        double[] grid = new double[STEPS_PER_DECADE * DECADES + 1];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = Math.pow(10, (double) i / STEPS_PER_DECADE);
        }
        return grid;
    }

    /**
     * Reads a run; rows with damaged files are left out and named in the problems.
     *
     * @throws IOException if the directory is no run, or no row of it can be drawn; the message says why
     */
    static RunView read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory");
        }
        if (!Files.exists(directory.resolve("status.json"))) {
            throw new IOException(directory + " is no run: it has no status.json");
        }
        RunDirectory run = RunDirectory.open(directory);
        Status status = run.status();
        if (run.kind() == RunDirectory.Kind.MATRIX) {
            return new RunView(name(directory), status, run.environment(), List.of(), List.of(),
                    Optional.of(run.matrix()), Optional.empty());
        }
        if (run.kind() == RunDirectory.Kind.DISTURB) {
            DisturbanceView disturbance = DisturbanceView.read(run);
            return new RunView(name(directory), status, run.environment(), List.of(), List.of(), Optional.empty(),
                    Optional.of(disturbance));
        }
        if (!Files.exists(directory.resolve("summary.json"))) {
            throw new IOException(directory
                    + " has no summary.json: the run was killed, or has finished no trial; status.json says "
                    + status.state() + ", " + status.trials() + " of " + status.asked() + " trials");
        }
        Summary summary = run.summary();
        Environment environment = run.environment();
        Map<String, List<WarmUpCurve>> warmUps = run.warmUps();
        List<String> problems = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (Summary.Row row : summary.rows()) {
            try {
                rows.add(row(run, row, doubt(row, status, environment.conditions(row.stem())),
                        environment.isOfBlocks(row.stem()), warmUps.getOrDefault(row.stem(), List.of())));
            } catch (IOException | RuntimeException e) { // a hand-edited file may break any assumption
                problems.add(row.stem() + " is left out: " + Reason.of(e));
            }
        }
        if (rows.isEmpty()) {
            throw new IOException(directory + " has no row that could be drawn"
                    + (problems.isEmpty() ? "" : ": " + problems.get(0)));
        }
        rows.sort(Comparator.comparing(Row::path).thenComparing(Row::recipients)
                .thenComparing(row -> row.rate().orElse(0.0)).thenComparing(row -> row.summary.stem(), Natural.ORDER));
        return new RunView(name(directory), status, environment, List.copyOf(rows), List.copyOf(problems),
                Optional.empty(), Optional.empty());
    }

    private static String name(Path directory) {
        return directory.toAbsolutePath().normalize().getFileName().toString();
    }

    private static Row row(RunDirectory run, Summary.Row summary, String doubtful, boolean blocks,
                           List<WarmUpCurve> curves) throws IOException {
        if (!summary.stem().equals(Stem.of(summary.benchmark(), summary.params()))) {
            throw new IOException("its stem is not that of its benchmark and parameters");
        }
        List<StoredInterval> intervals = run.completed(summary.stem());
        Histogram all = new Histogram(3);
        intervals.forEach(interval -> interval.addTo(all));
        long counted = summary.series().get("completed").count();
        if (all.getTotalCount() != counted) {
            throw new IOException(summary.stem() + ".hlog holds " + all.getTotalCount()
                    + " samples, summary.json counts "
                    + counted);
        }
        return new Row(summary, percentiles(all), seconds(intervals, blocks ? GAP_OF_BLOCKS_MILLIS : 2 * GAP_MILLIS),
                looks(curves), doubtful);
    }

    /** Look i of the trials that have so many: a trial that settled sooner has fewer. */
    private static double[] looks(List<WarmUpCurve> curves) {
        int most = curves.stream().mapToInt(curve -> curve.looks().size()).max().orElse(0);
        return IntStream.range(0, most).mapToDouble(i -> Median.upper(curves.stream()
                .filter(curve -> curve.looks().size() > i).map(curve -> curve.looks().get(i).micros()).toList())).toArray();
    }

    private static double[] percentiles(Histogram histogram) {
        double[] grid = grid();
        double[] values = new double[grid.length];
        Arrays.fill(values, Double.NaN);
        for (int i = 0; i < grid.length && histogram.getTotalCount() / grid[i] >= SAMPLES_BEYOND; i++) {
            values[i] = histogram.getValueAtPercentile(100 - 100 / grid[i]) / NANOS_PER_MICRO;
        }
        return values;
    }

    /** The rest of a second at an iteration's end is too short to stand for itself and goes to the second before it. */
    private static List<Second> seconds(List<StoredInterval> intervals, long gapOfTrials) {
        List<Second> seconds = new ArrayList<>();
        Histogram second = new Histogram(3);
        int trial = 1;
        for (int i = 0; i < intervals.size(); i++) {
            StoredInterval interval = intervals.get(i);
            long gap = i == 0 ? 0 : interval.startMillis() - intervals.get(i - 1).endMillis();
            if (i > 0 && (gap >= GAP_MILLIS || interval.lengthMillis() >= GAP_MILLIS)) {
                seconds.add(second(trial, second));
                second.reset();
                trial += gap > gapOfTrials ? 1 : 0;
            }
            interval.addTo(second);
        }
        if (!intervals.isEmpty()) {
            seconds.add(second(trial, second));
        }
        return List.copyOf(seconds);
    }

    private static Second second(int trial, Histogram interval) {
        return new Second(trial, interval.getValueAtPercentile(50) / NANOS_PER_MICRO,
                interval.getValueAtPercentile(99) / NANOS_PER_MICRO, interval.getMaxValue() / NANOS_PER_MICRO);
    }

    private static String doubt(Summary.Row row, Status status, List<String> conditions) {
        if (status.state() != Status.State.VALID) {
            return status.state() == Status.State.RUNNING ? "unfinished run" : status.state().name().toLowerCase()
                    + " run";
        }
        return row.saturated() ? "saturated" : row.unsettled() ? "unsettled" : String.join(", ", conditions);
    }

    /** What sets a row apart from a trial; see {@link dev.brew.delivery.results.Conditions}. */
    List<String> conditions(Row row) {
        return environment.conditions(row.summary().stem());
    }

    /** The plural of what {@link Status} counts. */
    String unit() {
        boolean blocks = !rows.isEmpty() && rows.stream().allMatch(row -> environment.isOfBlocks(row.summary().stem()));
        return matrix.isPresent() ? "rows" : disturbance.isPresent() ? "paths" : blocks ? "blocks" : "trials";
    }

    /** True if it is not a run of the matrix or of disturb, which have no rows. */
    boolean hasTrials() {
        return matrix.isEmpty() && disturbance.isEmpty();
    }

    /** The names of the settings of each row; those of the matrix or of each path, if there are no rows. */
    Collection<String> stems() {
        return rows.isEmpty() ? environment.settings().keySet() : rows.stream().map(row -> row.summary.stem()).toList();
    }

    /** Settings that every row has alike. */
    Map<String, String> commonSettings() {
        Map<String, String> common = null;
        for (String stem : stems()) {
            Map<String, String> settings = environment.settings().getOrDefault(stem, Map.of());
            if (common == null) {
                common = new TreeMap<>(settings);
            } else {
                common.entrySet().removeIf(entry -> !entry.getValue().equals(settings.get(entry.getKey())));
            }
        }
        return common == null ? Map.of() : common;
    }
}
