package dev.brew.delivery.report;

import static dev.brew.delivery.report.SvgPen.escape;
import static dev.brew.delivery.report.SvgPen.place;

import dev.brew.delivery.compare.Comparison;
import dev.brew.delivery.compare.ComparisonFiles;
import dev.brew.delivery.compare.Judgement;
import dev.brew.delivery.compare.Ratio;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the page of a comparison: the verdict, and each metric with its interval as a number and as a picture. */
final class ComparisonPage {

    private static final int WIDTH = 220;
    private static final int HEIGHT = 28;
    /** Beyond a factor of two, a picture shows only that there is more. */
    private static final double WIDEST = Math.log(2);
    private static final double NARROWEST = Math.log(1.1);
    private static final int TICK = 4;
    private static final int DOT = 4;

    private final Comparison comparison;
    private final Map<String, String> links;
    private final double range;
    private final StringBuilder out = new StringBuilder();

    private ComparisonPage(Comparison comparison, Map<String, String> links) {
        this.comparison = comparison;
        this.links = links;
        this.range = Math.min(WIDEST, comparison.rows().stream().flatMap(row -> row.metrics().stream())
                .mapToDouble(ComparisonPage::farthest).max().orElse(NARROWEST));
    }

    private static double farthest(Judgement judged) {
        double margin = Math.log1p(judged.margin());
        Ratio ratio = judged.ratio();
        double bound = Math.max(Math.abs(Math.log(ratio.lower())), Math.abs(Math.log(ratio.upper())));
        return 1.1 * Math.max(Math.max(NARROWEST, margin), Double.isInfinite(bound) ? 0 : bound);
    }

    /** @param links pages of the two sides, by what they are called */
    static String of(Comparison comparison, Map<String, String> links) throws IOException {
        return new ComparisonPage(comparison, links).write();
    }

    private String write() throws IOException {
        String headline = ComparisonFiles.headline(comparison);
        out.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>").append(escape(headline))
                .append("</title>\n<style>\n").append(Page.resource("page.css")).append(Page.resource("comparison.css"))
                .append("</style>\n</head>\n<body>\n<h1 class=\"").append(comparison.verdict().name().toLowerCase(Locale.ROOT))
                .append("\">").append(escape(headline)).append("</h1>\n<p class=\"soft\">Base: ").append(escape(comparison.base()))
                .append(". Candidate: ").append(escape(comparison.candidate())).append(".</p>\n");
        if (!links.isEmpty()) {
            out.append("<p>");
            links.forEach((name, page) -> out.append("<a href=\"").append(escape(page)).append("\">").append(escape(name))
                    .append("</a> "));
            out.append("</p>\n");
        }
        table();
        List<String> remarks = ComparisonFiles.remarks(comparison);
        if (!remarks.isEmpty()) {
            out.append("<h2>Remarks</h2>\n<ul>\n");
            remarks.forEach(line -> out.append("<li>").append(escape(line)).append("</li>\n"));
            out.append("</ul>\n");
        }
        return out.append("</body>\n</html>\n").toString();
    }

    private void table() {
        if (comparison.rows().stream().allMatch(row -> row.metrics().isEmpty())) {
            return;
        }
        out.append("<h2>Candidate ÷ base</h2>\n<p class=\"soft\">Picture: from ").append(percent(Math.expm1(-range))).append(" to ")
                .append(percent(Math.expm1(range))).append(", the line in the middle is no change; shaded: within the margin; "
                + "thick line: the interval that decides; dot: the estimate; ticks: the single pairs. To the right is worse for a "
                + "latency, to the left for a rate. Could find: the smallest worsening that is found eight times in ten.</p>\n")
                .append("<div class=\"wide\"><table class=\"metrics\"><thead><tr>");
        for (String head : List.of("metric", "verdict", "change", "interval", "picture", "base", "candidate", "decided after",
                "could find")) {
            out.append("<th scope=\"col\">").append(head).append("</th>");
        }
        out.append("</tr></thead>\n");
        for (Comparison.Row row : comparison.rows()) {
            out.append("<tbody><tr><th class=\"row\" scope=\"rowgroup\" colspan=\"9\">").append(escape(comparison.label(row)))
                    .append("</th></tr>\n");
            row.metrics().forEach(this::metric);
            out.append("</tbody>\n");
        }
        out.append("</table></div>\n");
    }

    private void metric(Judgement judged) {
        Ratio ratio = judged.ratio();
        boolean decided = !judged.verdict().name().equals("INCONCLUSIVE");
        out.append("<tr><th scope=\"row\">").append(escape(judged.metric().label())).append("</th><td class=\"")
                .append(judged.verdict().name().toLowerCase(Locale.ROOT)).append("\">").append(judged.verdict()).append("</td><td>")
                .append(percent(ratio.estimate() - 1)).append("</td><td>").append(percent(ratio.lower() - 1)).append(" to ")
                .append(Double.isInfinite(ratio.upper()) ? "∞" : percent(ratio.upper() - 1)).append("</td><td>");
        picture(judged);
        out.append("</td><td>").append(escape(judged.metric().print(judged.base()))).append("</td><td>")
                .append(escape(judged.metric().print(judged.candidate()))).append("</td><td>")
                .append(decided ? judged.baseTrials() + " pairs" : "not in " + judged.baseTrials()).append("</td><td>")
                .append(judged.detectable() < 0 ? "–" : percent(judged.detectable())).append("</td></tr>\n");
    }

    private void picture(Judgement judged) {
        double middle = HEIGHT / 2.0;
        double margin = Math.log1p(judged.margin());
        out.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT).append("\" width=\"").append(WIDTH)
                .append("\" height=\"").append(HEIGHT).append("\" role=\"img\" aria-label=\"")
                .append(escape(percent(judged.ratio().estimate() - 1))).append("\"><rect class=\"margin\" x=\"").append(x(-margin))
                .append("\" y=\"0\" width=\"").append(place((position(margin) - position(-margin)))).append("\" height=\"")
                .append(HEIGHT).append("\"/><line class=\"none\" x1=\"").append(x(0)).append("\" x2=\"").append(x(0))
                .append("\" y1=\"0\" y2=\"").append(HEIGHT).append("\"/>");
        for (double pair : judged.pairs()) {
            out.append("<line class=\"pair\" x1=\"").append(x(Math.log(pair))).append("\" x2=\"").append(x(Math.log(pair)))
                    .append("\" y1=\"").append(place(HEIGHT - 2.0 * TICK)).append("\" y2=\"").append(HEIGHT).append("\"/>");
        }
        out.append("<line class=\"interval\" x1=\"").append(x(Math.log(judged.ratio().lower()))).append("\" x2=\"")
                .append(x(Math.log(judged.ratio().upper()))).append("\" y1=\"").append(place(middle)).append("\" y2=\"")
                .append(place(middle)).append("\"/><circle cx=\"").append(x(Math.log(judged.ratio().estimate()))).append("\" cy=\"")
                .append(place(middle)).append("\" r=\"").append(DOT).append("\"/></svg>");
    }

    private double position(double logarithm) {
        return WIDTH / 2.0 * (1 + Math.max(-1, Math.min(1, logarithm / range)));
    }

    private String x(double logarithm) {
        return place(position(logarithm));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * share).replace('-', '−');
    }
}
