package dev.brew.delivery.compare;

import dev.brew.delivery.results.Conditions;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.text.Median;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The runs of one fingerprint, in order of time, at which the level of a metric changed.
 *
 * @param changes in order of benchmark, metric and time
 * @param notes   the runs and rows that were left out, a line each
 * @param series  the number of series that were examined
 */
public record History(List<Change> changes, List<String> notes, int series) {

    private static final long SEED = 7;

    /**
     * A change of level.
     *
     * @param run    the first run of the new level
     * @param before the run before it
     * @param ratio  the new level ÷ the one before it, each the median of its runs
     * @param newest true if it is the series' last change
     */
    public record Change(String stem, Metric metric, String run, String before, double ratio, boolean newest) {

        /** True if the new level is the worse one. */
        public boolean isWorse() {
            return metric.isLatency() ? ratio > 1 : ratio < 1;
        }

        /** The change in one line. */
        public String print() {
            return String.format(Locale.ROOT, "%s %s: %s by %.1f %% at %s (the run before it: %s)", stem,
                    metric.label(), isWorse() ? "worse" : "better", 100 * Math.abs(ratio - 1), run, before);
        }
    }

    /** The figures of one row of a run. */
    private record Point(String run, String fingerprint, Map<String, String> machine, TrialRow row) {
    }

    /**
     * Reads all runs in {@code directory} and looks for changes. Of each row, only runs with the newest run's
     * fingerprint count.
     *
     * @throws IOException if there are no runs, or one cannot be read; the message names it
     */
    public static History of(Path directory) throws IOException {
        List<String> notes = new ArrayList<>();
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (Path path : TrialSet.runs(directory)) {
            read(RunDirectory.open(path), points, notes);
        }
        List<Change> changes = new ArrayList<>();
        int series = 0;
        for (Map.Entry<String, List<Point>> entry : points.entrySet()) {
            List<Point> alike = alike(entry.getKey(), entry.getValue(), notes);
            if (alike.size() < 2 * ChangePoints.MIN_SEGMENT) {
                notes.add(entry.getKey() + ": " + alike.size() + " runs of this fingerprint, "
                        + (2 * ChangePoints.MIN_SEGMENT - alike.size()) + " missing");
                continue;
            }
            for (Metric metric : Metric.values()) {
                if (alike.stream().allMatch(point -> point.row().values(metric).isPresent())) {
                    changes.addAll(changes(entry.getKey(), metric, alike));
                    series++;
                }
            }
        }
        return new History(List.copyOf(changes), List.copyOf(notes), series);
    }

    private static void read(RunDirectory run, Map<String, List<Point>> points, List<String> notes) throws IOException {
        String name = run.path().getFileName().toString();
        Optional<String> unfit = unfit(run);
        if (unfit.isPresent()) {
            notes.add(name + " is left out: " + unfit.get());
            return;
        }
        Environment environment = run.environment(); // hashed again: earlier versions hashed other properties of a machine
        Map<String, List<RunDirectory.Trial>> byStem = new LinkedHashMap<>();
        run.trials().forEach(trial -> byStem.computeIfAbsent(trial.stem(), stem -> new ArrayList<>()).add(trial));
        boolean noTrials = byStem.entrySet().removeIf(row ->
                !Conditions.isFreshJvm(row.getValue().get(0).info().settings()));
        if (noTrials) {
            notes.add(name + " is left out: measured with -f 0, and a trial is a fresh JVM");
        }
        byStem.forEach((stem, trials) -> {
            TrialRow row = TrialRow.of(trials);
            if (row.unsettled().isEmpty()) {
                points.computeIfAbsent(stem, key -> new ArrayList<>())
                        .add(new Point(name, fingerprint(environment, stem), environment.machine(), row));
            } else {
                notes.add(stem + " of " + name + " is left out: " + row.unsettled());
            }
        });
    }

    private static String fingerprint(Environment environment, String stem) {
        return environment.settings().containsKey(stem) ? environment.fingerprintOf(stem) : "none";
    }

    private static Optional<String> unfit(RunDirectory run) throws IOException {
        Status.State state = run.status().state();
        if (!run.kind().hasTrials()) {
            return Optional.of("it is a run of " + run.kind().label + ", which has no trials");
        }
        if (state != Status.State.VALID) {
            return Optional.of(state.toString());
        }
        return Files.exists(run.path().resolve("summary.json")) ? Optional.empty()
                : Optional.of("it has no summary.json, so no trial of it has ended");
    }

    private static List<Point> alike(String stem, List<Point> points, List<String> notes) {
        Point newest = points.get(points.size() - 1);
        List<Point> alike = points.stream().filter(point -> point.fingerprint().equals(newest.fingerprint())
                && Differences.ofMachines(point.machine(), newest.machine()).isEmpty()).toList();
        if (alike.size() < points.size()) {
            notes.add(stem + ": " + (points.size() - alike.size())
                    + " runs have another fingerprint than the newest and are left out");
        }
        return alike;
    }

    private static List<Change> changes(String stem, Metric metric, List<Point> points) {
        double[] levels = points.stream().mapToDouble(point -> Median.of(point.row().values(metric).orElseThrow()))
                .toArray();
        List<Integer> places = ChangePoints.find(Arrays.stream(levels).map(Math::log).toArray(), SEED);
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            int at = places.get(i);
            int from = i == 0 ? 0 : places.get(i - 1);
            int to = i + 1 < places.size() ? places.get(i + 1) : levels.length;
            double ratio = Median.of(Arrays.copyOfRange(levels, at, to))
                    / Median.of(Arrays.copyOfRange(levels, from, at));
            changes.add(new Change(stem, metric, points.get(at).run(), points.get(at - 1).run(), ratio,
                    i == places.size() - 1));
        }
        return changes;
    }

    /** True if the newest change of some series is a worsening. */
    public boolean isWorse() {
        return changes.stream().anyMatch(change -> change.newest() && change.isWorse());
    }
}
