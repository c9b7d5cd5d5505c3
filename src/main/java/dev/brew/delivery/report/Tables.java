package dev.brew.delivery.report;

import dev.brew.delivery.report.RunView.Quantile;
import dev.brew.delivery.report.RunView.Row;
import dev.brew.delivery.results.Machine;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.text.Natural;
import dev.brew.delivery.text.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The tables of the page and of summary.md. */
final class Tables {

    /** Explains the columns of {@link #all}. */
    static final String LEGEND = "Microseconds. p50 to max: completed, over the events of all trials; sender p50: "
            + "sender-blocked, likewise. Spread: largest ÷ smallest p50 of a trial.";

    private Tables() {
    }

    /** Every row of every run. */
    static Table all(List<RunView> runs, Charts charts) {
        Table table = new Table("lrrrrrrrrrrl", "path", "N", "offered/s", "achieved/s", "p50", "p99", "p99.9", "max",
                "sender p50", "trials", "spread", "mark");
        for (RunView run : runs) {
            for (Row row : run.rows()) {
                double[] medians = row.medians();
                table.add(charts.name(run, row), recipients(row),
                        row.rate().map(Chart::number).orElse("–"),
                        Chart.number(row.summary().scalar(Scalars.ACHIEVED).orElse(Double.NaN)),
                        micros(row, "completed", Quantile.P50), micros(row, "completed", Quantile.P99),
                        micros(row, "completed", Quantile.P999), micros(row, "completed", Quantile.MAX),
                        micros(row, "sender", Quantile.P50), Integer.toString(medians.length),
                        medians.length < 2 ? "–" : ratio(medians[medians.length - 1] / medians[0]),
                        row.doubtful());
            }
        }
        return withoutEmptyColumns(table);
    }

    private static String recipients(Row row) {
        return row.recipients() == 0 ? "–" : Integer.toString(row.recipients());
    }

    private static Table withoutEmptyColumns(Table table) {
        return table.columns(IntStream.range(0, table.head().size()).filter(column -> table.rows().stream()
                .anyMatch(row -> !row.get(column).isEmpty() && !row.get(column).equals("–"))).boxed().toList());
    }

