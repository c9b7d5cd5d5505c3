package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Execution(ExecutionMode.CONCURRENT) // each test draws pages and pictures in a directory of its own
class ReportTest {

    private static final Set<Report.Format> ALL = EnumSet.allOf(Report.Format.class);
    private static final Set<Report.Format> PAGE = EnumSet.of(Report.Format.HTML);

    @TempDir
    private Path folder;

    @Test
    void aRunBecomesAPageThatHoldsItsFigures() throws Exception {
        Path run = SyntheticRun.full(folder, "run").typed("-f", "3", "-p", "delay=exp:2ms (x)").valid();
        Report.Outcome outcome = Report.write(List.of(run), run, ALL);
        assertThat(outcome.problems()).isEmpty();
        String page = Files.readString(run.resolve("report.html"));
        assertThat(page.length()).isLessThan(1_000_000);
        assertThat(page).contains("Latency by percentile", "Growth with the number of recipients", "Received at each recipient",
                "Second by second", "Floors", "How to repeat the run",
                "<pre>java ", "-jar target/benchmarks.jar -f 3 -p &#39;delay=exp:2ms (x)&#39;");
        assertThat(page).doesNotContain("Offered rate against latency", "Acks and nodes", "Differences between the runs",
                "class=\"warn\"");
        assertThat(page).doesNotContainPattern("(src|href)=\"https?:").doesNotContain("@import", "url(http");
    }

