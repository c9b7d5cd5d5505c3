package dev.brew.delivery.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges pairs that were measured for the comparison.
 *
 * @param seed of the order of the trials
 */
public record MeasuredComparison(long seed, PairedRule rule) {

    /**
     * Both sides of the comparison.
     *
     * @param base      the name of the base
     * @param versions  by part: base's and candidate's
     * @param missing   rows that the candidate lacks
     * @param extra     rows that the base lacks
     */
    public record Sides(String base, String candidate, Map<String, String> baseVersions,
                        Map<String, String> candidateVersions, List<String> missing, List<String> extra) {
    }

    /**
     * The verdict.
     *
     * @param notes further remarks, a line each
     */
    public Comparison judge(Sides sides, List<PairedRow> rows, List<String> notes) {
        PairedPower power = new PairedPower();
        Map<String, List<String>> differences = Differences.ofVersions(sides.baseVersions(), sides.candidateVersions());
        List<Comparison.Row> judged = new ArrayList<>();
        for (PairedRow row : rows) {
            judged.add(row.judge(rule, power));
            differences.putAll(row.differences());
        }
        return comparison(sides, differences, judged, List.of(), notes);
    }

    /** The verdict on a candidate that failed. */
    public Comparison failed(Sides sides, String failure) {
        return comparison(sides, Differences.ofVersions(sides.baseVersions(), sides.candidateVersions()), List.of(),
                List.of(failure), List.of());
    }

    private Comparison comparison(Sides sides, Map<String, List<String>> differences, List<Comparison.Row> rows,
                                  List<String> failures, List<String> notes) {
        List<String> all = new ArrayList<>(List.of(String.format(Locale.ROOT, "margin: %s, of a p99 %s; looks after %s pairs",
                ComparisonFiles.percent(rule.margin()), ComparisonFiles.percent(rule.margin(Metric.COMPLETED_P99)),
                String.join(", ", rule.looks().stream().map(String::valueOf).toList()))));
        all.addAll(notes);
        return new Comparison(Comparison.SCHEMA, "regress", seed, sides.base(), sides.candidate(),
                new TreeMap<>(differences), rows, sides.missing(), sides.extra(), failures, all);
    }
}
