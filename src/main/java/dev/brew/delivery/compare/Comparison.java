package dev.brew.delivery.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.brew.delivery.results.Stem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * comparison.json: the result of a comparison.
 *
 * @param schema      version of this file's form
 * @param kind        {@code compare}: recorded runs; {@code regress}: runs measured for the comparison, in two stages
 * @param seed        of the order of the trials; null for recorded runs
 * @param base        its name
 * @param candidate   its name
 * @param differences settings, versions and parameters that differ, each with base's and candidate's value
 * @param rows        each benchmark and parameter set of both sides
 * @param missing     benchmarks of the base that the candidate lacks
 * @param extra       benchmarks of the candidate that the base lacks
 * @param failures    why the candidate failed, a line each: it crashed, hung, or lost events
 * @param notes       further remarks, a line each
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Comparison(int schema, String kind, Long seed, String base, String candidate,
                         Map<String, List<String>> differences, List<Row> rows, List<String> missing,
                         List<String> extra, List<String> failures, List<String> notes) {

    /** The version that this program writes. */
    static final int SCHEMA = 1;

    private static final int OK = 0;
    private static final int WORSE = 1;
    private static final int UNDECIDED = 3;

    /**
     * One benchmark and parameter set.
     *
     * @param metrics   each metric that was judged
     * @param notJudged each metric that was not judged, with the reason
     */
    public record Row(String stem, String benchmark, Map<String, String> params, List<Judgement> metrics,
                      List<NotJudged> notJudged) {

        /** The worst verdict of the metrics; INCONCLUSIVE if none was judged. */
        @JsonProperty
        public Verdict verdict() {
            return metrics.stream().map(Judgement::verdict).max(Comparator.naturalOrder())
                    .orElse(Verdict.INCONCLUSIVE);
        }
    }

    /** A metric that is not judged, and why. */
    public record NotJudged(Metric metric, String reason) {
    }

    /** The worst verdict of the rows; REGRESSION if the candidate failed. */
    @JsonProperty
    public Verdict verdict() {
        return !failures.isEmpty() ? Verdict.REGRESSION
                : rows.stream().map(Row::verdict).max(Comparator.naturalOrder()).orElse(Verdict.INCONCLUSIVE);
    }

    /**
     * 0; 1 if something is worse or the candidate failed; 3 if nothing could be judged at all and, if {@code strict},
     * if something is undecided or missing.
     */
    public int exitCode(boolean strict) {
        if (verdict() == Verdict.REGRESSION) {
            return WORSE;
        }
        if (rows.stream().allMatch(row -> row.metrics().isEmpty())) {
            return UNDECIDED;
        }
        return strict && (verdict() == Verdict.INCONCLUSIVE || !missing.isEmpty()) ? UNDECIDED : OK;
    }

    /** All metrics with the verdict {@code verdict}, after their rows' names. */
    List<String> named(Verdict verdict) {
        List<String> names = new ArrayList<>();
        for (Row row : rows) {
            row.metrics().stream().filter(judgement -> judgement.verdict() == verdict)
                    .forEach(judgement -> names.add(label(row) + " " + judgement.metric().label()));
        }
        return names;
    }

    /** A row's name for a table: the benchmark, its recipients, and the parameters that differ between rows. */
    public String label(Row row) {
        StringBuilder label = new StringBuilder(Stem.shortName(row.benchmark()));
        new TreeMap<>(row.params()).forEach((name, value) -> {
            boolean varies = rows.stream().anyMatch(other -> !value.equals(other.params().getOrDefault(name, value)));
            if (varies || name.equals("recipients")) {
                label.append(' ').append(name).append('=').append(value);
            }
        });
        return label.toString();
    }
}
