package dev.brew.delivery.report;

import static dev.brew.delivery.report.SvgPen.escape;

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

/** One page that needs nothing but itself: charts, the tables behind them, and how it came about. */
final class Page {

    private final List<RunView> runs;
    private final Charts charts;
    private final StringBuilder out = new StringBuilder();

    private Page(List<RunView> runs, Charts charts) {
        this.runs = runs;
        this.charts = charts;
    }

    /** @param problems of runs and rows that are not on the page */
    static String of(List<RunView> runs, Charts charts, List<String> problems) throws IOException {
        Page page = new Page(runs, charts);
        page.head();
        page.warnings(problems);
        page.answer();
        page.matrix();
        page.differences();
        page.section("Every figure",
                "Completed: every recipient has processed the event and the sender has its answer. Microseconds, all "
                + "trials together; a percentile with fewer than ten samples beyond it is not shown. Spread: largest ÷ smallest p50 of the "
                + "trials; a difference smaller than that is none.", List.of(), Tables.all(runs, charts));
        page.section("Latency by percentile",
                "How long the slow events take. The right of the axis is the tail: each step is one event in "
                + "ten times as many.", charts.percentiles(), null);
        page.section("Growth with the number of recipients",
                "One event to more recipients, on the same processors. Solid: p50, dashed: p99.",
                charts.growth(), null);
        page.section("Who waits for whom",
                "When each recipient has the event. A path on which a recipient waits for those before it rises from "
                + "left to right.", charts.received(), null);
        page.rates();
        page.section("Acks and nodes", "What the broker's promise costs.", List.of(), Tables.acks(runs, charts));
        page.timelines();
        page.section("Floors",
                "tcp: the same bytes over one raw loopback socket, there and back. null: this harness without a transport. "
                + "Completed p50 of all trials' events together, µs.", List.of(), Tables.floors(runs, charts));
        page.how();
        return page.foot();
    }

    private void head() throws IOException {
        String names = runs.stream().map(RunView::name).collect(Collectors.joining(", "));
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(escape("Sync against async delivery: " + names)).append("</title>\n<style>\n")
                .append(resource("page.css"))
                .append("</style>\n</head>\n<body>\n<h1>One event, N recipients: call each, or write it once?</h1>\n<p class=\"soft\">");
        out.append(runs.stream()
                .map(run -> escape(charts.letter(run).isEmpty() ? run.name() : charts.letter(run) + "= " + run.name()
                + " (" + run.status().state() + ")")).collect(Collectors.joining("; "))).append("</p>\n");
    }

    private void warnings(List<String> problems) {
        for (RunView run : runs) {
            if (run.status().state() != Status.State.VALID) {
                warn(charts.letter(run) + run.name() + " is " + run.status().state() + " (" + run.status().trials()
                        + " of "
                        + run.status().asked() + (run.matrix().isPresent() ? " rows" : " trials")
                        + "): its figures are drawn faintly and are not to be used. "
                        + String.join("; ", run.status().problems()));
            }
        }
        problems.forEach(this::warn);
    }

    private void warn(String text) {
        out.append("<p class=\"warn\" role=\"alert\">").append(escape(text)).append("</p>\n");
    }

    private void answer() {
        for (RunView run : runs.stream().filter(candidate -> candidate.matrix().isEmpty()).toList()) {
            out.append(runs.size() > 1 ? "<h3>" + escape(charts.letter(run) + run.name()) + "</h3>\n" : "");
            new Answer(run).sentences().forEach(sentence ->
                    out.append("<p class=\"answer\">").append(escape(sentence)).append("</p>\n"));
        }
    }

