package dev.brew.delivery.compare;

import dev.brew.delivery.results.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * calibration.json: the margins that a machine needs, measured by comparing one jar with itself.
 *
 * @param schema  version of this file's form
 * @param machine where it was measured; the margins are not valid elsewhere
 * @param pairs   the number of measured pairs of trials of each benchmark
 * @param gated   the number of pairs of a comparison
 * @param asked   the requested margin
 * @param margins by row and metric ({@code <stem> <metric>}): the 95th percentile of |ratio − 1| of such comparisons
 */
public record Calibration(int schema, Map<String, String> machine, int pairs, int gated, double asked,
                          Map<String, Double> margins) {

    /** Its name, in the directory of all results. */
    public static final String FILE = "calibration.json";
    private static final int SCHEMA = 1;
    private static final int RESAMPLES = 2_000;
    private static final double QUANTILE = 0.95;
    /** The bounds are not used. */
    private static final double ANY_ALPHA = 0.05;

    /**
     * Computes the margins from paired trials of one jar. Comparisons of {@code gated} pairs are drawn at random, and in each
     * pair the base is chosen at random.
     *
     * @param rows  both sides of each benchmark with equal numbers of trials; the i-th trials of both sides are a pair
     * @param gated 1 to the number of pairs
     */
    public static Calibration of(Map<String, String> machine, List<RowJudge> rows, int gated, double asked, long seed) {
        Map<String, Double> margins = new TreeMap<>();
        int pairs = rows.stream().mapToInt(RowJudge::pairs).min().orElseThrow();
        for (RowJudge row : rows) {
            for (Metric metric : row.metrics()) {
                margins.put(key(row.stem(), metric), spread(row.values(metric), gated, new SplittableRandom(seed)));
            }
        }
        return new Calibration(SCHEMA, machine, pairs, gated, asked, margins);
    }

    private static double spread(double[][] sides, int gated, SplittableRandom random) {
        int[] order = new int[sides[0].length];
        Arrays.setAll(order, i -> i);
        double[] distances = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double[] base = new double[gated];
            double[] candidate = new double[gated];
            for (int j = 0; j < gated; j++) {
                int chosen = j + random.nextInt(order.length - j);
                int pair = order[chosen];
                order[chosen] = order[j];
                order[j] = pair;
                int side = random.nextInt(2);
                base[j] = sides[side][pair];
                candidate[j] = sides[1 - side][pair];
            }
            distances[i] = Math.abs(Ratio.of(base, candidate, ANY_ALPHA).estimate() - 1);
        }
        Arrays.sort(distances);
        return distances[(int) Math.ceil(QUANTILE * RESAMPLES) - 1];
    }

    private static String key(String stem, Metric metric) {
        return stem + " " + metric.label();
    }

    /**
     * δ of a metric: the larger of the requested margin and the machine's own, or the requested one if the machine's own is not
     * known.
     */
    public double margin(String stem, Metric metric) {
        return Math.max(asked, margins.getOrDefault(key(stem, metric), asked));
    }

    /** A line for each metric: its largest difference from itself, and its margin. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        margins.forEach((name, margin) -> lines.add(name + ": differs from itself by up to "
                + ComparisonFiles.percent(margin) + ", margin " + ComparisonFiles.percent(Math.max(asked, margin))));
        lines.add("of " + pairs + " pairs; 95 of 100 comparisons of " + gated + " pairs of the same jar stay within");
        return lines;
    }

    /** A line for each metric that this machine is too noisy to gate at the requested margin. */
    public List<String> tooNoisy() {
        List<String> lines = new ArrayList<>();
        margins.forEach((name, margin) -> {
            if (margin > asked) {
                lines.add("too noisy to gate at " + ComparisonFiles.percent(asked) + ": " + name
                        + " differs from itself by up to " + ComparisonFiles.percent(margin)
                        + " in 95 of 100 comparisons of "
                        + gated + " pairs; that is its margin now");
            }
        });
        return lines;
    }

    static String note(Optional<Calibration> calibration, Rule rule) {
        return calibration.map(known -> "margins: those of " + FILE + ", at least "
                        + ComparisonFiles.percent(known.asked()))
                .orElse("margin: " + ComparisonFiles.percent(rule.margin())
                        + ", not from a calibration of this machine");
    }

    /** @throws IOException if the file is missing or damaged */
    public static Calibration read(Path results) throws IOException {
        return Json.read(results.resolve(FILE), Calibration.class, SCHEMA);
    }

    /** True if {@code results} has a calibration. */
    public static boolean isIn(Path results) {
        return Files.exists(results.resolve(FILE));
    }
}
