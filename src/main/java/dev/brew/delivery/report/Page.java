package dev.brew.delivery.report;

import static dev.brew.delivery.report.SvgPen.escape;

import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the HTML page: one self-contained file with charts, their tables, and the settings of the runs. */
final class Page {

    private final List<RunView> runs;
    private final Charts charts;
    private final StringBuilder out = new StringBuilder();

    private Page(List<RunView> runs, Charts charts) {
        this.runs = runs;
        this.charts = charts;
    }

    /** @param problems of runs and rows that the page leaves out */
    static String of(List<RunView> runs, Charts charts, List<String> problems) throws IOException {
        Page page = new Page(runs, charts);
        page.head();
        page.warnings(problems);
        page.answer();
        page.matrix();
        page.disturbances();
        page.differences();
        page.section("Results",
                "Completed: every recipient has processed the event and the sender has its answer. Microseconds, over "
                        + "the events of all trials. A percentile needs at least ten samples beyond it. Spread: "
                        + "largest ÷ smallest p50 of the trials.", List.of(), Tables.all(runs, charts));
        page.section("Latency by percentile",
                "The latency of the slow events. The right end of the axis is the tail: each grid line is one event "
                        + "in ten times as many.", charts.percentiles(), null);
        page.section("Growth with the number of recipients",
                "One event to more recipients on the same processors. Solid: p50, dashed: p99.",
                charts.growth(), null);
        page.section("Received at each recipient",
                "The time from sign-up until each recipient receives the event. A line rises from left to right if a "
                        + "recipient waits for the recipients before it.", charts.received(), null);
        page.rates();
        page.section("Acks and nodes", "The cost of acks and of replication.", List.of(), Tables.acks(runs, charts));
        page.section("Warm-up",
                "Before a row is measured, it is put under load and looked at in turn, until the compilers are at rest and "
                        + "its median no longer falls. Each point is the median of the trials that had so many looks.",
                charts.warmUps(), null);
        page.timelines();
        page.section("Floors",
                "tcp: a round trip of the same bytes over one raw loopback socket. null: this harness without a transport. "
                + "Completed p50 over the events of all trials, µs.", List.of(), Tables.floors(runs, charts));
        page.how();
        return page.foot();
    }

    private void head() throws IOException {
        String names = runs.stream().map(RunView::name).collect(Collectors.joining(", "));
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(escape("Sync against async delivery: " + names)).append("</title>\n<style>\n")
                .append(resource("page.css"))
                .append("</style>\n</head>\n<body>\n<h1>One event, N recipients: gRPC fan-out against Kafka</h1>\n")
                .append("<p class=\"soft\">");
        out.append(runs.stream()
                .map(run -> escape(charts.letter(run).isEmpty() ? run.name() : charts.letter(run) + "= " + run.name()
                + " (" + run.status().state() + ")")).collect(Collectors.joining("; "))).append("</p>\n");
    }

    private void warnings(List<String> problems) {
        for (RunView run : runs) {
            if (run.status().state() != Status.State.VALID) {
                warn(charts.letter(run) + run.name() + " is " + run.status().state() + " (" + run.status().trials()
                        + " of "
                        + run.status().asked() + " " + run.unit()
                        + "): do not use its figures, which are drawn in grey. "
                        + String.join("; ", run.status().problems()));
            }
        }
        problems.forEach(this::warn);
    }

    private void warn(String text) {
        out.append("<p class=\"warn\" role=\"alert\">").append(escape(text)).append("</p>\n");
    }

    private void answer() {
        for (RunView run : runs.stream().filter(RunView::hasTrials).toList()) {
            out.append(runs.size() > 1 ? "<h3>" + escape(charts.letter(run) + run.name()) + "</h3>\n" : "");
            Answer.sentences(run).forEach(sentence ->
                    out.append("<p class=\"answer\">").append(escape(sentence)).append("</p>\n"));
        }
    }

    private void matrix() {
        for (RunView run : runs) {
            run.matrix().ifPresent(matrix -> {
                title("The decision matrix" + (runs.size() > 1 ? ": " + charts.letter(run) + run.name() : ""),
                        "Each claim is an experiment on this machine, judged by a criterion that was fixed before the run. "
                        + "One machine, no network. Seed " + matrix.seed() + ".");
                Table table = new Table("lll", "row", "claim", "verdict");
                matrix.rows().forEach(row -> table.add(row.title(), row.claim(), row.ruling()));
                table(table, "names");
                matrix.rows().forEach(this::matrixRow);
            });
        }
    }

    private void matrixRow(Matrix.Row row) {
        out.append("<details><summary>").append(escape(row.title() + ": " + row.ruling())).append("</summary>\n");
        for (Map.Entry<String, String> part : List.of(Map.entry("Claim", row.claim()),
                Map.entry("Experiment", row.experiment()), Map.entry("Criterion", row.criterion()))) {
            out.append("<p><b>").append(part.getKey()).append(".</b> ").append(escape(part.getValue())).append("</p>\n");
        }
        table(MatrixText.table(row), "");
        out.append("</details>\n");
    }

    private void disturbances() {
        for (RunView run : runs) {
            run.disturbance().ifPresent(view -> {
                DisturbanceFile file = view.file();
                section("A disturbance" + (runs.size() > 1 ? ": " + charts.letter(run) + run.name() : ""),
                        DisturbanceText.script(file) + " The table shows p99 in ms, by when events were due. "
                        + DisturbanceText.LEGEND + ".", List.of(), DisturbanceText.table(file));
                DisturbanceText.recoveries(file).forEach(line ->
                        out.append("<p>").append(escape(line)).append("</p>\n"));
                section("Second by second" + (runs.size() > 1 ? ": " + charts.letter(run) + run.name() : ""),
                        "Shaded: the disturbance. Latencies are by the second in which events were due, without the last "
                        + "second before the disturbance. A failed event has no completed.",
                        charts.disturbance(run), null);
            });
        }
    }

