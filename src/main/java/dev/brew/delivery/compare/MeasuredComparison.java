package dev.brew.delivery.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Judges trials that were measured for the comparison, in two stages. The first stage screens every row; the flagged rows are
 * measured again and judged by the fresh trials alone. With an error of 0.05 in the first stage and of 0.01 in the second, the
 * error of each metric is 0.0005.
 *
 * @param seed        of the order of the trials
 * @param rule        its floor, and its margin where the calibration has none
 * @param calibration this machine's margins, if it has been calibrated
 */
public record MeasuredComparison(long seed, Rule rule, Optional<Calibration> calibration) {

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

    private Function<Metric, Rule> rules(RowJudge row) {
        return metric -> calibration.map(known -> rule.with(known.margin(row.stem(), metric))).orElse(rule);
    }

    /** The rows that the first stage flags: they have to be measured again. */
    public List<String> flagged(List<RowJudge> first) {
        return first.stream().filter(row -> row.screen(rules(row)).metrics().stream().anyMatch(RowJudge::isFlagged))
                .map(RowJudge::stem).toList();
    }

    /**
     * The verdict.
     *
     * @param first  all rows
     * @param second the flagged ones, of fresh trials
     */
    public Comparison judge(Sides sides, List<RowJudge> first, List<RowJudge> second) {
        Power power = new Power();
        List<Comparison.Row> rows = new ArrayList<>();
        Map<String, List<String>> differences = Differences.ofVersions(sides.baseVersions(), sides.candidateVersions());
        for (RowJudge row : first) {
            Comparison.Row screened = row.withDetectable(row.screen(rules(row)),
                    metric -> rules(row).apply(metric).at(RowJudge.CONFIRM_ALPHA), RowJudge.SCREEN_ALPHA, power);
            rows.add(second.stream().filter(fresh -> fresh.stem().equals(row.stem())).findFirst()
                    .map(fresh -> fresh.confirm(screened, rules(row))).orElse(screened));
            differences.putAll(row.differences());
        }
        return comparison(sides, differences, rows, List.of());
    }

    /** The verdict on a candidate that failed. */
    public Comparison failed(Sides sides, String failure) {
        return comparison(sides, Differences.ofVersions(sides.baseVersions(), sides.candidateVersions()), List.of(),
                List.of(failure));
    }

    private Comparison comparison(Sides sides, Map<String, List<String>> differences, List<Comparison.Row> rows,
                                  List<String> failures) {
        return new Comparison(Comparison.SCHEMA, "regress", seed, sides.base(), sides.candidate(),
                new TreeMap<>(differences), rows, sides.missing(), sides.extra(), failures,
                List.of(Calibration.note(calibration, rule)));
    }
}