    @Test
    void percentilesOnThePageAreThoseOfTheHlog() throws Exception {
        Path run = SyntheticRun.full(folder, "run").valid();
        Report.write(List.of(run), run, PAGE);
        Chart chart = chart(run, "percentiles-n3", run);
        Histogram kafka = completed(run.resolve("ProduceToConsume_acks=all_delay=none_recipients=3.hlog"));
        Chart.Line line = line(chart, "kafka");
        int compared = 0;
        for (int i = 0; i < chart.xs().length; i++) {
            if (!Double.isNaN(line.ys()[i])) {
                double expected = kafka.getValueAtPercentile(100 - 100 / chart.xs()[i]) / 1000.0;
                assertThat(line.ys()[i]).isCloseTo(expected, within(expected / 1000));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(25); // 18,000 samples: up to 1/(1 − p) = 1,800
        Chart.Line growth = line(chart(run, "growth-completed", run), "kafka p50");
        assertThat(growth.ys()[1])
                .isCloseTo(kafka.getValueAtPercentile(50) / 1000.0, within(kafka.getValueAtPercentile(50) / 1e6));
    }

    @Test
    void theAnswerOfTrialsThatAreNotPairedHasFiguresAndNoInterval() throws Exception {
        Map<String, String> params = Map.of("recipients", "1", "delay", "none");
        Path run = new SyntheticRun(folder, "run").row("ParallelFanOut", "grpc-parallel", 500, params)
                .row("ProduceToConsume", "kafka", 1000, params).valid();
        List<String> sentences = Answer.sentences(RunView.read(run));
        assertThat(sentences).hasSize(4);
        assertThat(sentences.get(0)).matches("At 1 recipient Kafka takes (1\\.9|2\\.0)\\d × as long as parallel fan-out\\.");
        assertThat(sentences.subList(1, 3)).containsExactly(
                "These ratios have no interval, because the trials of this run are not paired.",
                "This run does not record whether all of its trials had settled.");
        assertThat(sentences.get(3)).contains("one event at a time on an idle system")
                .endsWith("every event was accounted for.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "jmh.threads | 3  | 3 events at a time (-t 3)",
        "jmh.forks   | 0  | no fresh JVM, so no trial (-f 0)",
        "jmh.mode    | ss | one sample an iteration (-bm ss)"})
    void rowsThatAreNoTrialsOfOneEventAtATimeAreNamedAndNotRanked(String setting, String value, String condition)
            throws Exception {
        Map<String, String> params = Map.of("recipients", "1", "delay", "none");
        Path run = new SyntheticRun(folder, "run").row("ParallelFanOut", "grpc-parallel", 500, params, Map.of(setting, value))
                .row("ProduceToConsume", "kafka", 1000, params, Map.of(setting, value)).valid();
        RunView view = RunView.read(run);
        assertThat(Answer.sentences(view)).singleElement().asString()
                .startsWith("This is " + condition + ": not ranked, all on one machine (").doesNotContain("idle system");
        assertThat(view.rows()).allMatch(row -> row.doubtful().equals(condition));
    }

    @Test
    void whatIsInvalidIsMarkedEverywhere() throws Exception {
        Path run = SyntheticRun.full(folder, "run").invalid("kafka, trial 2: 1 event lost at <billing>");
        assertThat(Report.write(List.of(run), run, ALL).problems()).isEmpty();
        String page = Files.readString(run.resolve("report.html"));
        assertThat(page).contains("class=\"warn\"", "lost at &lt;billing&gt;", "THE RUN IS INVALID");
        assertThat(chart(run, "percentiles-n1", run).lines()).isNotEmpty()
                .allMatch(line -> line.doubtful() && line.name().endsWith(" (invalid run)"));
        assertThat(new ObjectMapper().readTree(run.resolve("smaller-is-better.json").toFile())).isEmpty();
        assertThat(Files.readString(run.resolve("summary.md"))).contains("| mark |", "invalid run");
    }

    @Test
    void aSaturatedRateIsNamedAndNotDrawn() throws Exception {
        Path run = offered(500, "200", "500", "1000");
        Report.write(List.of(run), run, PAGE);
        assertThat(chart(run, "rate-n3", run).xs()).containsExactly(200.0, 500.0);
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Not drawn, because saturated: kafka, N = 3, 1,000 events/s");
    }

    @Test
    void ratesStandInTheOrderOfNumbers() throws Exception {
        Path run = offered(5000, "1000", "200", "500");
        Report.write(List.of(run), run, EnumSet.of(Report.Format.DATA));
        assertThat(Files.readAllLines(run.resolve("summary.csv")).stream().filter(line -> line.contains(",completed,"))
                .map(line -> line.replaceAll(".*rate=(\\d+).*", "$1"))).containsExactly("200", "500", "1000");
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "3, 1"})
    void aTrialThatIsTooShortForASlopeHasNoTimeline(int seconds, int timelines) throws Exception {
        Path run = new SyntheticRun(folder, "run").seconds(seconds)
                .row("OpenLoop", "kafka", 400, Map.of("recipients", "3", "rate", "200")).valid();
        Report.write(List.of(run), run, EnumSet.of(Report.Format.HTML, Report.Format.SVG));
        assertThat(run.toFile().list((folder, name) -> name.startsWith("timeline-"))).hasSize(timelines);
        assertThat(Files.readString(run.resolve("report.html")).contains("Second by second")).isEqualTo(timelines > 0);
        assertThat(chart(run, "rate-n3", run)).isNotNull();
    }

    /** A run of an open loop at these rates, of a path that takes so many events a second. */
    private Path offered(int eventsASecond, String... rates) throws Exception {
        SyntheticRun synthetic = new SyntheticRun(folder, "run").eventsASecond(eventsASecond);
        for (String rate : rates) {
            synthetic.row("OpenLoop", "kafka", 400, Map.of("recipients", "3", "rate", rate));
        }
        return synthetic.valid();
    }

    @Test
    void acksAndNodesAreATableWhereTheyDiffer() throws Exception {
        SyntheticRun synthetic = new SyntheticRun(folder, "run");
        for (String acks : List.of("0", "1", "all")) {
            synthetic.row("ProduceToConsume", "kafka", 400, Map.of("recipients", "1", "acks", acks),
                    Map.of("broker.nodes", "3", "broker.kind", "container"));
        }
        Path run = synthetic.valid();
        Report.write(List.of(run), run, PAGE);
        assertThat(Files.readString(run.resolve("report.html"))).contains("Acks and nodes")
                .containsPattern("all</th><td>3</td><td>container</td><td>1</td>");
        assertThat(line(chart(run, "percentiles-n1", run), "kafka acks=all")).isNotNull();
    }

    @Test
    void runsAreLaidOverEachOtherAndWhatDiffersIsSaidFirst() throws Exception {
        Map<String, String> params = Map.of("recipients", "1");
        Path a = new SyntheticRun(folder, "a").row("ProduceToConsume", "kafka", 400, params,
                Map.of("kafka.producer.linger.ms", "0"))
                .valid();
        Path b = new SyntheticRun(folder, "b").row("ProduceToConsume", "kafka", 800, params,
                Map.of("kafka.producer.linger.ms", "5"))
                .row("NullPath", "null", 1, params).valid();
        Path both = folder.resolve("both");
        assertThat(Report.write(List.of(a, b), both, ALL).problems()).isEmpty();
        String page = Files.readString(both.resolve("report.html"));
        assertThat(page).contains("<b>The fingerprints differ</b>",
                "<li>setting kafka.producer.linger.ms: A has &#39;0&#39;, B has &#39;5&#39;</li>",
                "<li>only B has NullPath_recipients=1</li>");
        assertThat(page.indexOf("Differences between the runs")).isLessThan(page.indexOf("<h2>Results"));
        assertThat(chart(both, "percentiles-n1", a, b).lines()).extracting(Chart.Line::name)
                .containsExactly("A kafka", "B kafka");
        assertThat(page).containsPattern(
                "ProduceToConsume_recipients=1</th><td>\\d+</td><td>\\d+</td><td>(1\\.9\\d|2\\.0\\d)</td>");
    }

    @Test
    void brokenInputIsALineAndTheOthersAreStillDrawn() throws Exception {
        Path good = SyntheticRun.full(folder, "good").valid();
        Path cut = SyntheticRun.full(folder, "cut").valid();
        Path hlog = cut.resolve("ProduceToConsume_acks=all_delay=none_recipients=3.hlog");
        Files.writeString(hlog, Files.readString(hlog).substring(0, 700));
        Path edited = SyntheticRun.full(folder, "edited").valid();
        Files.writeString(edited.resolve("summary.json"), "{\"schema\": 1, \"unit\": \"ns\", \"rows\": [}");
        Path newer = SyntheticRun.full(folder, "newer").valid();
        Files.writeString(newer.resolve("environment.json"),
                Files.readString(newer.resolve("environment.json")).replace("\"schema\" : 1", "\"schema\" : 2"));
        Path killed = SyntheticRun.full(folder, "killed").valid();
        Files.delete(killed.resolve("summary.json"));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path out = folder.resolve("out");
        Report.Outcome outcome = Report.write(List.of(cut, edited, newer, killed, empty, folder.resolve("nowhere"),
                good), out, ALL);
        assertThat(outcome.problems()).hasSize(6).allMatch(problem -> problem.lines().count() == 1);
        assertThat(outcome.problems().get(0))
                .startsWith("20261123-120000-cut: ProduceToConsume_acks=all_delay=none_recipients=3 is left out: ");
        assertThat(outcome.problems().get(1)).startsWith(edited + "/summary.json is not JSON: ");
        assertThat(outcome.problems().get(2))
                .isEqualTo(newer + "/environment.json has schema 2, this program reads schema 1");
        assertThat(outcome.problems().get(3)).startsWith(killed + " has no summary.json: the run was killed");
        assertThat(outcome.problems().get(4)).isEqualTo(empty + " is no run: it has no status.json");
        assertThat(outcome.problems().get(5)).isEqualTo(folder.resolve("nowhere") + " is no directory");
        assertThat(Files.readString(out.resolve("report.html"))).contains("20261123-120000-good",
                "is no run: it has no status.json");
        // acks does not vary, so it is not said
        assertThat(line(chart(out, "percentiles-n3", cut, good), "B kafka acks=all")).isNull();
        assertThat(line(chart(out, "percentiles-n3", cut, good), "B kafka")).isNotNull();
        assertThat(line(chart(out, "percentiles-n3", cut, good), "A kafka")).isNull();
        assertThat(line(chart(out, "percentiles-n1", cut, good), "A kafka")).isNotNull();
    }

    @Test
    void aDamagedHlogIsNotHalfBelieved() throws Exception {
        Path run = SyntheticRun.full(folder, "run").valid();
        Path hlog = run.resolve("TcpRoundTrip_payloadBytes=256.hlog");
        List<String> lines = Files.readAllLines(hlog);
        Files.write(hlog, lines.subList(0, lines.size() - 1)); // whole lines, but one is missing
        assertThat(RunView.read(run).problems()).containsExactly("TcpRoundTrip_payloadBytes=256 is left out: "
                + "TcpRoundTrip_payloadBytes=256.hlog holds 16000 samples, summary.json counts 18000");
    }

    @Test
    void markupInNamesIsText() throws Exception {
        Path run = new SyntheticRun(folder, "x").row("Evil", "<script>alert(1)</script>", 100,
                Map.of("recipients", "1", "delay", "</script><b>"), Map.of("note", "</td><img src=x>")).row("Evil",
                "<script>alert(1)</script>", 100, Map.of("recipients", "1", "delay", "none")).typed("</pre><script>")
                .valid();
        Report.write(List.of(run), run, ALL);
        String page = Files.readString(run.resolve("report.html"));
        assertThat(page).doesNotContain("<script>alert", "<img", "</script><b>", "</pre><script>");
        assertThat(chart(run, "percentiles-n1", run).lines()).extracting(Chart.Line::name)
                .contains("<script>alert(1)</script> delay=</script><b>");
        parse(Files.readAllBytes(run.resolve("percentiles-n1.svg")));
    }

    @Test
    void picturesAreWholeAndTextStaysText() throws Exception {
        Path run = SyntheticRun.full(folder, "run").valid();
        Report.Outcome outcome = Report.write(List.of(run), run, EnumSet.of(Report.Format.SVG, Report.Format.PNG));
        assertThat(outcome.problems()).isEmpty();
        try (Stream<Path> files = outcome.written().stream()) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith(".svg")) {
                    parse(Files.readAllBytes(file));
                    assertThat(Files.size(file)).isLessThan(60_000);
                } else {
                    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(1800);
                }
            }
        }
        assertThat(Files.readString(run.resolve("growth-completed.svg"))).contains(">grpc-sequential p50</text>",
                ">Completed by number of recipients</text>").doesNotContain("<path");
        assertThat(outcome.written()).hasSize(2 * (3 + 2 + 2 + 9));
    }

    @Test
    void otherToolsGetTheirFormats() throws Exception {
        Path run = SyntheticRun.full(folder, "run").valid();
        Files.writeString(run.resolve("jmh.json"),
                "[{\"benchmark\":\"b\",\"primaryMetric\":{\"score\":123.45,\"scoreError\":\"NaN\",\"rawData\":[1.5E-7,42]},"
                        + "\"secondaryMetrics\":{\"sender:p0.50\":{\"score\":1}}}]");
        assertThat(Report.write(List.of(run), run, EnumSet.of(Report.Format.DATA)).problems()).isEmpty();
        JsonNode visualizer = new ObjectMapper().readTree(run.resolve("jmh-visualizer.json").toFile());
        assertThat(visualizer.get(0).get("secondaryMetrics").fieldNames()).toIterable()
                .containsExactly("·sender:p0.50");
        assertThat(visualizer.get(0).get("primaryMetric")).hasToString("{\"score\":123.45,\"scoreError\":\"NaN\",\"rawData\":[1.5E-7,42]}");
        JsonNode smaller = new ObjectMapper().readTree(run.resolve("smaller-is-better.json").toFile());
        assertThat(smaller).hasSize(3 * 3 * 4 + 4 + 2);
        assertThat(smaller.get(0).fieldNames()).toIterable().containsExactly("name", "unit", "value", "range", "extra");
        assertThat(smaller.get(0).get("name").textValue()).isEqualTo("grpc-parallel N=1 completed p50");
        List<String> csv = Files.readAllLines(run.resolve("summary.csv"));
        assertThat(csv.get(0)).startsWith("run,path,benchmark,recipients,params,series,count,mean_us,p50_us");
        assertThat(csv).allMatch(line -> line.split(",", -1).length == 13);
        assertThat(Files.readString(run.resolve("summary.md")))
                .startsWith("| path | N | p50 | p99 | p99.9 | max | sender p50 | trials | spread |\n"
                + "|---|---:|---:|");
    }

    @Test
    void theNewestRunIsTheLastByItsName() throws IOException {
        assertThat(Report.newest(folder.resolve("nowhere")).run()).isEmpty();
        SyntheticRun.full(folder, "a").valid();
        Path second = SyntheticRun.full(folder, "b").valid();
        Files.createDirectory(folder.resolve("reference"));
        Files.createDirectory(folder.resolve("20270101-000000-nothing"));
        assertThat(Report.newest(folder).run()).contains(second);

        Path running = SyntheticRun.full(folder, "c").valid();
        RunDirectory.open(running).writeJson("status.json", Status.running(1, 9));
        assertThat(Report.newest(folder)).isEqualTo(new Report.Newest(Optional.of(second), List.of(running)));
    }

    @Test
    void aRowHasOneMedianInEveryTable() throws Exception {
        Path fast = SyntheticRun.full(folder, "fast").valid();
        RunView view = RunView.read(fast);
        RunView.Row row = view.rows().stream().filter(one -> one.path().equals("kafka")).findFirst().orElseThrow();
        Charts charts = new Charts(List.of(view, view));
        double pooled = row.micros("completed", RunView.Quantile.P50);
        assertThat(row.p50()).isEqualTo(pooled);
        assertThat(Tables.against(List.of(view, view)).rows()).anyMatch(cells ->
                cells.get(0).equals(row.summary().stem()) && cells.get(1).equals(Chart.number(pooled)));
        assertThat(Tables.floors(List.of(view), charts).rows()).anyMatch(cells ->
                cells.get(0).endsWith("kafka") && cells.get(2).equals(Chart.number(pooled)));
    }

    @Test
    void oneTo26Runs() {
        assertThatThrownBy(() -> Report.write(List.of(), folder, ALL)).hasMessage("runs must be 1..26, got 0");
    }

    private static Histogram completed(Path hlog) throws IOException {
        Histogram all = new Histogram(3);
        try (HistogramLogReader reader = new HistogramLogReader(hlog.toFile())) {
            while (reader.hasNext()) {
                Histogram interval = (Histogram) reader.nextIntervalHistogram();
                if (interval.getTag() == null) {
                    all.add(interval);
                }
            }
        }
        return all;
    }

    /** The chart of these runs, which the report's page has as a picture and as a table. */
    private static Chart chart(Path report, String id, Path... runs) throws IOException {
        List<RunView> views = new ArrayList<>();
        for (Path run : runs) {
            views.add(RunView.read(run));
        }
        Chart chart = new Charts(views).charts().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
        String page = Files.readString(report.resolve("report.html"));
        assertThat(page).contains("<figure id=\"figure-" + id + "\"", SvgPen.draw(chart));
        String figure = page.substring(page.indexOf("<figure id=\"figure-" + id + "\""));
        assertThat(figure.substring(0, figure.indexOf("</figure>")).split("<tr>")).hasSize(2 + chart.xs().length);
        return chart;
    }

    private static Chart.Line line(Chart chart, String name) {
        return chart.lines().stream().filter(line -> line.name().equals(name)).findFirst().orElse(null);
    }

    private static void parse(byte[] xml) throws Exception {
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml));
        assertThat(new String(xml, StandardCharsets.UTF_8)).contains("<text ");
    }
}