    private void differences() {
        if (runs.size() < 2) {
            return;
        }
        List<String> found = Tables.differences(runs);
        out.append("<h2>Differences between the runs</h2>\n");
        boolean same = runs.stream().map(run -> run.environment().fingerprint()).distinct().count() == 1;
        out.append("<p>").append(same ? "The fingerprints are equal: same machine, versions and settings."
                : "<b>The fingerprints differ</b>: a difference below may be the cause of a difference in the figures.")
                .append("</p>\n");
        if (!found.isEmpty()) {
            out.append("<ul>\n");
            found.forEach(text -> out.append("<li>").append(escape(text)).append("</li>\n"));
            out.append("</ul>\n");
        }
        section("Ratios to run A", "Completed p50 over the events of all trials, µs.", List.of(), Tables.against(runs));
    }

    private void rates() {
        List<String> saturated = charts.saturated();
        section("Offered rate against latency",
                "Events are due at a fixed rate, whether or not the system keeps up. Solid: p50, dashed: p99."
                + (saturated.isEmpty() ? "" : " Not drawn, because saturated: " + String.join("; ", saturated) + "."),
                charts.rates(), null);
    }

    private void timelines() {
        List<Chart> timelines = charts.timelines();
        if (timelines.isEmpty()) {
            return;
        }
        title(timelines.get(0).x().label().equals("slice") ? "Slice by slice" : "Second by second",
                "A pause is a peak, and warm-up is a slope.");
        for (Chart chart : timelines) {
            out.append("<details class=\"timeline\"><summary>").append(escape(chart.title())).append("</summary>\n");
            figure(chart);
            out.append("</details>\n");
        }
    }

    /** Writes nothing if there are neither charts nor rows. */
    private void section(String title, String text, List<Chart> all, Table table) {
        if (all.isEmpty() && (table == null || table.rows().isEmpty())) {
            return;
        }
        title(title, text);
        all.forEach(this::figure);
        if (table != null) {
            table(table, "");
        }
    }

    private void title(String title, String text) {
        out.append("<h2>").append(escape(title)).append("</h2>\n<p class=\"soft\">").append(escape(text))
                .append("</p>\n");
    }

    /** The page's script reads the positions of the x values from the element, and the values from the table. */
    private void figure(Chart chart) {
        String positions = Arrays.stream(new Drawing(chart).positions()).mapToObj(SvgPen::place)
                .collect(Collectors.joining(" "));
        out.append("<figure id=\"figure-").append(chart.id()).append("\" aria-labelledby=\"title-").append(chart.id())
                .append("\" data-positions=\"").append(positions).append("\" data-unit=\"").append(escape(chart.y().label()))
                .append("\">\n<figcaption><h3 id=\"title-").append(chart.id()).append("\">").append(escape(chart.title()))
                .append("</h3><button type=\"button\" data-save=\"").append(chart.id())
                .append("\">Save as SVG</button></figcaption>\n<div class=\"chart\">").append(SvgPen.draw(chart))
                .append("</div>\n<details><summary>Table</summary>\n");
        table(Tables.of(chart), "");
        out.append("</details>\n</figure>\n");
    }

    private void table(Table table, String kind) {
        out.append("<div class=\"wide\"><table class=\"").append(kind).append("\"><thead><tr>");
        table.head().forEach(cell -> out.append("<th scope=\"col\">").append(escape(cell)).append("</th>"));
        out.append("</tr></thead><tbody>\n");
        for (List<String> row : table.rows()) {
            out.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                out.append(i == 0 ? "<th scope=\"row\">" : "<td>").append(escape(row.get(i))).append(i == 0 ? "</th>"
                        : "</td>");
            }
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div>\n");
    }

    private void how() {
        out.append("<h2>How to repeat the run</h2>\n");
        for (RunView run : runs) {
            Environment environment = run.environment();
            out.append("<h3>").append(escape(charts.letter(run) + run.name())).append("</h3>\n<p>")
                    .append(escape(run.status().state() + ", " + run.status().trials() + " of " + run.status().asked()
                    + " " + run.unit() + ", started "
                            + environment.startedAt() + ", fingerprint " + environment.fingerprint()
                            + ". Command:"))
                    .append("</p>\n<pre>")
                    .append(escape(environment.commandLine()))
                    .append("</pre>\n");
            Map<String, String> facts = new LinkedHashMap<>();
            new TreeMap<>(environment.machine()).forEach((name, value) -> facts.put("machine: " + name, value));
            new TreeMap<>(environment.versions()).forEach((name, value) -> facts.put("version: " + name, value));
            run.commonSettings().forEach((name, value) -> facts.put("every row: " + name, value));
            details("Machine, versions, and settings of all rows", facts);
            for (String stem : run.stems()) {
                Map<String, String> own = new TreeMap<>(environment.settings().getOrDefault(stem, Map.of()));
                own.keySet().removeAll(run.commonSettings().keySet());
                details("Settings of " + stem, own);
            }
        }
    }

    private void details(String title, Map<String, String> facts) {
        if (!facts.isEmpty()) {
            out.append("<details><summary>").append(escape(title)).append("</summary>\n");
            Table table = new Table("ll", "name", "value");
            facts.forEach((name, value) -> table.add(name, value));
            table(table, "names");
            out.append("</details>\n");
        }
    }

    private String foot() throws IOException {
        return out.append("<script>\n").append(resource("page.js")).append("</script>\n</body>\n</html>\n").toString();
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("/report/" + name)) {
            if (in == null) {
                throw new IOException("the jar has no report/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
