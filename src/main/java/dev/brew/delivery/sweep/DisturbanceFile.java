package dev.brew.delivery.sweep;

import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.sweep.Disturbance.Result;
import dev.brew.delivery.sweep.Disturbance.Stage;
import java.util.ArrayList;
import java.util.List;
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
record DisturbanceFile(int schema, String disturbed, String slow, double rate, long beforeMillis, long duringMillis,
                       long afterMillis, List<Row> table, Map<String, Result> paths) {

    static final int SCHEMA = 1;

    /**
     * The p99 of one path in one stage, in nanoseconds. Null if fewer than 99 of 100 events have such a latency, see
     * {@link Result#covers}.
     *
     * @param senderNanos    sender-blocked
     * @param healthyNanos   received, the largest of the healthy recipients
     * @param disturbedNanos received, the disturbed recipient
     */
    record Row(String path, Stage stage, Long senderNanos, Long healthyNanos, Long disturbedNanos) {
    }

    static DisturbanceFile of(Disturbance.Script script, int recipients, Map<String, Result> paths) {
        return new DisturbanceFile(SCHEMA, Recipient.names(recipients).get(script.who()),
                script.slowness() == null ? null : script.slowness().toString(), script.rate(), script.before().toMillis(),
                script.during().toMillis(), script.after().toMillis(), table(paths, recipients, script.who()), paths);
    }

    /** @param who index of the disturbed recipient */
    static List<Row> table(Map<String, Result> paths, int recipients, int who) {
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
}
