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
 * calibration.json: what a machine's margin has to be, found by comparing one jar with itself.
 *
 * @param schema  version of this file's form
 * @param machine where it was measured; of no use elsewhere
 * @param pairs   how many pairs of trials were measured of each benchmark
 * @param gated   how many pairs a comparison is taken to have
 * @param asked   the margin that was asked for
 * @param margins by row and metric ({@code <stem> <metric>}): the 95th percentile of |ratio − 1| of such comparisons
 */
public record Calibration(int schema, Map<String, String> machine, int pairs, int gated, double asked,
                          Map<String, Double> margins) {

    /** Its name, in the directory of all results. */
    public static final String FILE = "calibration.json";
    private static final int SCHEMA = 1;
    private static final int RESAMPLES = 2_000;
    private static final double QUANTILE = 0.95;

    /**
     * Of trials of one jar in pairs. Comparisons of {@code gated} pairs are drawn from them again and again, and in
     * each pair it is left to chance which one plays the base.
     *
     * @param rows  both sides of each benchmark, with as many trials, of which the i-th are a pair
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
            distances[i] = Math.abs(Ratio.of(base, candidate, RowJudge.SCREEN_ALPHA).estimate() - 1);
        }
        Arrays.sort(distances);
        return distances[(int) Math.ceil(QUANTILE * RESAMPLES) - 1];
    }

    private static String key(String stem, Metric metric) {
        return stem + " " + metric.label();
    }

    /**
     * δ of a metric: what was asked for, or the machine's own where that is more; what was asked for if it is not
     * known.
     */
    public double margin(String stem, Metric metric) {
        return Math.max(asked, margins.getOrDefault(key(stem, metric), asked));
    }

    /** A line for each metric: by how much it differs from itself. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        margins.forEach((name, margin) -> lines.add(name + ": differs from itself by up to "
                + ComparisonFiles.percent(margin) + ", margin " + ComparisonFiles.percent(Math.max(asked, margin))));
        lines.add("of " + pairs + " pairs; 95 of 100 comparisons of " + gated + " pairs of the same jar stay within");
        return lines;
    }

    /** What this machine is too noisy for at the margin that was asked for, a line each. */
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

    /** True if there is one. */
    public static boolean isIn(Path results) {
        return Files.exists(results.resolve(FILE));
    }
}
