package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.compare.Comparison;
import dev.brew.delivery.compare.Judgement;
import dev.brew.delivery.compare.Metric;
import dev.brew.delivery.compare.Ratio;
import dev.brew.delivery.compare.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonPageTest {

    private static final Ratio SLOWER = new Ratio(1.25, 1.125, 1.5);

    @Test
    void theVerdictComesFirstAndEachMetricHasItsFigures() throws IOException {
        String page = ComparisonPage.of(comparison(List.of(
                judged(Metric.COMPLETED_P50, Verdict.REGRESSION, SLOWER, 0.07, 1.2, 1.3),
                judged(Metric.ACHIEVED_RATE, Verdict.INCONCLUSIVE, new Ratio(0.9, 0, Double.POSITIVE_INFINITY), -1, 0.9))),
                Map.of("Page of the base", "base/report.html"));
        assertThat(page).contains("<h1 class=\"regression\">REGRESSION: ParallelFanOut recipients=3 completed p50</h1>")
                .contains("Base: a&lt;b.jar. Candidate: b.jar.")
                .contains("<a href=\"base/report.html\">Page of the base</a>")
                .contains("<td>+25.0 %</td><td>+12.5 % to +50.0 %</td>", "<td>1,000 µs</td><td>1,250 µs</td><td>6 pairs</td>"
                        + "<td>+7.0 %</td>")
                .contains("<td>−10.0 %</td><td>−100.0 % to ∞</td>", "<td>not in 6</td><td>–</td>")
                .contains("<li>not judged: ParallelFanOut recipients=3 completed p99: needs 10000 events</li>", "<li>a note</li>")
                .doesNotContain("NaN", "Infinity");
        assertThat(page.indexOf("<h1")).isLessThan(page.indexOf("<table"));
    }

    /** The middle of the picture is no change; the range is that of the widest interval, here a tenth more than 1.5. */
    @Test
    void thePictureIsToScale() throws IOException {
        String page = ComparisonPage.of(comparison(List.of(judged(Metric.COMPLETED_P50, Verdict.REGRESSION, SLOWER, 0.07, 1.2))),
                Map.of());
        double perUnit = 110 / (1.1 * Math.log(1.5));
        assertThat(page).contains("cx=\"" + SvgPen.place(110 + perUnit * Math.log(1.25)) + "\"")
                .contains("x1=\"" + SvgPen.place(110 + perUnit * Math.log(1.125)) + "\" x2=\""
                        + SvgPen.place(110 + perUnit * Math.log(1.5)) + "\"")
                .contains("<line class=\"pair\" x1=\"" + SvgPen.place(110 + perUnit * Math.log(1.2)) + "\"")
                .contains("<line class=\"none\" x1=\"110\"");
    }

    @Test
    void aCandidateThatFailedHasNoTable() throws IOException {
        Comparison failed = new Comparison(1, "regress", 7L, "a.jar", "b.jar", Map.of(), List.of(), List.of(), List.of(),
                List.of("pair 1, it <died>"), List.of());
        assertThat(ComparisonPage.of(failed, Map.of()))
                .contains("<h1 class=\"regression\">REGRESSION: the candidate failed: pair 1, it &lt;died&gt;</h1>")
                .doesNotContain("<table");
    }

    private static Judgement judged(Metric metric, Verdict verdict, Ratio ratio, double detectable, Double... pairs) {
        double level = metric.isLatency() ? 1_000_000 : 1_000;
        return new Judgement(metric, verdict, ratio, level, level * ratio.estimate(), 0.001, 0.1, 6, 6, detectable,
                List.of(pairs));
    }

    private static Comparison comparison(List<Judgement> judged) {
        return new Comparison(1, "regress", 7L, "a<b.jar", "b.jar", Map.of(), List.of(new Comparison.Row(
                "ParallelFanOut_recipients=3", "dev.brew.delivery.bench.ParallelFanOutBenchmark.event", Map.of("recipients", "3"),
                judged, List.of(new Comparison.NotJudged(Metric.COMPLETED_P99, "needs 10000 events")))), List.of(), List.of(),
                List.of(), List.of("a note"));
    }
}
