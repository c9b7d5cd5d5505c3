package dev.brew.delivery.report;

import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Stem;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.text.Natural;
import dev.brew.delivery.text.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table at the end of a run, in microseconds. */
public final class SummaryTable {

    private static final String COMPLETED = "completed";
    private static final String SENDER = "sender";
    private static final String RECIPIENTS = "recipients";
    private static final String RATE = "rate";
    private static final double NANOS_PER_MICRO = 1000.0;
    /** The fewest samples beyond a percentile that is shown. */
    private static final int SAMPLES_BEYOND = 10;

    private SummaryTable() {
    }

    /** The table's lines, of trials as they are defined. */
    public static List<String> lines(Summary summary) {
        return lines(summary, List.of());
    }

    /**
     * The table's lines.
     *
     * @param conditions how the run differs from trials, see {@link dev.brew.delivery.results.Conditions}; then the
     *                   table has no ratio to TCP
     */
    public static List<String> lines(Summary summary, List<String> conditions) {
        Optional<Double> floor = summary.rows().stream().filter(row -> row.path().equals("tcp"))
                .filter(row -> conditions.isEmpty() && !row.unsettled()).map(SummaryTable::p50).findFirst();
        Set<String> varying = varyingParams(summary);
        List<Summary.Row> rows = summary.rows().stream().sorted(Comparator.comparing(Summary.Row::path)
                .thenComparing(SummaryTable::recipients).thenComparing(SummaryTable::rate)
                .thenComparing(Summary.Row::stem, Natural.ORDER)).toList();
        List<String> lines = new ArrayList<>();
        List<Summary.Row> closed = rows.stream().filter(row -> !row.params().containsKey(RATE)).toList();
        List<Summary.Row> open = rows.stream().filter(row -> row.params().containsKey(RATE)).toList();
        if (!closed.isEmpty()) {
            lines.addAll(closedLoop(closed, floor, varying, !conditions.isEmpty()));
        }
        if (!open.isEmpty()) {
            if (!closed.isEmpty()) {
                lines.add("");
            }
            lines.addAll(openLoop(open, varying));
        }
        if (!conditions.isEmpty()) {
            lines.add("Shown and not ranked: " + String.join(", ", conditions) + ".");
        }
        return lines;
    }

    private static List<String> closedLoop(List<Summary.Row> rows, Optional<Double> floor, Set<String> varying,
                                           boolean conditional) {
        Table table = new Table("lrrrrrrrrrrl", "path", "N", "p50", "p99", "p99.9", "max", "sender p50", "x TCP", "trials",
                "spread", "trend", "with");
        rows.forEach(row -> table.add(cells(row, floor, varying)));
        List<String> lines = new ArrayList<>(table.aligned());
        lines.add("Microseconds. p50 to max: completed, every recipient has processed the event and the sender has its"
                + " answer; of all trials' events together.");
        lines.add((conditional ? "Closed loop." : "Closed loop: one event at a time on an idle system.")
                + " x TCP: p50 ÷ tcp's p50."
                + " Spread: largest ÷ smallest p50 of a trial.");
        lines.add("Trend: p50 at the end of the measurement ÷ p50 at its start; * if the 99 % interval leaves out 1.");
        if (rows.stream().anyMatch(Summary.Row::unsettled)) {
            lines.add("Unsettled: not warm before the measurement, or still getting faster in it. Shown and not ranked.");
        }
        return lines;
    }

    private static List<String> openLoop(List<Summary.Row> rows, Set<String> varying) {
        boolean delayed = rows.stream().anyMatch(row -> !delay(row).isNone());
        List<String> head = new ArrayList<>(List.of("path", "N", "offered/s", "achieved/s", "p50", "p99", "p99.9",
                "uncorrected p99", "sender p99", "healthy p99", "slow p99", "CPU", "broker CPU", "bytes", "trials", "with"));
        if (!delayed) {
            head.removeAll(List.of("healthy p99", "slow p99"));
        }
        Table table = new Table("l" + "r".repeat(head.size() - 2) + "l", head);
        for (Summary.Row row : rows) {
            Quantiles completed = row.series().get(COMPLETED);
            List<String> line = new ArrayList<>(List.of(row.path(), row.params().get(RECIPIENTS),
                    scalar(row, Scalars.OFFERED), scalar(row, Scalars.ACHIEVED), micros(completed.p50()), p99(completed),
                    enough(completed, 0.999) ? micros(completed.p999()) : "-", p99(row.series().get("uncorrected")),
                    p99(row.series().get(SENDER))));
            if (delayed) {
                line.add(received(row, false));
                line.add(received(row, true));
            }
            line.addAll(List.of(scalar(row, Scalars.CLIENT_CPU), scalar(row, Scalars.BROKER_CPU),
                    scalar(row, Scalars.WIRE_BYTES), Integer.toString(row.trials().size()),
                    (row.saturated() ? "SATURATED " : row.unsettled() ? "unsettled " : "")
                            + with(row, varying)));
            table.add(line);
        }
        List<String> lines = new ArrayList<>(table.aligned());
        lines.add("Open loop: events are due at the offered rate whatever the system does, and their latency counts from"
                + " then. Microseconds.");
        lines.add("Uncorrected counts from the real start: what coordinated omission would show. Of a saturated row"
                + " (achieved below 99.9 % of offered) no latency means anything.");
        lines.add("CPU in µs and bytes on the wire for each event; CPU is that of the sender's and recipients' JVM."
                + (delayed ? " Healthy, slow: received p99 of the worst recipient without and with a delay." : ""));
        independence(rows).ifPresent(lines::add);
        return lines;
    }

