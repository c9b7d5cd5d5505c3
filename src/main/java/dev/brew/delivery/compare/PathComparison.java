package dev.brew.delivery.compare;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.Summary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How many times as long as another path each path takes, at each number of recipients, by <em>completed</em> p50 in a
 * closed loop. In a run of blocks the ratio is taken within a block, over the blocks in which both rows had settled. Trials
 * of other runs are not paired; their ratios have no interval.
 *
 * @param paired true if the run is one of blocks
 * @param pairs  each two series of rows that differ in the path, and not in a parameter that both have
 */
public record PathComparison(boolean paired, List<Pair> pairs) {

    private static final String RECIPIENTS = "recipients";
    /** The compared paths; a path is the first of a pair with each that follows it. */
    private static final List<String> PATHS = List.of("kafka", "grpc-sequential", "grpc-parallel");

    /**
     * A path with its parameters.
     *
     * @param params those that differ between rows of the run, without the number of recipients
     */
    public record Variant(String path, SortedMap<String, String> params) {

        /** Of {@code row}, with all its parameters. */
        private static Variant whole(Summary.Row row) {
            SortedMap<String, String> params = new TreeMap<>(row.params());
            params.remove(RECIPIENTS);
            return new Variant(row.path(), params);
        }

        private Variant only(Set<String> names) {
            SortedMap<String, String> some = new TreeMap<>(params);
            some.keySet().retainAll(names);
            return new Variant(path, Collections.unmodifiableSortedMap(some));
        }

        /** True if both have the same value of each parameter that both have. */
        private boolean isLike(Variant other) {
            return params.entrySet().stream().allMatch(param ->
                    other.params.getOrDefault(param.getKey(), param.getValue()).equals(param.getValue()));
        }
    }

    /**
     * Two paths.
     *
     * @param ratios   first ÷ second, by number of recipients; without those for which no block has both rows settled
     * @param crossing from which number of recipients on one of them wins; empty with fewer than two numbers of
     *                 recipients, and without blocks
     */
    public record Pair(Variant first, Variant second, NavigableMap<Integer, PairedRatio> ratios,
                       Optional<Crossing> crossing) {
    }

    /** Compares the paths of a run. */
    public static PathComparison of(Summary summary, Environment environment) {
        List<Summary.Row> rows = comparable(summary, environment);
        boolean paired = !rows.isEmpty() && rows.stream().allMatch(row -> environment.isOfBlocks(row.stem()));
        Set<String> varying = varying(rows);
        Map<Variant, NavigableMap<Integer, Summary.Row>> series = series(rows);
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < PATHS.size(); i++) {
            for (String other : PATHS.subList(i + 1, PATHS.size())) {
                for (Variant first : ofPath(PATHS.get(i), series)) {
                    ofPath(other, series).stream().filter(first::isLike).forEach(second -> pairs.add(pair(
                            first.only(varying), second.only(varying), series.get(first), series.get(second), paired)));
                }
            }
        }
        return new PathComparison(paired, List.copyOf(pairs));
    }

    private static List<Summary.Row> comparable(Summary summary, Environment environment) {
        return summary.rows().stream().filter(row -> isComparable(row, environment)).toList();
    }

    /** The rows by number of recipients; of two rows that differ in nothing else, the first. */
    private static Map<Variant, NavigableMap<Integer, Summary.Row>> series(List<Summary.Row> rows) {
        Map<Variant, NavigableMap<Integer, Summary.Row>> series = new LinkedHashMap<>();
        rows.forEach(row -> series.computeIfAbsent(Variant.whole(row), key -> new TreeMap<>())
                .putIfAbsent(Integer.parseInt(row.params().get(RECIPIENTS)), row));
        return series;
    }

    private static List<Variant> ofPath(String path, Map<Variant, NavigableMap<Integer, Summary.Row>> series) {
        return series.keySet().stream().filter(variant -> variant.path.equals(path)).toList();
    }

    /** False for floors, open loops, saturated rows, and rows that differ from trials as this project defines them. */
    public static boolean isComparable(Summary.Row row, Environment environment) {
        return PATHS.contains(row.path()) && row.params().containsKey(RECIPIENTS) && !row.params().containsKey("rate")
                && !row.saturated() && environment.conditions(row.stem()).isEmpty();
    }

    /** The row's name without its path: the parameters that differ between comparable rows. */
    public static Variant variant(Summary.Row row, Summary summary, Environment environment) {
        return Variant.whole(row).only(varying(comparable(summary, environment)));
    }

    private static Set<String> varying(List<Summary.Row> rows) {
        Set<String> names = rows.stream().flatMap(row -> row.params().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        names.remove(RECIPIENTS);
        names.removeIf(name -> rows.stream().map(row -> row.params().get(name)).filter(Objects::nonNull).distinct()
                .count() < 2);
        return names;
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
