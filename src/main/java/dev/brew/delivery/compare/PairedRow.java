package dev.brew.delivery.compare;

import dev.brew.delivery.results.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One benchmark and parameter set, measured in pairs. A pair in which one side had not settled does not count. Neither does a
 * pair whose trials have too few events for a metric, for that metric.
 */
public final class PairedRow {

    private final TrialRow base;
    private final TrialRow candidate;
    private final int pairs;
    private final int unsettled;
    private final Map<Metric, double[][]> values = new EnumMap<>(Metric.class);
    private final List<Comparison.NotJudged> notJudged = new ArrayList<>();

    /**
     * Sorts the pairs.
     *
     * @param base      the trials of the base, in the order of the pairs; at least one
     * @param candidate likewise
     */
    public PairedRow(List<RunDirectory.Trial> base, List<RunDirectory.Trial> candidate) throws IOException {
        List<RunDirectory.Trial> settledBase = new ArrayList<>();
        List<RunDirectory.Trial> settledCandidate = new ArrayList<>();
        for (int i = 0; i < base.size(); i++) {
            if (base.get(i).info().hasSettled() && candidate.get(i).info().hasSettled()) {
                settledBase.add(base.get(i));
                settledCandidate.add(candidate.get(i));
            }
        }
        this.pairs = base.size();
        this.unsettled = pairs - settledBase.size();
        this.base = TrialRow.of(settledBase.isEmpty() ? base : settledBase);
        this.candidate = TrialRow.of(settledCandidate.isEmpty() ? candidate : settledCandidate);
        sort();
    }

    private void sort() {
        Optional<String> whole = unsettled();
        boolean saturated = base.saturated() || candidate.saturated();
        for (Metric metric : Metric.values()) {
            double[][] found = values(metric);
            if (whole.isPresent()) {
                notJudged.add(new Comparison.NotJudged(metric, whole.get()));
            } else if (saturated && metric.isLatency()) {
                notJudged.add(new Comparison.NotJudged(metric, RowJudge.SATURATED));
            } else if (2 * found[0].length > pairs) {
                values.put(metric, found);
            } else {
                notJudged.add(new Comparison.NotJudged(metric, RowJudge.whyNot(metric, base, candidate)));
            }
        }
    }

    private Optional<String> unsettled() {
        if (2 * unsettled >= pairs) {
            return Optional.of("unsettled: in " + unsettled + " of " + pairs + (pairs == 1 ? " pair" : " pairs")
                    + " a side was measured before it was warm");
        }
        return RowJudge.unsettled("base", base).or(() -> RowJudge.unsettled("candidate", candidate));
    }

    /** Of the pairs that have the metric on both sides. */
    private double[][] values(Metric metric) {
        List<double[]> found = new ArrayList<>();
        for (int i = 0; i < base.trials().size(); i++) {
            Double first = base.trials().get(i).get(metric);
            Double second = candidate.trials().get(i).get(metric);
            if (first != null && second != null) {
                found.add(new double[] {first, second});
            }
        }
        return new double[][] {found.stream().mapToDouble(pair -> pair[0]).toArray(),
                found.stream().mapToDouble(pair -> pair[1]).toArray()};
    }

    /** The base's name. */
    public String stem() {
        return base.stem();
    }

    /** Parameters and settings that differ, each with base's and candidate's value. */
    Map<String, List<String>> differences() {
        return RowJudge.differences(base, candidate);
    }

    /**
     * True if {@code rule} has decided: on each metric that can be judged, of which there is one or more, or that one of them is
     * worse, which no other metric changes.
     */
    public boolean isDecided(PairedRule rule) {
        List<Verdict> verdicts = values.entrySet().stream().map(metric -> rule.judge(metric.getKey(), metric.getValue()[0],
                metric.getValue()[1]).verdict()).toList();
        return verdicts.contains(Verdict.REGRESSION) || !verdicts.isEmpty() && !verdicts.contains(Verdict.INCONCLUSIVE);
    }

    /** True if a metric that is not decided looks worse. */
    public boolean isSuspected(PairedRule rule) {
        return values.entrySet().stream().anyMatch(metric ->
                rule.isSuspected(metric.getKey(), metric.getValue()[0], metric.getValue()[1]));
    }

    /** The metrics that are not judged, each with the reason. */
    public List<Comparison.NotJudged> notJudged() {
        return List.copyOf(notJudged);
    }

    Comparison.Row judge(PairedRule rule, PairedPower power) {
        return new Comparison.Row(base.stem(), base.benchmark(), base.params(), values.entrySet().stream().map(metric -> {
            double[] first = metric.getValue()[0];
            double[] second = metric.getValue()[1];
            return rule.judge(metric.getKey(), first, second)
                    .withDetectable(power.detectable(rule, metric.getKey(), first, second))
                    .withPairs(IntStream.range(0, first.length).mapToObj(pair -> second[pair] / first[pair]).toList());
        }).toList(), notJudged());
    }
}
