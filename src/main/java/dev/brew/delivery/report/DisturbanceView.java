package dev.brew.delivery.report;

import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.report.Chart.Axis;
import dev.brew.delivery.report.Chart.Kind;
import dev.brew.delivery.report.Chart.Line;
import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * A run of disturb as the page shows it.
 *
 * @param timelines by path, then by the second in which events were due, from 1: latencies by series
 */
record DisturbanceView(DisturbanceFile file, Map<String, Map<Integer, Map<String, Histogram>>> timelines) {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS_PER_SECOND = 1000.0;
    private static final String COMPLETED = "completed";
    private static final String SENDER = "sender";
    /** The series of an .hlog that are not recipients. */
    private static final Set<String> EVENTS = Set.of(COMPLETED, "processed", SENDER, "uncorrected", "lag");

    /** @throws IOException if a file is missing or damaged, or no path has finished; the message says why */
    static DisturbanceView read(RunDirectory run) throws IOException {
        DisturbanceFile file = run.disturbance();
        if (file.paths().isEmpty()) {
            throw new IOException(run.path() + " has no figures: no path of this run of disturb has finished");
        }
        Map<String, Map<Integer, Map<String, Histogram>>> timelines = new LinkedHashMap<>();
        for (String path : file.inOrder()) {
            List<Histogram> intervals = new ArrayList<>();
            for (DisturbanceFile.Stage stage : DisturbanceFile.Stage.values()) {
                intervals.addAll(run.stage(path, stage));
            }
            timelines.put(path, timeline(intervals));
        }
        return new DisturbanceView(file, timelines);
    }

    /** Adds the stages up: one may begin within a second. */
    private static Map<Integer, Map<String, Histogram>> timeline(List<Histogram> intervals) {
        long start = intervals.stream().mapToLong(Histogram::getStartTimeStamp).min().orElse(0);
        Map<Integer, Map<String, Histogram>> seconds = new TreeMap<>();
        for (Histogram interval : intervals) {
            int second = (int) Math.round((interval.getStartTimeStamp() - start) / MILLIS_PER_SECOND) + 1;
            seconds.computeIfAbsent(second, key -> new LinkedHashMap<>())
                    .computeIfAbsent(interval.getTag() == null ? COMPLETED : interval.getTag(), key -> new Histogram(3))
                    .add(interval);
        }
        return seconds;
    }

    /** The latencies of each path second by second, then the lag of all paths; the disturbance is shaded. */
    List<Chart> charts(boolean doubtful) {
        List<Chart> charts = new ArrayList<>();
        timelines.forEach((path, seconds) -> charts.add(timeline(path, seconds, doubtful)));
        charts.add(lag(doubtful));
        return charts;
    }

    private Chart timeline(String path, Map<Integer, Map<String, Histogram>> seconds, boolean doubtful) {
        int last = Math.max(seconds.keySet().stream().mapToInt(Integer::intValue).max().orElse(1), lastSecond());
        List<Line> lines = List.of(
                line("completed p50", seconds, last, Set.of(COMPLETED), 50, 0, doubtful),
                line("completed p99", seconds, last, Set.of(COMPLETED), 99, 1, doubtful),
                line("sender-blocked p99", seconds, last, Set.of(SENDER), 99, 2, doubtful),
                line("received p99, healthy recipients", seconds, last, healthy(seconds), 99, 3, doubtful));
        return new Chart("disturbance-" + path, path + ": latency by the second in which events were due",
                new Axis("second", Kind.NUMBER, false), new Axis("ms", Kind.NUMBER, true), upTo(last), lines,
                Optional.of(span()));
    }

    private Set<String> healthy(Map<Integer, Map<String, Histogram>> seconds) {
        Set<String> names = seconds.values().stream().flatMap(series -> series.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        names.removeAll(EVENTS);
        names.remove(file.disturbed());
        return names;
    }

    /** The largest percentile of several series in each second, in ms. */
    private static Line line(String name, Map<Integer, Map<String, Histogram>> seconds, int last, Set<String> series,
                             double percentile, int colour, boolean doubtful) {
        double[] ys = IntStream.rangeClosed(1, last).mapToDouble(second -> seconds.getOrDefault(second, Map.of()).entrySet()
                .stream().filter(entry -> series.contains(entry.getKey()))
                .mapToDouble(entry -> entry.getValue().getValueAtPercentile(percentile) / NANOS_PER_MILLI)
                .max().orElse(Double.NaN)).toArray();
        return new Line(name, ys, colour, false, doubtful);
    }

    /** The largest lag of the disturbed recipient in each second, a line for each path. */
    private Chart lag(boolean doubtful) {
        List<Line> lines = new ArrayList<>();
        int disturbed = disturbedPlace();
        for (String path : file.inOrder()) {
            double[] ys = new double[lastSecond()];
            Arrays.fill(ys, Double.NaN);
            for (Sample sample : file.paths().get(path).samples()) {
                int second = second(sample);
                long lag = sample.lag().get(disturbed);
                ys[second - 1] = Double.isNaN(ys[second - 1]) ? lag : Math.max(ys[second - 1], lag);
            }
            lines.add(new Line(path, ys, lines.size(), false, doubtful));
        }
        return new Chart("disturbance-lag", "Lag of " + file.disturbed() + ", the disturbed recipient",
                new Axis("second", Kind.NUMBER, false), new Axis("events", Kind.NUMBER, false), upTo(lastSecond()), lines,
                Optional.of(span()));
    }

    /** The place of the disturbed recipient: the names of recipients are in order in every run. */
    private int disturbedPlace() {
        int recipients = file.paths().values().stream().flatMap(result -> result.samples().stream())
                .mapToInt(sample -> sample.lag().size()).max().orElse(1);
        return Math.max(0, Recipient.names(recipients).indexOf(file.disturbed()));
    }

    private int lastSecond() {
        return file.paths().values().stream().flatMap(result -> result.samples().stream())
                .mapToInt(DisturbanceView::second).max().orElse(1);
    }

    private static int second(Sample sample) {
        return (int) TimeUnit.MILLISECONDS.toSeconds(sample.millis()) + 1;
    }

    private static double[] upTo(int last) {
        return IntStream.rangeClosed(1, last).mapToDouble(i -> i).toArray();
    }

    /** Second n is from n − 0.5 to n + 0.5 on the axis. */
    private Chart.Span span() {
        double from = file.beforeMillis() / MILLIS_PER_SECOND + 0.5;
        return new Chart.Span(from, from + file.duringMillis() / MILLIS_PER_SECOND, file.disturbed()
                + (file.slow() == null ? " gives no answer" : " takes " + file.slow()));
    }
}