    private void matrix() {
        for (RunView run : runs) {
            run.matrix().ifPresent(matrix -> {
                title("The decision matrix" + (runs.size() > 1 ? ": " + charts.letter(run) + run.name() : ""),
                        "Each claim as an experiment on this machine, judged by a criterion that was fixed before it ran. "
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

    private void differences() {
        if (runs.size() < 2) {
            return;
        }
        List<String> found = Tables.differences(runs);
        out.append("<h2>What is not the same</h2>\n");
        boolean same = runs.stream().map(run -> run.environment().fingerprint()).distinct().count() == 1;
        out.append("<p>").append(same ? "The fingerprints agree: same machine, versions and settings."
                : "<b>The fingerprints differ</b>: whatever differs below may be what the figures show.")
                .append("</p>\n");
        if (!found.isEmpty()) {
            out.append("<ul>\n");
            found.forEach(text -> out.append("<li>").append(escape(text)).append("</li>\n"));
            out.append("</ul>\n");
        }
        section("Against each other", "Completed p50 of all trials' events together, µs.", List.of(), Tables.against(runs));
    }

    private void rates() {
        List<String> saturated = charts.saturated();
        section("Offered rate against latency",
                "Events are due at a fixed rate, whether or not the system is ready. Solid: p50, dashed: p99."
                + (saturated.isEmpty() ? "" : " Saturated, so not drawn: " + String.join("; ", saturated) + "."),
                charts.rates(), null);
    }

    private void timelines() {
        List<Chart> timelines = charts.timelines();
        if (timelines.isEmpty()) {
            return;
        }
        title("Second by second", "Whether a row was steady: a pause shows as a peak, warming up as a slope.");
        for (Chart chart : timelines) {
            out.append("<details class=\"timeline\"><summary>").append(escape(chart.title())).append("</summary>\n");
            figure(chart);
            out.append("</details>\n");
        }
    }

    /** Nothing at all if it has neither charts nor rows. */
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

    /** The page's script reads the places of the values from the element and the values from the table. */
    private void figure(Chart chart) {
        String places = Arrays.stream(new Drawing(chart).places()).mapToObj(SvgPen::place).collect(Collectors.joining(" "));
        out.append("<figure id=\"figure-").append(chart.id()).append("\" aria-labelledby=\"title-").append(chart.id())
                .append("\" data-places=\"").append(places).append("\" data-unit=\"").append(escape(chart.y().label()))
                .append("\">\n<figcaption><h3 id=\"title-").append(chart.id()).append("\">").append(escape(chart.title()))
                .append("</h3><button type=\"button\" data-save=\"").append(chart.id())
                .append("\">Save as SVG</button></figcaption>\n<div class=\"chart\">").append(SvgPen.draw(chart))
                .append("</div>\n<details><summary>The same as a table</summary>\n");
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
        out.append("<h2>How it came about</h2>\n");
        for (RunView run : runs) {
            Environment environment = run.environment();
            out.append("<h3>").append(escape(charts.letter(run) + run.name())).append("</h3>\n<p>")
                    .append(escape(run.status().state() + ", " + run.status().trials() + " of " + run.status().asked()
                    + (run.matrix().isPresent() ? " rows, started " : " trials, started ")
                            + environment.startedAt() + ", fingerprint " + environment.fingerprint()
                            + ". To repeat it:"))
                    .append("</p>\n<pre>")
                    .append(escape(environment.commandLine()))
                    .append("</pre>\n");
            Map<String, String> facts = new LinkedHashMap<>();
            new TreeMap<>(environment.machine()).forEach((name, value) -> facts.put("machine: " + name, value));
            new TreeMap<>(environment.versions()).forEach((name, value) -> facts.put("version: " + name, value));
            run.commonSettings().forEach((name, value) -> facts.put("every row: " + name, value));
            details("Machine, versions, and settings that every row has", facts);
            for (RunView.Row row : run.rows()) {
                Map<String, String> own = new TreeMap<>(environment.settings().getOrDefault(row.summary().stem(),
                        Map.of()));
                own.keySet().removeAll(run.commonSettings().keySet());
                details("Settings of " + row.summary().stem(), own);
            }
        }
    }

    private void details(String title, Map<String, String> facts) {
        if (!facts.isEmpty()) {
            out.append("<details><summary>").append(escape(title)).append("</summary>\n");
            Table table = new Table("ll", "what", "value");
            facts.forEach((name, value) -> table.add(name, value));
            table(table, "names");
            out.append("</details>\n");
        }
    }

    private String foot() throws IOException {
        return out.append("<script>\n").append(resource("page.js")).append("</script>\n</body>\n</html>\n").toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("/report/" + name)) {
            if (in == null) {
                throw new IOException("the jar has no report/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
