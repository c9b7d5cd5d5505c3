package dev.brew.delivery.compare;

import dev.brew.delivery.results.Machine;
import dev.brew.delivery.text.Natural;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Compares recorded runs. The error is divided evenly among all metrics (Bonferroni): the
 * probability that any metric is flagged by mistake is at most the requested error, whatever the number of metrics.
 */
public final class RecordedComparison {

    /** The usual error of a whole comparison, and the default of the command. */
    static final double ALPHA = 0.05;
    /** The fewest trials that show how trials vary, whatever the number of metrics. */
    private static final int MIN_TRIALS = 5;
    /** A baseline belongs to one machine: these properties must not differ. */
    private static final Set<String> HARDWARE =
            Set.of("machine.os", "machine.cpu.model", "machine.cpu.count", "machine.memory.mib");

    private final TrialSet base;
    private final TrialSet candidate;
    private final Set<String> allowed;
    private final Rule whole;
    private final Optional<Calibration> calibration;
    private final Map<String, List<String>> differences = new TreeMap<>();

    private RecordedComparison(TrialSet base, TrialSet candidate, Set<String> allowed, Rule whole,
                               Optional<Calibration> calibration) {
        this.base = base;
        this.candidate = candidate;
        this.allowed = allowed;
        this.whole = whole;
        this.calibration = calibration;
    }

    /**
     * Compares.
     *
     * @param allowed settings and parameters that may differ; rows are matched without them
     * @param whole   the rule; its alpha is the whole comparison's, its margin is taken where the calibration has none
     * @param calibration the machine's margins, if it has been calibrated; those of another machine are not used
     * @throws IOException if the two cannot be compared; the message says why
     */
    public static Comparison of(TrialSet base, TrialSet candidate, Set<String> allowed, Rule whole,
                                Optional<Calibration> calibration) throws IOException {
        return new RecordedComparison(base, candidate, allowed, whole,
                calibration.filter(known -> Machine.isSame(known.machine(), candidate.machine()))).compare();
    }

    private Comparison compare() throws IOException {
        if (!base.failures().isEmpty()) {
            throw new IOException("the base is no baseline, its run is INVALID: " + base.failures().get(0));
        }
        requireSameMachine();
        differences.putAll(Differences.ofVersions(base.versions(), candidate.versions()));
        Map<String, TrialRow> left = byKey(base);
        Map<String, TrialRow> right = byKey(candidate);
        Set<String> common = new TreeSet<>(Natural.ORDER);
        common.addAll(left.keySet());
        common.retainAll(right.keySet());
        if (common.isEmpty() && candidate.failures().isEmpty()) {
            throw new IOException("nothing to compare: " + base.name() + " has " + names(left) + ", " + candidate.name()
                    + " has " + names(right));
        }
        List<RowJudge> rows = common.stream().map(key -> new RowJudge(left.get(key), right.get(key))).toList();
        rows.forEach(row -> differences.putAll(row.differences()));
        requireAllowed();
        return new Comparison(Comparison.SCHEMA, "compare", null, base.name(), candidate.name(), differences,
                judge(rows), others(left, right), others(right, left), candidate.failures(),
                List.of(Calibration.note(calibration, whole)));
    }

    private void requireSameMachine() throws IOException {
        Map<String, List<String>> machine = Differences.ofMachines(base.machine(), candidate.machine());
        Map<String, List<String>> hardware = new TreeMap<>(machine);
        hardware.keySet().retainAll(HARDWARE);
        if (!hardware.isEmpty()) {
            throw new IOException("different machines (" + Differences.print(hardware) + "): figures from another "
                    + "machine are no baseline, since its cores, caches and neighbours move them more than a change "
                    + "does; measure both on one machine, for instance with regress"
                    + (hardware.keySet().stream().noneMatch(allowed::contains) ? ""
                    : "; --allow-different does not apply to a machine"));
        }
        differences.putAll(machine);
    }

    private Map<String, TrialRow> byKey(TrialSet set) throws IOException {
        Map<String, TrialRow> rows = new LinkedHashMap<>();
        for (TrialRow row : set.rows()) {
            TreeMap<String, String> params = new TreeMap<>(row.params());
            params.keySet().removeAll(allowed);
            if (rows.put(row.benchmark() + params, row) != null) {
                throw new IOException("--allow-different " + String.join(",", allowed) + ": " + set.name()
                        + " has several rows of " + row.benchmark() + " that differ in nothing else");
            }
        }
        return rows;
    }

    private static String names(Map<String, TrialRow> rows) {
        return rows.isEmpty() ? "no trial"
                : String.join(", ", rows.values().stream().map(TrialRow::stem).toList());
    }

    private void requireAllowed() throws IOException {
        Map<String, List<String>> refused = new TreeMap<>(differences);
        refused.keySet().removeAll(allowed);
        if (!refused.isEmpty()) {
            throw new IOException("different fingerprints: " + Differences.print(refused)
                    + " (--allow-different " + String.join(",", refused.keySet()) + " compares them all the same)");
        }
    }

    private static List<String> others(Map<String, TrialRow> of, Map<String, TrialRow> without) {
        return of.entrySet().stream().filter(entry -> !without.containsKey(entry.getKey()))
                .map(entry -> entry.getValue().stem()).toList();
    }

    private List<Comparison.Row> judge(List<RowJudge> rows) throws IOException {
        int metrics = Math.max(1, rows.stream().mapToInt(row -> row.metrics().size()).sum());
        Rule rule = whole.at(whole.alpha() / metrics);
        int needed = Math.max(MIN_TRIALS, MannWhitney.trialsNeeded(rule.alpha()));
        Power power = new Power();
        List<Comparison.Row> judged = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (RowJudge row : rows) {
            Optional<String> few = row.missing(needed, metrics);
            few.ifPresent(line -> missing.add(row.stem() + ": " + line));
            Function<Metric, Rule> rules = metric ->
                    calibration.map(known -> rule.with(known.margin(row.stem(), metric))).orElse(rule);
            judged.add(few.isPresent() ? row.notJudged(few.get())
                    : row.withDetectable(row.judge(rules), rules, power));
        }
        if (!missing.isEmpty() && missing.size() == rows.size() && candidate.failures().isEmpty()) {
            throw new IOException("too few trials: " + missing.get(0)
                    + (missing.size() == 1 ? "" : " (and " + (missing.size() - 1) + " more benchmarks)"));
        }
        return judged;
    }
}
