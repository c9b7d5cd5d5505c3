package dev.brew.delivery.report;

import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.report.Chart.Axis;
import dev.brew.delivery.report.Chart.Kind;
import dev.brew.delivery.report.Chart.Line;
import dev.brew.delivery.report.RunView.Quantile;
import dev.brew.delivery.report.RunView.Row;
import dev.brew.delivery.report.RunView.Second;
import dev.brew.delivery.results.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Selects the charts of one run or several; a section without data has no chart. */
final class Charts {

    private static final Axis LATENCY = new Axis("µs", Kind.MICROS, true);
    private static final String COMPLETED = "completed";
    /** The shortest trial with a timeline: the rates of a search are shorter, and there are a hundred of them. */
    private static final int TIMELINE_SECONDS = 3;

    private final List<RunView> runs;
    private final Map<String, List<String>> varying = new LinkedHashMap<>();
    private final Map<String, Integer> colours = new LinkedHashMap<>();

    /** @param runs one run, or up to 26 to compare */
    Charts(List<RunView> runs) {
        this.runs = runs;
        all().forEach(row -> row.summary().params().forEach((name, value) -> {
            List<String> values = varying.computeIfAbsent(name, key -> new ArrayList<>());
            if (!values.contains(value)) {
                values.add(value);
            }
        }));
        varying.values().removeIf(values -> values.size() < 2);
        varying.keySet().removeAll(List.of("recipients", "rate", "path"));
        eachRow((run, row) -> colours.putIfAbsent(name(run, row), colours.size()));
    }

    private interface RowUse {
        void use(RunView run, Row row);
    }

    private void eachRow(RowUse use) {
        runs.forEach(run -> run.rows().stream().filter(row -> !row.isFloor()).forEach(row -> use.use(run, row)));
    }

    private Stream<Row> all() {
        return runs.stream().flatMap(run -> run.rows().stream());
    }

    /** The letter of a run and a blank; empty if there is one run. */
    String letter(RunView run) {
        return runs.size() == 1 ? "" : (char) ('A' + runs.indexOf(run)) + " ";
    }

    /** The name of a row without its number of recipients and its rate. */
    String name(RunView run, Row row) {
        String with = varying.keySet().stream().filter(row.summary().params()::containsKey)
                .map(name -> " " + name + "=" + row.summary().params().get(name)).collect(Collectors.joining());
        return letter(run) + row.path() + with;
    }

    private static String marked(String name, Row row) {
        return row.doubtful().isEmpty() ? name : name + " (" + row.doubtful() + ")";
    }

    /** Every chart, for the picture files; {@code Page} shows them in the same order, in sections. */
    List<Chart> charts() {
        return Stream.concat(Stream.of(percentiles(), growth(), received(), rates(), warmUps(), timelines()),
                runs.stream().map(this::disturbance)).flatMap(List::stream).toList();
    }

    /** The charts of a run of disturb; empty for other runs. With several runs, their ids end with the run's letter. */
    List<Chart> disturbance(RunView run) {
        String end = letter(run).isEmpty() ? "" : "-" + letter(run).strip();
        return run.disturbance().map(view -> view.charts(run.status().state() != Status.State.VALID)).orElse(List.of())
                .stream().map(chart -> new Chart(chart.id() + end, letter(run) + chart.title(), chart.x(), chart.y(),
                        chart.xs(), chart.lines(), chart.span())).toList();
    }

    /** Latency by percentile, a chart for each number of recipients. */
    List<Chart> percentiles() {
        List<Chart> charts = new ArrayList<>();
        for (int recipients : numbers()) {
            List<Line> lines = new ArrayList<>();
            closedLoop(recipients, (run, row) -> lines.add(new Line(marked(name(run, row), row), row.percentiles(),
                    colour(run, row), false, !row.doubtful().isEmpty())));
            if (!lines.isEmpty()) {
                double[] grid = RunView.grid();
                int drawn = IntStream.range(0, grid.length)
                        .filter(i -> lines.stream().anyMatch(line -> !Double.isNaN(line.ys()[i]))).max().orElse(0) + 1;
                charts.add(new Chart("percentiles-n" + recipients, "Completed by percentile, N = " + recipients,
                        new Axis("percentile", Kind.PERCENTILE, true), LATENCY, Arrays.copyOf(grid, drawn),
                        lines.stream().map(line -> new Line(line.name(), Arrays.copyOf(line.ys(), drawn), line.colour(),
                                false, line.doubtful())).toList()));
            }
        }
        return charts;
    }

