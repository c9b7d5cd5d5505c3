package dev.brew.delivery.compare;

import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Row;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The figures of two runs of disturb, path by path. There is no verdict: a run is one disturbance a path. */
final class DisturbanceComparison {

    static final String CONCLUSION =
            "one disturbance a side: no ratio has an interval, so there is no verdict; ratio is candidate ÷ base";
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final DisturbanceFile base;
    private final DisturbanceFile candidate;
    private final Table table = new Table("llrrr", "path", "figure", "base", "candidate", "ratio");

    private DisturbanceComparison(DisturbanceFile base, DisturbanceFile candidate) {
        this.base = base;
        this.candidate = candidate;
    }

    static FiguresComparison of(RunDirectory base, RunDirectory candidate) throws IOException {
        DisturbanceComparison comparison = new DisturbanceComparison(base.disturbance(), candidate.disturbance());
        List<String> common = new ArrayList<>(comparison.base.inOrder());
        common.retainAll(comparison.candidate.inOrder());
        if (common.isEmpty()) {
            throw new IOException("nothing to compare: " + base.path() + " has " + names(comparison.base) + ", "
                    + candidate.path() + " has " + names(comparison.candidate));
        }
        common.forEach(comparison::add);
        List<String> remarks = comparison.remarks();
        remarks.addAll(FiguresComparison.remarks(base, candidate));
        return new FiguresComparison(List.of(new FiguresComparison.Part("", comparison.table)), List.copyOf(remarks),
                CONCLUSION, true);
    }

    private static String names(DisturbanceFile file) {
        return file.paths().isEmpty() ? "no path" : String.join(", ", file.inOrder());
    }

    private void add(String path) {
        latencies(path, "sender-blocked p99", Row::senderNanos);
        latencies(path, "received p99, healthy", Row::healthyNanos);
        latencies(path, "received p99, disturbed", Row::disturbedNanos);
        Result left = base.paths().get(path);
        Result right = candidate.paths().get(path);
        table.add(path, "steady again after, s", steady(left), steady(right),
                FiguresComparison.ratio(left.steadyMillis(), right.steadyMillis()));
        count(path, "backlog, events", left.backlog(), right.backlog());
        count(path, "failed at the sender, events", failed(left), failed(right));
        table.add(path, "silent losses", losses(left), losses(right), "-");
    }

    private void latencies(String path, String figure, Function<Row, Long> value) {
        for (DisturbanceFile.Stage stage : DisturbanceFile.Stage.values()) {
            Long left = value.apply(row(base, path, stage));
            Long right = value.apply(row(candidate, path, stage));
            table.add(path, figure + " " + stage.label() + ", ms", millis(left), millis(right),
                    left == null || right == null ? "-" : FiguresComparison.ratio(left, right));
        }
    }

    private static Row row(DisturbanceFile file, String path, DisturbanceFile.Stage stage) {
        return file.table().stream().filter(row -> row.path().equals(path) && row.stage() == stage).findFirst()
                .orElse(new Row(path, stage, null, null, null));
    }

    private void count(String path, String figure, long left, long right) {
        table.add(path, figure, String.format(Locale.ROOT, "%,d", left), String.format(Locale.ROOT, "%,d", right),
                FiguresComparison.ratio(left, right));
    }

    private static String millis(Long nanos) {
        return nanos == null ? "-" : String.format(Locale.ROOT, "%,.1f", nanos / NANOS_PER_MILLI);
    }

    private static String steady(Result result) {
        return result.steadyMillis() < 0 ? "not in time"
                : String.format(Locale.ROOT, "%.1f", result.steadyMillis() / MILLIS_PER_SECOND);
    }

    private static long failed(Result result) {
        return result.failures().values().stream().mapToLong(Long::longValue).sum();
    }

    private static String losses(Result result) {
        return result.problems().isEmpty() ? "none" : "some";
    }

    private List<String> remarks() {
        List<String> lines = new ArrayList<>();
        Differences.of("", script(base), script(candidate)).forEach((name, values) ->
                lines.add(FiguresComparison.differs(name, values.get(0), values.get(1))));
        lines.addAll(FiguresComparison.onOneSide(base.inOrder(), candidate.inOrder()));
        problems("base", base, lines);
        problems("candidate", candidate, lines);
        return lines;
    }

    private static void problems(String side, DisturbanceFile file, List<String> lines) {
        file.paths().forEach((path, result) ->
                result.problems().forEach(problem -> lines.add(side + ", " + path + ": " + problem)));
    }

    private static Map<String, String> script(DisturbanceFile file) {
        return new TreeMap<>(Map.of("disturbed", file.disturbed(), "slow", file.slow() == null ? "no answer" : file.slow(),
                "rate", String.format(Locale.ROOT, "%.0f/s", file.rate()), "before", file.beforeMillis() + " ms",
                "during", file.duringMillis() + " ms", "after", file.afterMillis() + " ms"));
    }
}
