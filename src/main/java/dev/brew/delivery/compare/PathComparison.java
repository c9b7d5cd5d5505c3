package dev.brew.delivery.compare;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.Summary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How many times as long as another path each path takes, at each number of recipients, by <em>completed</em> p50 in a closed
 * loop. In a run of blocks the ratio is taken within a block, over the blocks in which both rows had settled. Trials of other
 * runs are not paired; their ratios have no interval.
 *
 * @param paired true if the run is one of blocks
 * @param pairs  each two series of rows that differ in the path, and not in a parameter that both have
 */
public record PathComparison(boolean paired, List<Pair> pairs) {

    /** The setting of a run of blocks, and how its value begins. */
    private static final String DESIGN = "design";
    private static final String BLOCK = "block";
    private static final String RECIPIENTS = "recipients";
    /** The compared paths; a path is the first of a pair with each that follows it. */
    private static final List<String> PATHS = List.of("kafka", "grpc-sequential", "grpc-parallel");

    /**
     * A path with its parameters.
     *
     * @param params those that differ between rows of the run, without the number of recipients
     */
    public record Variant(String path, SortedMap<String, String> params) {
    }

    /**
     * Two paths.
     *
     * @param ratios   first ÷ second, by number of recipients; without those for which no block has both rows settled
     * @param crossing from which number of recipients on one of them wins; empty with fewer than two numbers of recipients,
     *                 and without blocks
     */
    public record Pair(Variant first, Variant second, NavigableMap<Integer, PairedRatio> ratios,
                       Optional<Crossing> crossing) {
    }

