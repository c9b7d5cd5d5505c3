package dev.brew.delivery.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Judges one benchmark and parameter set: it has the trials of both sides, and the metrics that can be judged. */
public final class RowJudge {

    /** Why the latencies of a saturated row are not judged. */
    static final String SATURATED = "saturated: the rate was not reached, so a latency only says how long it went on";

    private final TrialRow base;
    private final TrialRow candidate;
    private final List<Metric> metrics = new ArrayList<>();
    private final List<Comparison.NotJudged> notJudged = new ArrayList<>();

    /** The result has the benchmark's name and parameters of {@code base}. */
    public RowJudge(TrialRow base, TrialRow candidate) {
        this.base = base;
        this.candidate = candidate;
        boolean saturated = base.saturated() || candidate.saturated();
        Optional<String> unsettled = unsettled("base", base).or(() -> unsettled("candidate", candidate));
        for (Metric metric : Metric.values()) {
            if (unsettled.isPresent()) {
                notJudged.add(new Comparison.NotJudged(metric, unsettled.get()));
            } else if (saturated && metric.isLatency()) {
                notJudged.add(new Comparison.NotJudged(metric, SATURATED));
            } else if (base.values(metric).isPresent() && candidate.values(metric).isPresent()) {
                metrics.add(metric);
            } else {
                notJudged.add(new Comparison.NotJudged(metric, whyNot(metric, base, candidate)));
            }
        }
    }

    /** Why the row of a side had not settled; empty if it had. */
    static Optional<String> unsettled(String side, TrialRow row) {
        return row.unsettled().isEmpty() ? Optional.empty() : Optional.of("unsettled: " + row.stem() + " of the " + side
                + " was measured before it was warm (" + row.unsettled() + ")");
    }

    /** Why a metric that some trial does not have is not judged. */
    static String whyNot(Metric metric, TrialRow base, TrialRow candidate) {
        long fewest = Math.min(base.events(), candidate.events());
        return fewest < metric.eventsNeeded()
                ? "needs " + metric.eventsNeeded() + " events a trial, the smallest has " + fewest : "not measured";
    }

    /** The base's name. */
    public String stem() {
        return base.stem();
    }

    /** Parameters and settings that differ, each with base's and candidate's value. */
    Map<String, List<String>> differences() {
        return differences(base, candidate);
    }

    static Map<String, List<String>> differences(TrialRow base, TrialRow candidate) {
        Map<String, List<String>> found = Differences.of("", base.params(), candidate.params());
        found.putAll(Differences.of("", base.settings(), candidate.settings()));
        return found;
    }

    /** The number of pairs of trials. */
    int pairs() {
        return Math.min(base.trials().size(), candidate.trials().size());
    }

    /** The base's values and the candidate's. */
    double[][] values(Metric metric) {
        return new double[][] {base.values(metric).orElseThrow(), candidate.values(metric).orElseThrow()};
    }

    /** The metrics that can be judged. */
    List<Metric> metrics() {
        return List.copyOf(metrics);
    }

    /** The number of missing trials in words, if a rule needs {@code needed} of each side; empty if there are enough. */
    Optional<String> missing(int needed, int comparedMetrics) {
        int has = Math.min(base.trials().size(), candidate.trials().size());
        return has >= needed ? Optional.empty() : Optional.of(String.format(
                "%d trials missing (base has %d, candidate %d, and the rule needs %d of each for %d metrics)",
                Math.max(0, needed - base.trials().size()) + Math.max(0, needed - candidate.trials().size()),
                base.trials().size(), candidate.trials().size(), needed, comparedMetrics));
    }

    /** Judges each metric by its rule. */
    Comparison.Row judge(Function<Metric, Rule> rules) {
        return row(metrics.stream().map(metric -> rules.apply(metric).judge(metric,
                base.values(metric).orElseThrow(), candidate.values(metric).orElseThrow())).toList(), notJudged);
    }

    /** The judged row with the smallest worsening that each metric's rule detects. */
    Comparison.Row withDetectable(Comparison.Row judged, Function<Metric, Rule> rules, Power power) {
        return row(judged.metrics().stream().map(judgement -> {
            double[][] sides = values(judgement.metric());
            return judgement.withDetectable(
                    power.detectable(rules.apply(judgement.metric()), judgement.metric(), sides[0], sides[1]));
        }).toList(), judged.notJudged());
    }

    Comparison.Row notJudged(String why) {
        List<Comparison.NotJudged> all = new ArrayList<>(notJudged);
        metrics.forEach(metric -> all.add(new Comparison.NotJudged(metric, why)));
        return row(List.of(), all);
    }

    private Comparison.Row row(List<Judgement> judged, List<Comparison.NotJudged> others) {
        return new Comparison.Row(base.stem(), base.benchmark(), Map.copyOf(base.params()), judged,
                List.copyOf(others));
    }
}
