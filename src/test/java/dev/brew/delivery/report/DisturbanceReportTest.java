package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.SyntheticDisturbance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DisturbanceReportTest {

    @TempDir
    private Path folder;

    @Test
    void thePageHasTheScriptTheTableTheRecoveryAndASettingsTable() throws IOException {
        Path run = grpcAndKafka();
        Report.Outcome outcome = Report.write(List.of(run), run, EnumSet.of(Report.Format.HTML, Report.Format.SVG,
                Report.Format.DATA));
        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.written()).extracting(file -> file.getFileName().toString()).containsExactly("report.html",
                "disturbance-grpc-parallel.svg", "disturbance-kafka.svg", "disturbance-lag.svg");
        assertThat(Files.readString(run.resolve("report.html"))).contains(
                "analytics gives no answer for 1.0 s, after 2.0 s at 100 events/s; then at most 30.0 s to recover.",
                "<th scope=\"row\">grpc-parallel</th><td>during</td><td>300.2</td><td>0.5</td><td>-</td>",
                "<th scope=\"row\">kafka</th><td>during</td><td>2.0</td><td>0.5</td><td>1,000.3</td>",
                "kafka: no event failed, at most 150 in flight, steady again after 0.4 s",
                "VALID, 2 of 2 paths, started 2026-11-28T12:00:00Z", "Settings of disturb_path=kafka",
                "<th scope=\"row\">every row: recipients</th><td>2</td>").doesNotContain("trials");
    }

    @Test
    void aTimelineHasTheLatenciesOfEachSecondAndTheDisturbanceIsShaded() throws IOException {
        RunView view = RunView.read(grpcAndKafka());
        List<Chart> charts = new Charts(List.of(view)).disturbance(view);
        assertThat(charts).extracting(Chart::id)
                .containsExactly("disturbance-grpc-parallel", "disturbance-kafka", "disturbance-lag");
        assertThat(Tables.of(charts.get(0)).aligned()).containsExactly(
                "second  completed p50  completed p99  sender-blocked p99  received p99, healthy recipients",
                "1                1.00           1.00                1.00                             0.500",
                "2                   –              –                   –                                 –",
                "3               2,001          2,001                 300                             0.500",
                "4                1.00           1.00                1.00                             0.500");
        assertThat(Tables.of(charts.get(2)).aligned()).containsExactly("second  grpc-parallel  kafka",
                "1                   1      1", "2                   –      –", "3                 150    150",
                "4                 120    120");
        assertThat(charts).allSatisfy(chart ->
                assertThat(chart.span()).contains(new Chart.Span(2.5, 3.5, "analytics gives no answer")));
        assertThat(SvgPen.draw(charts.get(0))).contains("<g class=\"span\">\n<rect x=\"480\" y=\"40\" width=\"268\" "
                + "height=\"360\" fill=\"#fbeed5\"/>\n");
    }

    @Test
    void severalRunsShareAPageAndTheirChartsAreNamedByTheRunsLetters() throws IOException {
        Path run = grpcAndKafka();
        Report.Outcome outcome = Report.write(List.of(run, SyntheticRun.full(folder, "run").valid()), folder.resolve("both"),
                EnumSet.of(Report.Format.HTML, Report.Format.SVG));
        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.written()).extracting(file -> file.getFileName().toString())
                .contains("disturbance-lag-A.svg", "growth-completed.svg").doesNotContain("disturbance-lag-B.svg");
    }

    @Test
    void aRunWithoutAFinishedPathHasNoPage() throws IOException {
        Path run = new SyntheticDisturbance(folder, 100).valid();
        Report.Outcome outcome = Report.write(List.of(run), run, EnumSet.of(Report.Format.HTML));
        assertThat(outcome.problems()).containsExactly(run
                + " has no figures: no path of this run of disturb has finished");
        assertThat(outcome.written()).isEmpty();
    }

    private Path grpcAndKafka() throws IOException {
        return new SyntheticDisturbance(folder, 100).path("grpc-parallel", 300, 50, 200).path("kafka", 2, 0, 400).valid();
    }
}