    /** Compares the paths of a run. */
    public static PathComparison of(Summary summary, Environment environment) {
        List<Summary.Row> rows = summary.rows().stream().filter(row -> isComparable(row, environment)).toList();
        boolean paired = !rows.isEmpty() && rows.stream().allMatch(row -> isOfBlocks(row, environment));
        Set<String> varying = varying(rows);
        Map<Map<String, String>, NavigableMap<Integer, Summary.Row>> byParams = new LinkedHashMap<>();
        Map<String, List<Map<String, String>>> byPath = new LinkedHashMap<>();
        for (Summary.Row row : rows) {
            Map<String, String> params = new TreeMap<>(row.params());
            int recipients = Integer.parseInt(params.remove(RECIPIENTS));
            params.put(" path", row.path());
            if (byParams.computeIfAbsent(params, key -> new TreeMap<>()).putIfAbsent(recipients, row) == null) {
                List<Map<String, String>> known = byPath.computeIfAbsent(row.path(), key -> new ArrayList<>());
                if (!known.contains(params)) {
                    known.add(params);
                }
            }
        }
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < PATHS.size(); i++) {
            for (int j = i + 1; j < PATHS.size(); j++) {
                for (Map<String, String> first : byPath.getOrDefault(PATHS.get(i), List.of())) {
                    for (Map<String, String> second : byPath.getOrDefault(PATHS.get(j), List.of())) {
                        if (isAlike(first, second)) {
                            pairs.add(pair(variant(first, varying), variant(second, varying), byParams.get(first),
                                    byParams.get(second), paired));
                        }
                    }
                }
            }
        }
        return new PathComparison(paired, List.copyOf(pairs));
    }

    /** False for floors, open loops, saturated rows, and rows that differ from trials as this project defines them. */
    public static boolean isComparable(Summary.Row row, Environment environment) {
        return PATHS.contains(row.path()) && row.params().containsKey(RECIPIENTS) && !row.params().containsKey("rate")
                && !row.saturated() && environment.conditions(row.stem()).isEmpty();
    }

    private static boolean isOfBlocks(Summary.Row row, Environment environment) {
        return environment.settings().getOrDefault(row.stem(), Map.of()).getOrDefault(DESIGN, "").startsWith(BLOCK);
    }

    /** The row's name without its path: the parameters that differ between comparable rows. */
    public static Variant variant(Summary.Row row, Summary summary, Environment environment) {
        return variant(withPath(row), varying(summary.rows().stream().filter(other -> isComparable(other, environment))
                .toList()));
    }

    private static Map<String, String> withPath(Summary.Row row) {
        Map<String, String> params = new TreeMap<>(row.params());
        params.put(" path", row.path());
        return params;
    }

    private static Variant variant(Map<String, String> params, Set<String> varying) {
        SortedMap<String, String> shown = new TreeMap<>(params);
        shown.keySet().retainAll(varying);
        return new Variant(params.get(" path"), Collections.unmodifiableSortedMap(shown));
    }

    private static Set<String> varying(List<Summary.Row> rows) {
        Set<String> names = rows.stream().flatMap(row -> row.params().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        names.remove(RECIPIENTS);
        names.removeIf(name -> rows.stream().map(row -> row.params().get(name)).filter(value -> value != null).distinct()
                .count() < 2);
        return names;
    }

    private static boolean isAlike(Map<String, String> first, Map<String, String> second) {
        Set<String> shared = new HashSet<>(first.keySet());
        shared.retainAll(second.keySet());
        shared.remove(" path");
        return shared.stream().allMatch(name -> first.get(name).equals(second.get(name)));
    }

    private static Pair pair(Variant first, Variant second, NavigableMap<Integer, Summary.Row> firstRows,
                             NavigableMap<Integer, Summary.Row> secondRows, boolean paired) {
        NavigableMap<Integer, PairedRatio> ratios = new TreeMap<>();
        NavigableMap<Integer, Map<Integer, Double>> logarithms = new TreeMap<>();
        firstRows.forEach((recipients, row) -> {
            Summary.Row other = secondRows.get(recipients);
            if (other != null && paired) {
                Blocks blocks = Blocks.of(row, other);
                blocks.ratio().ifPresent(ratio -> {
                    ratios.put(recipients, ratio);
                    logarithms.put(recipients, blocks.logarithms());
                });
            } else if (other != null && !row.unsettled() && !other.unsettled()) {
                ratios.put(recipients, PairedRatio.unpaired(p50(row.series()) / p50(other.series())));
            }
        });
        return new Pair(first, second, Collections.unmodifiableNavigableMap(ratios), Crossing.of(logarithms));
    }

    private static double p50(Map<String, Quantiles> series) {
        return Math.max(1, series.get("completed").p50());
    }

    /** The medians of two rows, by block, for the blocks in which both had settled. */
    private record Blocks(NavigableMap<Integer, Double> first, NavigableMap<Integer, Double> second) {

        static Blocks of(Summary.Row first, Summary.Row second) {
            Blocks blocks = new Blocks(medians(first), medians(second));
            blocks.first.keySet().retainAll(blocks.second.keySet());
            blocks.second.keySet().retainAll(blocks.first.keySet());
            return blocks;
        }

        /** None of a row that still got faster while it was measured. */
        private static NavigableMap<Integer, Double> medians(Summary.Row row) {
            NavigableMap<Integer, Double> medians = new TreeMap<>();
            if (row.trend() == null || !row.trend().falling()) {
                row.trials().stream().filter(trial -> Boolean.TRUE.equals(trial.settled()))
                        .forEach(trial -> medians.put(trial.trial(), p50(trial.series())));
            }
            return medians;
        }

        Optional<PairedRatio> ratio() {
            return first.isEmpty() ? Optional.empty() : Optional.of(PairedRatio.of(array(first), array(second)));
        }

        private static double[] array(NavigableMap<Integer, Double> medians) {
            return medians.values().stream().mapToDouble(Double::doubleValue).toArray();
        }

        Map<Integer, Double> logarithms() {
            Map<Integer, Double> logarithms = new TreeMap<>();
            first.forEach((block, median) -> logarithms.put(block, Math.log(median) - Math.log(second.get(block))));
            return logarithms;
        }
    }
}