    /** The finding of the self-check of parallel fan-out; see {@link Scalars#INDEPENDENCE}. */
    private static Optional<String> independence(List<Summary.Row> rows) {
        List<Double> found = rows.stream().filter(row -> !row.saturated())
                .flatMap(row -> row.scalar(Scalars.INDEPENDENCE).stream().boxed()).sorted().toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(String.format(Locale.ROOT, "Parallel fan-out: p99 is %.2f"
                + " to %.2f of what independent calls would give; below 1 they are slow together, above it the fan-out"
                + " contends.", found.get(0), found.get(found.size() - 1)));
    }

    private static DelayPlan delay(Summary.Row row) {
        return DelayPlan.parse(row.params().getOrDefault("delay", "none"));
    }

    /** Received p99 of the worst recipient among those with a delay, or among those without. */
    private static String received(Summary.Row row, boolean slow) {
        List<String> names = Recipient.names(recipients(row));
        DelayPlan delay = delay(row);
        OptionalLong worst = IntStream.range(0, names.size()).filter(i -> !delay.of(i, names).isNone() == slow)
                .mapToObj(i -> row.series().get(names.get(i))).filter(series -> series != null && enough(series, 0.99))
                .mapToLong(Quantiles::p99).max();
        return worst.isPresent() ? micros(worst.getAsLong()) : "-";
    }

    private static String p99(Quantiles quantiles) {
        return enough(quantiles, 0.99) ? micros(quantiles.p99()) : "-";
    }

    private static String scalar(Summary.Row row, String name) {
        OptionalDouble value = row.scalar(name);
        return value.isEmpty() ? "-" : String.format(Locale.ROOT, value.getAsDouble() < 100 ? "%,.1f" : "%,.0f",
                value.getAsDouble());
    }

    private static double rate(Summary.Row row) {
        return Double.parseDouble(row.params().getOrDefault(RATE, "0"));
    }

    private static String with(Summary.Row row, Set<String> varying) {
        return varying.stream().filter(row.params()::containsKey)
                .map(name -> name + "=" + row.params().get(name)).collect(Collectors.joining(" "));
    }

    private static List<String> cells(Summary.Row row, Optional<Double> floor, Set<String> varying) {
        Quantiles completed = row.series().get(COMPLETED);
        Quantiles sender = row.series().get(SENDER);
        return List.of(
            row.path().equals("unknown") ? Stem.shortName(row.benchmark()) : row.path(),
            row.params().getOrDefault(RECIPIENTS, "-"),
            micros(completed.p50()),
            enough(completed, 0.99) ? micros(completed.p99()) : "-",
            enough(completed, 0.999) ? micros(completed.p999()) : "-",
            micros(completed.max()),
            sender == null ? "-" : micros(sender.p50()),
            floor.filter(tcp -> !row.unsettled()).map(tcp -> String.format(Locale.ROOT, "%.2f", p50(row) / tcp)).orElse("-"),
            Integer.toString(row.trials().size()),
            spread(row),
            trend(row),
            ((row.unsettled() ? "unsettled " : "") + with(row, varying)).strip());
    }

    private static boolean enough(Quantiles quantiles, double quantile) {
        return quantiles.count() * (1 - quantile) >= SAMPLES_BEYOND;
    }

    /** Over the events of all trials, as in the column p50. */
    private static double p50(Summary.Row row) {
        return Math.max(1, row.series().get(COMPLETED).p50());
    }

    private static String spread(Summary.Row row) {
        List<Long> medians = row.trials().stream().map(trial -> trial.series().get(COMPLETED).p50()).sorted().toList();
        return medians.size() < 2 ? "-" : String.format(Locale.ROOT, "%.2f",
                (double) medians.get(medians.size() - 1) / Math.max(1, medians.get(0)));
    }

    private static String trend(Summary.Row row) {
        return row.trend() == null ? "-"
                : String.format(Locale.ROOT, "%.2f", row.trend().ratio()) + (row.trend().significant() ? "*" : "");
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
                .filter(entry -> entry.getValue().size() > 1 && !List.of(RECIPIENTS, RATE, "path").contains(entry.getKey()))
                .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }
}
