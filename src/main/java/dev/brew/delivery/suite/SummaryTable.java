package dev.brew.delivery.suite;

import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.Stem;
import dev.brew.delivery.results.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The table at the end of a run: microseconds, as a person reads them. */
final class SummaryTable {

    private static final String COMPLETED = "completed";
    private static final String SENDER = "sender";
    private static final String RECIPIENTS = "recipients";
    private static final double NANOS_PER_MICRO = 1000.0;
    /** Below so many samples beyond it, a percentile is the machine's mood. */
    private static final int SAMPLES_BEYOND = 10;

    private SummaryTable() {
    }

    /** The table's lines. */
    static List<String> lines(Summary summary) {
        Optional<Double> floor = summary.rows().stream().filter(row -> row.path().equals("tcp"))
                .map(SummaryTable::medianOfTrials).findFirst();
        Set<String> varying = varyingParams(summary);
        List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"path", "N", "p50", "p99", "p99.9", "max", "sender p50", "x TCP", "trials", "spread",
            "drift", "with"});
        summary.rows().stream().sorted(Comparator.comparing(Summary.Row::path).thenComparing(SummaryTable::recipients))
                .forEach(row -> cells.add(cells(row, floor, varying)));
        List<String> lines = new ArrayList<>(align(cells));
        lines.add("Microseconds. p50 to max: completed, every recipient has processed the event and the sender has its"
                + " answer.");
        lines.add("Closed loop: one event at a time on an idle system. x TCP and spread are of the trials' p50:"
                + " median ÷ tcp's median, largest ÷ smallest.");
        lines.add("Drift: p50 of a trial's first half ÷ its second, median of the trials; well above 1: still warming up.");
        return lines;
    }

    private static String[] cells(Summary.Row row, Optional<Double> floor, Set<String> varying) {
        Quantiles completed = row.series().get(COMPLETED);
        Quantiles sender = row.series().get(SENDER);
        String with = varying.stream().filter(row.params()::containsKey)
                .map(name -> name + "=" + row.params().get(name)).collect(Collectors.joining(" "));
        return new String[] {
            row.path().equals("unknown") ? Stem.shortName(row.benchmark()) : row.path(),
            row.params().getOrDefault(RECIPIENTS, "-"),
            micros(completed.p50()),
            enough(completed, 0.99) ? micros(completed.p99()) : "-",
            enough(completed, 0.999) ? micros(completed.p999()) : "-",
            micros(completed.max()),
            sender == null ? "-" : micros(sender.p50()),
            floor.map(tcp -> String.format(Locale.ROOT, "%.2f", medianOfTrials(row) / tcp)).orElse("-"),
            Integer.toString(row.trials().size()),
            spread(row),
            drift(row),
            with};
    }

    private static boolean enough(Quantiles quantiles, double quantile) {
        return quantiles.count() * (1 - quantile) >= SAMPLES_BEYOND;
    }

    /** Of the trials' medians: a machine that is fast in one trial and slow in the next does not split it. */
    private static double medianOfTrials(Summary.Row row) {
        double[] medians = row.trials().stream().mapToDouble(trial -> trial.series().get(COMPLETED).p50()).sorted()
                .toArray();
        int middle = medians.length / 2;
        return Math.max(1, medians.length % 2 == 1 ? medians[middle] : (medians[middle - 1] + medians[middle]) / 2);
    }

    private static String spread(Summary.Row row) {
        List<Long> medians = row.trials().stream().map(trial -> trial.series().get(COMPLETED).p50()).sorted().toList();
        return medians.size() < 2 ? "-" : String.format(Locale.ROOT, "%.2f",
                (double) medians.get(medians.size() - 1) / Math.max(1, medians.get(0)));
    }

    private static String drift(Summary.Row row) {
        List<Double> drifts = row.trials().stream().map(Summary.Trial::drift).sorted().toList();
        return String.format(Locale.ROOT, "%.2f", drifts.get(drifts.size() / 2));
    }

    private static int recipients(Summary.Row row) {
        return Integer.parseInt(row.params().getOrDefault(RECIPIENTS, "0"));
    }

    private static String micros(long nanos) {
        double micros = nanos / NANOS_PER_MICRO;
        return String.format(Locale.ROOT, micros < 100 ? "%,.1f" : "%,.0f", micros);
    }

    private static Set<String> varyingParams(Summary summary) {
        Map<String, Set<String>> values = new TreeMap<>();
        summary.rows().forEach(row -> row.params().forEach((name, value) ->
                values.computeIfAbsent(name, key -> new TreeSet<>()).add(value)));
        return values.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1 && !entry.getKey().equals(RECIPIENTS))
                .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> align(List<String[]> rows) {
        int columns = rows.get(0).length;
        int[] width = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        });
        return rows.stream().map(row -> {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                boolean text = i == 0 || i == columns - 1;
                line.append(String.format(text ? "%-" + Math.max(1, width[i]) + "s" : "%" + width[i] + "s", row[i]))
                        .append("  ");
            }
            return line.toString().stripTrailing();
        }).toList();
    }
}
