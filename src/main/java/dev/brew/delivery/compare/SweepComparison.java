package dev.brew.delivery.compare;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.SweepFile;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The edges of two sweeps. There is no verdict: a sweep is one search for an edge. Its trials are not compared, since each
 * search tries other rates.
 */
final class SweepComparison {

    static final String CONCLUSION =
            "one search a side: no ratio has an interval, so there is no verdict; ratio is candidate ÷ base";

    private SweepComparison() {
    }

    static FiguresComparison of(RunDirectory base, RunDirectory candidate) throws IOException {
        Map<String, SweepFile.Row> left = byName(base.sweep());
        Map<String, SweepFile.Row> right = byName(candidate.sweep());
        List<String> common = left.keySet().stream().filter(right::containsKey).toList();
        if (common.isEmpty()) {
            throw new IOException("nothing to compare: " + base.path() + " has " + names(left) + ", " + candidate.path()
                    + " has " + names(right));
        }
        Table table = new Table("lrrrrrr", "edge", "base/s", "candidate/s", "ratio", "base CPU us", "candidate CPU us", "ratio");
        List<String> remarks = new ArrayList<>();
        if (base.sweep().boundMillis() != candidate.sweep().boundMillis()) {
            remarks.add(FiguresComparison.differs("bound of p99", base.sweep().boundMillis() + " ms",
                    candidate.sweep().boundMillis() + " ms"));
        }
        for (String name : common) {
            SweepFile.Row from = left.get(name);
            SweepFile.Row to = right.get(name);
            table.add(name, rate(from), rate(to), FiguresComparison.ratio(from.edge(), to.edge()), cpu(from), cpu(to),
                    from.cpuMicros() == null || to.cpuMicros() == null ? "-"
                            : FiguresComparison.ratio(from.cpuMicros(), to.cpuMicros()));
            unsettled("base", name, from, remarks);
            unsettled("candidate", name, to, remarks);
        }
        remarks.addAll(FiguresComparison.onOneSide(left.keySet(), right.keySet()));
        remarks.addAll(FiguresComparison.remarks(base, candidate));
        return new FiguresComparison(List.of(new FiguresComparison.Part("", table)), List.copyOf(remarks), CONCLUSION, true);
    }

    private static Map<String, SweepFile.Row> byName(SweepFile sweep) {
        Map<String, SweepFile.Row> rows = new LinkedHashMap<>();
        sweep.edges().forEach(row -> rows.put(row.path() + " N = " + row.recipients() + ", " + row.payloadBytes() + " bytes"
                + (row.delay().equals("none") ? "" : ", delay " + row.delay()), row));
        return rows;
    }

    private static String names(Map<String, SweepFile.Row> rows) {
        return rows.isEmpty() ? "no edge" : String.join("; ", rows.keySet());
    }

    private static String rate(SweepFile.Row row) {
        return String.format(Locale.ROOT, "%,.0f", row.edge());
    }

    private static String cpu(SweepFile.Row row) {
        return row.cpuMicros() == null ? "-" : String.format(Locale.ROOT, row.cpuMicros() < 100 ? "%.1f" : "%,.0f",
                row.cpuMicros());
    }

    private static void unsettled(String side, String name, SweepFile.Row row, List<String> remarks) {
        if (!row.settled()) {
            remarks.add(side + ", " + name + ": not settled");
        }
    }
}
