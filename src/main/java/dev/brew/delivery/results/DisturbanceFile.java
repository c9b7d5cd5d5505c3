package dev.brew.delivery.results;

import dev.brew.delivery.recipient.Recipient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * disturbance.json.
 *
 * @param schema       version of this file's form
 * @param disturbed    name of the disturbed recipient
 * @param slow         its delay during the disturbance; null if it gave no answer
 * @param rate         events/s
 * @param beforeMillis duration of the stage before the disturbance
 * @param duringMillis duration of the disturbance
 * @param afterMillis  longest duration of the stage after it
 * @param table        the printed table, a row for each path and stage
 * @param paths        everything that was measured, by path
 */
public record DisturbanceFile(int schema, String disturbed, String slow, double rate, long beforeMillis, long duringMillis,
                              long afterMillis, List<Row> table, Map<String, Result> paths) {

    /** The version that this program writes and reads. */
    static final int SCHEMA = 1;
    private static final double COVERED = 0.99;

    /** The stages in order of time. */
    public enum Stage {
        BEFORE, DURING, AFTER;

        /** As in the names of files and in tables. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The counts at one moment.
     *
     * @param millis    time after the start
     * @param sent      events sent so far
     * @param completed events completed so far
     * @param failed    events failed so far
     * @param inFlight  events that have neither completed nor failed
     * @param lag       of each recipient, in events
     * @param heapMiB   heap of this JVM in use, garbage included
     */
    public record Sample(long millis, long sent, long completed, long failed, long inFlight, List<Long> lag,
                         long heapMiB) {
    }

    /**
     * The measured figures.
     *
     * @param stages           the series of the events that were due in each stage, see {@link #covers}
     * @param failures         number of failed events by status code
     * @param samples          ten each second
     * @param backlog          lag of the disturbed recipient at the end of the disturbance, in events
     * @param steadyMillis     time from then until the system was steady; -1 if it was not in time
     * @param drainedPerSecond rate at which the recipient processed its backlog; 0 if there was no relevant backlog, or if
     *                         half of it was gone in too few samples for a rate
     * @param predictedMillis  backlog ÷ (μ − λ); -1 if there is no such rate, or μ ≤ λ
     * @param problems         events that were lost without an error at the sender, duplicated or out of order
     */
    public record Result(Map<Stage, Map<String, Quantiles>> stages, Map<String, Long> failures, List<Sample> samples,
                         long backlog, long steadyMillis, double drainedPerSecond, long predictedMillis,
                         List<String> problems) {

        /**
         * True if at least 99 of 100 events of a stage have a latency in this series. An event that a recipient never
         * received has none, so a p99 of fewer events would describe only the events that arrived.
         */
        public boolean covers(Stage stage, String series) {
            Map<String, Quantiles> all = stages.get(stage);
            long events = all.values().stream().mapToLong(Quantiles::count).max().orElse(0);
            return all.containsKey(series) && all.get(series).count() >= COVERED * events;
        }
    }

    /**
     * The p99 of one path in one stage, in nanoseconds. Null if fewer than 99 of 100 events have such a latency, see
     * {@link Result#covers}.
     *
     * @param senderNanos    sender-blocked
     * @param healthyNanos   received, the largest of the healthy recipients
     * @param disturbedNanos received, the disturbed recipient
     */
    public record Row(String path, Stage stage, Long senderNanos, Long healthyNanos, Long disturbedNanos) {
    }

    /** Of this program's schema. */
    public DisturbanceFile(String disturbed, String slow, double rate, long beforeMillis, long duringMillis, long afterMillis,
                           List<Row> table, Map<String, Result> paths) {
        this(SCHEMA, disturbed, slow, rate, beforeMillis, duringMillis, afterMillis, table, paths);
    }

    /**
     * A row for each path and stage.
     *
     * @param who index of the disturbed recipient
     */
    public static List<Row> table(Map<String, Result> paths, int recipients, int who) {
        List<String> healthy = new ArrayList<>(Recipient.names(recipients));
        List<String> disturbed = List.of(healthy.remove(who));
        List<Row> rows = new ArrayList<>();
        paths.forEach((path, result) -> {
            for (Stage stage : Stage.values()) {
                rows.add(new Row(path, stage, p99(result, stage, List.of("sender")), p99(result, stage, healthy),
                        p99(result, stage, disturbed)));
            }
        });
        return List.copyOf(rows);
    }

    /** The largest p99 of several series; null if one of them does not cover the stage. */
    private static Long p99(Result result, Stage stage, List<String> series) {
        if (series.isEmpty() || !series.stream().allMatch(name -> result.covers(stage, name))) {
            return null;
        }
        return series.stream().map(name -> result.stages().get(stage).get(name).p99()).max(Long::compare).orElseThrow();
    }

    /** The paths in the order in which they ran; {@link #paths} of a file that was read is in order of names. */
    public List<String> inOrder() {
        return table.stream().map(Row::path).distinct().toList();
    }
}
