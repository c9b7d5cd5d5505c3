package dev.brew.delivery.sweep;

import dev.brew.delivery.sweep.Disturbance.Result;
import dev.brew.delivery.sweep.Disturbance.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of a disturbance for a terminal. */
final class DisturbanceText {

    private DisturbanceText() {
    }

    /** A line for each second of one path. */
    static List<String> timeline(Result result) {
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

    /**
     * The table of all paths, and a line about each path's recovery.
     *
     * @param who index of the disturbed recipient
     */
    static List<String> lines(Map<String, Result> paths, int recipients, int who) {
        List<String> lines = new ArrayList<>();
        lines.add("p99 in ms, by when events were due     sender-blocked    received, healthy    received, disturbed");
        for (DisturbanceFile.Row row : DisturbanceFile.table(paths, recipients, who)) {
            lines.add(String.format(Locale.ROOT, "%-16s %-22s %13s    %17s    %19s", row.path(),
                    row.stage().name().toLowerCase(Locale.ROOT), millis(row.senderNanos()), millis(row.healthyNanos()),
                    millis(row.disturbedNanos())));
        }
        lines.add("-: fewer than 99 of 100 events have such a latency. "
                + "Before: without its last second, whose events may be disturbed");
        paths.forEach((path, result) -> lines.add(recovery(path, result)));
        return lines;
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