    private int colour(RunView run, Row row) {
        return colours.get(name(run, row));
    }

    private Collection<Integer> numbers() {
        return all().filter(row -> !row.isFloor() && row.rate().isEmpty()).map(Row::recipients)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void closedLoop(int recipients, RowUse use) {
        eachRow((run, row) -> {
            if (row.recipients() == recipients && row.rate().isEmpty()) {
                use.use(run, row);
            }
        });
    }

    /** Growth with N: completed, and sender-blocked. */
    List<Chart> growth() {
        if (numbers().size() < 2) {
            return List.of();
        }
        return List.of(
                over("growth-completed", "Completed by number of recipients", "recipients", COMPLETED, closed(),
                        row -> (double) row.recipients(), List.of(Quantile.P50, Quantile.P99)),
                over("growth-sender", "Sender-blocked by number of recipients", "recipients", "sender", closed(),
                        row -> (double) row.recipients(), List.of(Quantile.P50, Quantile.P99)));
    }

    private Map<Row, RunView> closed() {
        Map<Row, RunView> rows = new LinkedHashMap<>();
        eachRow((run, row) -> {
            if (row.rate().isEmpty()) {
                rows.put(row, run);
            }
        });
        return rows;
    }

    /** Offered rate against latency, a chart for each number of recipients, without saturated rows. */
    List<Chart> rates() {
        Map<Integer, Map<Row, RunView>> byNumber = new java.util.TreeMap<>();
        eachRow((run, row) -> row.rate().ifPresent(rate ->
                byNumber.computeIfAbsent(row.recipients(), key -> new LinkedHashMap<>()).put(row, run)));
        List<Chart> charts = new ArrayList<>();
        byNumber.forEach((recipients, rows) -> {
            Map<Row, RunView> held = new LinkedHashMap<>(rows);
            held.keySet().removeIf(row -> row.doubtful().equals("saturated"));
            if (!held.isEmpty()) {
                charts.add(over("rate-n" + recipients, "Completed by offered rate, N = " + recipients, "events/s",
                        COMPLETED, held,
                        row -> row.rate().orElseThrow(), List.of(Quantile.P50, Quantile.P99, Quantile.P999)));
            }
        });
        return charts;
    }

    /** The saturated rows. */
    List<String> saturated() {
        List<String> names = new ArrayList<>();
        eachRow((run, row) -> {
            if (row.doubtful().equals("saturated")) {
                names.add(name(run, row) + ", N = " + row.recipients() + ", " + Chart.number(row.rate().orElseThrow())
                        + " events/s");
            }
        });
        return names;
    }

    private Chart over(String id, String title, String label, String series, Map<Row, RunView> rows,
                       Function<Row, Double> x, List<Quantile> quantiles) {
        double[] xs = rows.keySet().stream().mapToDouble(x::apply).distinct().sorted().toArray();
        Map<String, Map<Double, Row>> groups = new LinkedHashMap<>();
        rows.forEach((row, run) -> groups.computeIfAbsent(name(run, row), key -> new LinkedHashMap<>())
                .put(x.apply(row), row));
        List<Line> lines = new ArrayList<>();
        groups.forEach((name, points) -> {
            Row any = points.values().iterator().next();
            for (Quantile quantile : quantiles) {
                double[] ys = Arrays.stream(xs).map(at -> points.containsKey(at)
                        ? points.get(at).micros(series, quantile) : Double.NaN).toArray();
                lines.add(new Line(marked(name, any) + " " + quantile.label, ys, colours.get(name),
                        quantile != Quantile.P50,
                        points.values().stream().anyMatch(row -> !row.doubtful().isEmpty())));
            }
        });
        return new Chart(id, title, new Axis(label, Kind.NUMBER, xs[0] > 0), LATENCY, xs, lines);
    }

    /** Received at each recipient, for the largest number of recipients. */
    List<Chart> received() {
        int most = numbers().stream().mapToInt(Integer::intValue).max().orElse(0);
        if (most < 2) {
            return List.of();
        }
        List<String> names = Recipient.names(most);
        double[] places = IntStream.rangeClosed(1, most).mapToDouble(i -> i).toArray();
        List<Chart> charts = new ArrayList<>();
        for (Quantile quantile : List.of(Quantile.P50, Quantile.P99)) {
            List<Line> lines = new ArrayList<>();
            closedLoop(most, (run, row) -> lines.add(new Line(marked(name(run, row), row),
                    names.stream().mapToDouble(name -> row.micros(name, quantile)).toArray(), colour(run, row), false,
                    !row.doubtful().isEmpty())));
            charts.add(new Chart("received-" + quantile.label, "Received " + quantile.label
                    + " by the recipient's place, N = " + most,
                    new Axis("place of the recipient (1: " + names.get(0) + " … " + most + ": " + names.get(most - 1)
                    + ")",
                            Kind.NUMBER, false), LATENCY, places, lines));
        }
        return charts;
    }

    /** Completed p50 at each look of the warm-up, a chart for each number of recipients. */
    List<Chart> warmUps() {
        List<Chart> charts = new ArrayList<>();
        for (int recipients : numbers()) {
            Map<Row, RunView> rows = new LinkedHashMap<>();
            closedLoop(recipients, (run, row) -> rows.put(row, run));
            int most = rows.keySet().stream().mapToInt(row -> row.warmUp().length).max().orElse(0);
            List<Line> lines = new ArrayList<>();
            rows.forEach((row, run) -> lines.add(new Line(marked(name(run, row), row), IntStream.range(0, most)
                    .mapToDouble(i -> i < row.warmUp().length ? row.warmUp()[i] : Double.NaN).toArray(), colour(run, row),
                    false, !row.doubtful().isEmpty())));
            if (most > 1) {
                charts.add(new Chart("warm-up-n" + recipients, "Completed p50 while the JVMs warm up, N = " + recipients,
                        new Axis("look", Kind.NUMBER, false), LATENCY,
                        IntStream.rangeClosed(1, most).mapToDouble(i -> i).toArray(), lines));
            }
        }
        return charts;
    }

    /** Completed second by second, a chart for each row with a trial that is long enough to show a slope or a peak. */
    List<Chart> timelines() {
        List<Chart> charts = new ArrayList<>();
        eachRow((run, row) -> {
            List<Second> seconds = row.seconds();
            if (seconds.stream().collect(Collectors.groupingBy(Second::trial, Collectors.counting())).values().stream()
                    .anyMatch(length -> length >= TIMELINE_SECONDS)) {
                String title = name(run, row) + ", N = " + row.recipients()
                        + row.rate().map(rate -> ", " + Chart.number(rate) + " events/s").orElse("");
                String unit = run.environment().isOfBlocks(row.summary().stem()) ? "slice" : "second";
                int trials = seconds.get(seconds.size() - 1).trial();
                charts.add(new Chart("timeline-" + (charts.size() + 1), title + ": " + unit + " by " + unit + ", "
                        + (trials == 1 ? "one trial" : trials + " trials one after another"),
                        new Axis(unit, Kind.NUMBER, false), LATENCY,
                        IntStream.rangeClosed(1, seconds.size()).mapToDouble(i -> i).toArray(),
                        List.of(timeline(marked("p50", row), row, Second::p50, 0),
                        timeline(marked("p99", row), row, Second::p99, 1),
                                timeline(marked("max", row), row, Second::max, 2))));
            }
        });
        return charts;
    }

    private static Line timeline(String name, Row row, Function<Second, Double> value, int colour) {
        return new Line(name, row.seconds().stream().mapToDouble(value::apply).toArray(), colour, false,
                !row.doubtful().isEmpty());
    }
}