    static String micros(Row row, String series, Quantile quantile) {
        return Chart.number(row.micros(series, quantile));
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** The values of a chart. */
    static Table of(Chart chart) {
        List<String> head = new ArrayList<>(List.of(chart.x().label()));
        chart.lines().forEach(line -> head.add(line.name()));
        Table table = new Table("l" + "r".repeat(chart.lines().size()), head);
        for (int i = 0; i < chart.xs().length; i++) {
            List<String> row = new ArrayList<>(List.of(chart.x().text(chart.xs()[i])));
            for (Chart.Line line : chart.lines()) {
                row.add(Chart.number(line.ys()[i]));
            }
            table.add(row);
        }
        return table;
    }

    /** A row for each acks and number of nodes; without rows if all runs have the same. */
    static Table acks(List<RunView> runs, Charts charts) {
        List<String> head = List.of("acks", "nodes", "broker", "N", "completed p50", "completed p99", "sender p50",
                "sender p99");
        Table table = new Table("lrlrrrrr", head);
        Set<String> kinds = new TreeSet<>();
        for (RunView run : runs) {
            for (Row row : run.rows()) {
                String acks = row.summary().params().get("acks");
                if (acks != null) {
                    Map<String, String> settings = run.environment().settings().getOrDefault(row.summary().stem(),
                            Map.of());
                    String nodes = settings.getOrDefault("broker.nodes", "–");
                    kinds.add(acks + "/" + nodes);
                    table.add(charts.letter(run) + acks, nodes, settings.getOrDefault("broker.kind", "–"),
                            Integer.toString(row.recipients()),
                            micros(row, "completed", Quantile.P50), micros(row, "completed", Quantile.P99),
                            micros(row, "sender", Quantile.P50), micros(row, "sender", Quantile.P99));
                }
            }
        }
        return kinds.size() > 1 ? table : new Table("lrlrrrrr", head);
    }

    /** The p50 of each path, and its ratio to that of the raw socket; without rows if there are no floors. */
    static Table floors(List<RunView> runs, Charts charts) {
        Table table = new Table("lrrr", "path", "N", "p50", "× raw TCP round trip");
        for (RunView run : runs) {
            double tcp = run.rows().stream().filter(row -> row.path().equals("tcp") && run.conditions(row).isEmpty())
                    .mapToDouble(Row::p50).findFirst()
                    .orElse(Double.NaN);
            boolean any = run.rows().stream().anyMatch(Row::isFloor);
            run.rows().stream().filter(row -> any && row.rate().isEmpty())
                    .sorted(Comparator.comparing(row -> !row.isFloor()))
                    .forEach(row -> table.add(charts.name(run, row), recipients(row), Chart.number(row.p50()),
                            Double.isNaN(tcp) ? "–" : ratio(row.p50() / tcp)));
        }
        return table;
    }

    /** The p50 of each row in each run, and its ratio to the first run's. */
    static Table against(List<RunView> runs) {
        List<String> head = new ArrayList<>(List.of("benchmark"));
        for (int i = 0; i < runs.size(); i++) {
            head.add((char) ('A' + i) + " p50");
            if (i > 0) {
                head.add((char) ('A' + i) + " ÷ A");
            }
        }
        List<String> stems = runs.stream().flatMap(run -> run.rows().stream()).map(row -> row.summary().stem()).distinct()
                .toList();
        Table table = new Table("l" + "r".repeat(head.size() - 1), head);
        for (String stem : stems) {
            List<String> line = new ArrayList<>(List.of(stem));
            double first = p50(runs.get(0), stem);
            for (int i = 0; i < runs.size(); i++) {
                double median = p50(runs.get(i), stem);
                line.add(Chart.number(median));
                if (i > 0) {
                    line.add(Double.isNaN(median / first) ? "–" : ratio(median / first));
                }
            }
            table.add(line);
        }
        return table;
    }

    private static double p50(RunView run, String stem) {
        return run.rows().stream().filter(row -> row.summary().stem().equals(stem)).mapToDouble(Row::p50)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** The differences between the runs: machine, versions, and the settings of common rows. */
    static List<String> differences(List<RunView> runs) {
        List<String> found = new ArrayList<>();
        RunView first = runs.get(0);
        for (int i = 1; i < runs.size(); i++) {
            RunView other = runs.get(i);
            String letter = String.valueOf((char) ('A' + i));
            compare("machine", first.environment().machine(), other.environment().machine(), letter, found);
            compare("version", first.environment().versions(), other.environment().versions(), letter, found);
            Set<String> settingsThatDiffer = new TreeSet<>(Natural.ORDER);
            first.environment().settings().forEach((stem, settings) -> {
                Map<String, String> others = other.environment().settings().get(stem);
                if (others != null) {
                    List<String> here = new ArrayList<>();
                    compare("setting", settings, others, letter, here);
                    settingsThatDiffer.addAll(here);
                }
            });
            found.addAll(settingsThatDiffer);
            Set<String> only = new TreeSet<>(Natural.ORDER);
            only.addAll(first.environment().settings().keySet());
            only.removeAll(other.environment().settings().keySet());
            Set<String> extra = new TreeSet<>(Natural.ORDER);
            extra.addAll(other.environment().settings().keySet());
            extra.removeAll(first.environment().settings().keySet());
            only.forEach(stem -> found.add("only A has " + stem));
            extra.forEach(stem -> found.add("only " + letter + " has " + stem));
        }
        return found;
    }

    private static void compare(String what, Map<String, String> first, Map<String, String> other, String letter,
                                List<String> found) {
        Set<String> names = new TreeSet<>(first.keySet());
        names.addAll(other.keySet());
        for (String name : names) {
            if (!isAlike(what, name, first.get(name), other.get(name))) {
                found.add(what + " " + name + ": A has " + value(first.get(name)) + ", " + letter + " has "
                        + value(other.get(name)));
            }
        }
    }

    private static boolean isAlike(String what, String name, String first, String other) {
        return Objects.equals(first, other)
                || what.equals("machine") && first != null && other != null && Machine.isAlike(name, first, other);
    }

    private static String value(String value) {
        return value == null ? "none" : "'" + value + "'";
    }
}
