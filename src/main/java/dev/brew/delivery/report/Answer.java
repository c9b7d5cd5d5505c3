package dev.brew.delivery.report;

import dev.brew.delivery.report.RunView.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Summarises a run in a few sentences, from the figures of the rows that were warmed up. */
final class Answer {

    private final RunView run;
    /** By number of recipients, then by path: the first row of each, in a closed loop. */
    private final Map<Integer, Map<String, Row>> rows = new TreeMap<>();

    Answer(RunView run) {
        this.run = run;
        for (Row row : run.rows()) {
            if (run.conditions(row).isEmpty() && !row.isFloor() && row.rate().isEmpty() && row.recipients() > 0
                    && !WarmUpNotice.isWarmingUp(run.environment(), row.summary())) {
                rows.computeIfAbsent(row.recipients(), key -> new LinkedHashMap<>()).putIfAbsent(row.path(), row);
            }
        }
    }

    /** Names the rows that are still warming up, the fastest path, the growth of each path, and the limits of the run. */
    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        WarmUpNotice.of(run.environment(), run.rows().stream().map(Row::summary).toList()).ifPresent(sentences::add);
        String fastest = rows.entrySet().stream().filter(entry -> entry.getValue().size() > 1)
                .map(entry -> fastest(entry.getKey(), entry.getValue().values().stream()
                        .sorted(Comparator.comparing(Answer::p50)).toList()))
                .collect(Collectors.joining("; "));
        if (!fastest.isEmpty()) {
            sentences.add("At the median, from sign-up until every recipient has processed the event and the sender "
                    + "has its answer: " + fastest + " (level: the trials' medians overlap).");
        }
        if (rows.size() > 1) {
            sentences.add(growth());
        }
        sentences.add(limits());
        return sentences;
    }

    private static String fastest(int recipients, List<Row> ascending) {
        Row best = ascending.get(0);
        String others = ascending.stream().skip(1).map(row -> row.path() + (overlap(best, row) ? " is level"
                : String.format(Locale.ROOT, " needs %.2f ×", p50(row) / p50(best))))
                .collect(Collectors.joining(", "));
        return "with " + recipients + (recipients == 1 ? " recipient " : " recipients ") + best.path() + " is first ("
                + Chart.number(p50(best)) + " µs" + range(best) + "), " + others;
    }

    private static double p50(Row row) {
        return row.micros("completed", RunView.Quantile.P50);
    }

    private static String range(Row row) {
        double[] medians = row.medians();
        return medians.length == 1 ? "" : ", trials " + Chart.number(medians[0]) + "–"
                + Chart.number(medians[medians.length - 1]);
    }

    private static boolean overlap(Row first, Row second) {
        double[] a = first.medians();
        double[] b = second.medians();
        return a.length == 1 || b.length == 1 || a[a.length - 1] >= b[0] && b[b.length - 1] >= a[0];
    }

    private String growth() {
        List<Integer> numbers = List.copyOf(rows.keySet());
        int few = numbers.get(0);
        int many = numbers.get(numbers.size() - 1);
        String paths = rows.get(few).keySet().stream().filter(rows.get(many)::containsKey).map(path -> {
            Row first = rows.get(few).get(path);
            Row last = rows.get(many).get(path);
            return String.format(Locale.ROOT, "%s %.1f × (the sender waits %.1f × as long)", path,
                    p50(last) / p50(first),
                    last.micros("sender", RunView.Quantile.P50) / first.micros("sender", RunView.Quantile.P50));
        }).collect(Collectors.joining(", "));
        return "From " + few + " to " + many + " recipients the median grows: " + paths + ".";
    }

    private String limits() {
        Map<String, String> machine = run.environment().machine();
        String valid = switch (run.status().state()) {
            case VALID -> "every event was accounted for";
            case RUNNING -> "THE RUN IS NOT FINISHED, these figures are not to be used";
            default -> "THE RUN IS " + run.status().state() + ", these figures are not to be used";
        };
        boolean open = run.rows().stream().anyMatch(row -> row.rate().isPresent());
        String conditions = run.rows().stream().flatMap(row -> run.conditions(row).stream()).distinct()
                .collect(Collectors.joining(", "));
        return (open ? "Some rows are at a given rate, the others are " : "This is ")
                + (conditions.isEmpty() ? "one event at a time on an idle system" : conditions + ": not ranked")
                + ", all on one machine ("
                + machine.getOrDefault("cpu.model", "unknown processor") + ", " + machine.getOrDefault("cpu.count", "?")
                + " processors), without a network; " + valid + ".";
    }
}
