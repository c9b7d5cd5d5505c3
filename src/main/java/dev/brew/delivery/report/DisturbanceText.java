package dev.brew.delivery.report;

import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.text.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A disturbance as text, for a terminal and for the page. */
public final class DisturbanceText {

    /** Explains the dash and the first stage of {@link #table}. */
    static final String LEGEND = "-: fewer than 99 of 100 events have such a latency. "
            + "Before: without its last second, whose events may be disturbed";

    private DisturbanceText() {
    }

    /** A line for each second of one path. */
    public static List<String> timeline(Result result) {
        List<String> lines = new ArrayList<>();
        lines.add("   second   in flight   failed   lag of each recipient   heap MiB");
        long next = 0;
        for (Sample sample : result.samples()) {
            if (sample.millis() >= next) {
                lines.add(String.format(Locale.ROOT, "   %6.1f   %,9d   %,6d   %-21s   %,8d", sample.millis() / 1000.0,
                        sample.inFlight(), sample.failed(), sample.lag().toString().replaceAll("[\\[\\],]", ""),
                        sample.heapMiB()));
                next = sample.millis() / 1000 * 1000 + 1000;
            }
        }
        return lines;
    }

    /** The table of all paths, its legend, and a line about each path's recovery. */
    public static List<String> lines(DisturbanceFile file) {
        List<String> lines = new ArrayList<>();
        lines.add("p99 in ms, by when events were due     sender-blocked    received, healthy    received, disturbed");
        for (List<String> row : table(file).rows()) {
            lines.add(String.format(Locale.ROOT, "%-16s %-22s %13s    %17s    %19s", row.toArray()));
        }
        lines.add(LEGEND);
        lines.addAll(recoveries(file));
        return lines;
    }

    /** The p99 of each path and stage. */
    static Table table(DisturbanceFile file) {
        Table table = new Table("llrrr", "path", "due", "sender-blocked", "received, healthy",
                "received, disturbed");
        file.table().forEach(row -> table.add(row.path(), row.stage().label(), millis(row.senderNanos()),
                millis(row.healthyNanos()), millis(row.disturbedNanos())));
        return table;
    }

    /** The plan of the run in one sentence. */
    static String script(DisturbanceFile file) {
        return String.format(Locale.ROOT,
                "%s %s for %.1f s, after %.1f s at %,.0f events/s; then at most %.1f s to recover.",
                file.disturbed(), file.slow() == null ? "gives no answer" : "takes " + file.slow(),
                file.duringMillis() / 1000.0, file.beforeMillis() / 1000.0, file.rate(), file.afterMillis() / 1000.0);
    }

    /** A line about each path's recovery. */
    static List<String> recoveries(DisturbanceFile file) {
        return file.inOrder().stream().map(path -> recovery(path, file.paths().get(path))).toList();
    }

    private static String millis(Long nanos) {
        return nanos == null ? "-" : String.format(Locale.ROOT, "%,.1f", nanos / 1e6);
    }

    private static String recovery(String path, Result result) {
        long inFlight = result.samples().stream().mapToLong(Sample::inFlight).max().orElse(0);
        String failures = result.failures().isEmpty() ? "no event failed" : "failed: " + result.failures();
        String steady = result.steadyMillis() < 0 ? "not steady again in time"
                : String.format(Locale.ROOT, "steady again after %.1f s", result.steadyMillis() / 1000.0);
        return String.format(Locale.ROOT, "%s: %s, at most %,d in flight, %s%s%s", path, failures, inFlight, steady,
                backlog(result),
                result.problems().isEmpty() ? ", no silent losses" : "; " + String.join("; ", result.problems()));
    }

    private static String backlog(Result result) {
        if (result.steadyMillis() == 0) {
            return "";
        }
        String rate = result.drainedPerSecond() == 0 ? ", no rate: half of it was gone in less than half a second, or never"
                : String.format(Locale.ROOT, ", worked off at %,.0f/s", result.drainedPerSecond());
        String predicted = result.predictedMillis() < 0 ? ""
                : String.format(Locale.ROOT, ": backlog ÷ (μ − λ) = %.1f s", result.predictedMillis() / 1000.0);
        return String.format(Locale.ROOT, " (backlog %,d%s%s)", result.backlog(), rate, predicted);
    }
}
