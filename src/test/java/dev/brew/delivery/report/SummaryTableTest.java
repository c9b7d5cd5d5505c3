package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Summary;
import dev.brew.delivery.results.Trend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTableTest {

    private static final Trend TREND = new Trend(0.98, 0.9, 1.1, 6, 1);

    @Test
    void theTableIsAlignedAndSaysOnlyWhatTheSamplesCarry() {
        Summary summary = new Summary(2, "ns", List.of(
                row("kafka", Map.of("recipients", "10", "acks", "all"), 500, 1_234_567, List.of(900_000L, 1_800_000L)),
                row("kafka", Map.of("recipients", "3", "acks", "1"), 20_000, 400_000, List.of(400_000L)),
                row("tcp", Map.of(), 20_000, 50_000, List.of(50_000L))));
        assertThat(SummaryTable.lines(summary).subList(0, 4)).containsExactly(
                "path    N    p50  p99  p99.9    max  sender p50  x TCP  trials  spread  trend  with",
                "kafka   3    400  800  1,200  1,600         200   8.00       1       -   0.98  acks=1",
                "kafka  10  1,235    -      -  4,938         617  24.69       2    2.00   0.98  acks=all",
                "tcp     -   50.0  100    150    200           -   1.00       1       -   0.98");
    }

    @Test
    void xTcpIsTheQuotientOfTheP50sThatTheTableShows() {
        Summary summary = new Summary(2, "ns", List.of(
                row("kafka", Map.of("recipients", "1"), 20_000, 470_000, List.of(470_000L, 2_508_000L, 2_509_000L)),
                row("tcp", Map.of(), 20_000, 15_400, List.of(15_400L, 16_800L, 16_900L))));
        List<String> lines = SummaryTable.lines(summary);
        assertThat(lines.get(1)).matches("kafka +1 +470 .* 30\\.52 .*");
        assertThat(lines).contains("Microseconds. p50 to max: completed, every recipient has processed the event and the"
                + " sender has its answer; of all trials' events together.");
    }

    @Test
    void rowsThatAreNoTrialsAreNamedAndNotSetInRelationToTcp() {
        Summary summary = new Summary(2, "ns", List.of(
                row("kafka", Map.of("recipients", "3"), 20_000, 400_000, List.of(400_000L)),
                row("tcp", Map.of(), 20_000, 50_000, List.of(50_000L))));
        List<String> lines = SummaryTable.lines(summary, List.of("3 events at a time (-t 3)",
                "no fresh JVM, so no trial (-f 0)"));
        assertThat(lines.get(1)).isEqualTo("kafka  3   400  800  1,200  1,600         200      -       1       -   0.98");
        assertThat(lines).last().isEqualTo(
                "Shown and not ranked: 3 events at a time (-t 3), no fresh JVM, so no trial (-f 0).");
        assertThat(String.join("\n", lines)).doesNotContain("one event at a time", "idle system");
        assertThat(SummaryTable.lines(summary)).anyMatch(line ->
                line.startsWith("Closed loop: one event at a time on an idle system. x TCP"));
    }

    @Test
    void unsettledRowsAreMarkedAndNotSetInRelationToTcp() {
        Map<String, Quantiles> series = Map.of("completed", quantiles(20_000, 400_000), "sender", quantiles(20_000, 200_000));
        Summary.Trial cold = new Summary.Trial(1, 20_000, false, series, Map.of());
        Summary.Trial warm = new Summary.Trial(2, 20_000, true, series, Map.of());
        List<String> lines = SummaryTable.lines(new Summary(2, "ns", List.of(
                new Summary.Row("stem", "a.B.c", "kafka", Map.of("recipients", "3", "acks", "all"), "f", series, null,
                        List.of(cold, warm)),
                new Summary.Row("stem", "a.B.c", "kafka", Map.of("recipients", "10", "acks", "1"), "f", series,
                        new Trend(0.4, 0.3, 0.5, 12, 2), List.of(warm)),
                row("tcp", Map.of(), 20_000, 50_000, List.of(50_000L)))));
        assertThat(lines.subList(1, 4)).containsExactly(
                "kafka   3   400  800  1,200  1,600         200      -       2    1.00      -  unsettled acks=all",
                "kafka  10   400  800  1,200  1,600         200      -       1       -  0.40*  unsettled acks=1",
                "tcp     -  50.0  100    150    200           -   1.00       1       -   0.98");
        assertThat(lines).last().isEqualTo(
                "Unsettled: not warm before the measurement, or still getting faster in it. Shown and not ranked.");
    }

    @Test
    void anUnsettledFloorIsNoFloor() {
        Map<String, Quantiles> series = Map.of("completed", quantiles(20_000, 50_000));
        List<String> lines = SummaryTable.lines(new Summary(2, "ns", List.of(
                row("kafka", Map.of("recipients", "3"), 20_000, 400_000, List.of(400_000L)),
                new Summary.Row("stem", "a.B.c", "tcp", Map.of(), "f", series, null,
                        List.of(new Summary.Trial(1, 20_000, false, series, Map.of()))))));
        assertThat(lines.get(1)).isEqualTo("kafka  3   400  800  1,200  1,600         200      -       1       -   0.98");
    }

    @Test
    void openLoopRowsStandInATableOfTheirOwnThatSaysWhatIsSaturated() {
        Summary summary = new Summary(2, "ns", List.of(row("kafka", Map.of("recipients", "3"), 20_000, 400_000,
                List.of(400_000L)), loaded("kafka", 1000, 900, "none"), loaded("kafka", 200, 200, "none")));
        List<String> lines = SummaryTable.lines(summary);
        assertThat(lines).contains(
                "path   N  offered/s  achieved/s  p50  p99  p99.9  uncorrected p99  sender p99  CPU  broker CPU  bytes  "
                        + "trials  with",
                "kafka  3        200         200  400  800  1,200              200         400  150           -      -  "
                        + "     1",
                "kafka  3      1,000         900  400  800  1,200              200         400  150           -      -  "
                        + "     1  SATURATED");
        assertThat(lines.get(0)).startsWith("path   N  p50");
    }

    @Test
    void aDelayedRecipientIsToldApartFromTheHealthyOnes() {
        assertThat(SummaryTable.lines(new Summary(2, "ns", List.of(loaded("kafka", 200, 200, "one@fixed:20ms")))))
                .anyMatch(line -> line.matches("path .* sender p99  healthy p99  slow p99 .*"))
                .anyMatch(line -> line.matches("kafka .* 400 +440 +880 .*"));
    }

    private static Summary.Row loaded(String path, double offered, double achieved, String delay) {
        Map<String, Quantiles> series = Map.of("completed", quantiles(20_000, 400_000), "sender",
                quantiles(20_000, 200_000), "uncorrected", quantiles(20_000, 100_000), "analytics",
                quantiles(20_000, 210_000), "notifications", quantiles(20_000, 220_000), "billing",
                quantiles(20_000, 440_000));
        Map<String, Double> scalars = Map.of(Scalars.OFFERED, offered, Scalars.ACHIEVED, achieved, Scalars.CLIENT_CPU,
                150.0);
        return new Summary.Row("stem", "a.B.c", path, Map.of("recipients", "3", "rate",
                Integer.toString((int) offered), "delay", delay), "f", series, null,
                List.of(new Summary.Trial(1, 20_000, null, series, scalars)));
    }

    private static Summary.Row row(String path, Map<String, String> params, long count, long p50, List<Long> trials) {
        Map<String, Quantiles> series = path.equals("tcp") ? Map.of("completed", quantiles(count, p50))
                : Map.of("completed", quantiles(count, p50), "sender", quantiles(count, p50 / 2));
        return new Summary.Row("stem", "a.B.c", path, params, "f", series, TREND, trials.stream()
                .map(median -> new Summary.Trial(1, count, null, Map.of("completed", quantiles(count, median)),
                        Map.of())).toList());
    }

    private static Quantiles quantiles(long count, long p50) {
        return new Quantiles(count, p50, p50, p50, p50, 2 * p50, 3 * p50, 4 * p50);
    }
}
