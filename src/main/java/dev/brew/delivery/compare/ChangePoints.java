package dev.brew.delivery.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Finds the places where a series changes its distribution: E-divisive (Matteson and James, 2014). It splits the series at the
 * largest energy distance between both sides, repeatedly, and accepts each split by a permutation test. It assumes independence
 * and nothing else.
 */
final class ChangePoints {

    /** The fewest values of a level. */
    static final int MIN_SEGMENT = 3;
    private static final int PERMUTATIONS = 999;
    /** The error of each split. */
    private static final double ALPHA = 0.01;

    private final double[] values;
    private final SplittableRandom random;

    private ChangePoints(double[] values, long seed) {
        this.values = values;
        this.random = new SplittableRandom(seed);
    }

    /**
     * The places, ascending, at which a new level begins.
     *
     * @param values in order of time; none is found in fewer than {@value #MIN_SEGMENT} times two
     * @param seed   of the permutations
     */
    static List<Integer> find(double[] values, long seed) {
        return new ChangePoints(values, seed).find();
    }

    /**
     * A segment's best split.
     *
     * @param at       the first place of the new level; -1 if the segment is too short
     * @param distance of both sides, scaled by their sizes
     */
    private record Split(int at, double distance) {
    }

    private List<Integer> find() {
        if (values.length < 2 * MIN_SEGMENT) {
            return List.of();
        }
        TreeSet<Integer> bounds = new TreeSet<>(List.of(0, values.length));
        while (true) {
            Split best = new Split(-1, -1);
            for (int from : List.copyOf(bounds)) {
                if (from < values.length) {
                    Split split = bestSplit(values, from, bounds.higher(from));
                    best = split.distance > best.distance ? split : best;
                }
            }
            if (best.at < 0 || !isSignificant(best, List.copyOf(bounds))) {
                List<Integer> found = new ArrayList<>(bounds);
                return found.subList(1, found.size() - 1);
            }
            bounds.add(best.at);
        }
    }

    /** As in the paper: values are permuted within their segments, and the best split of all segments is compared. */
    private boolean isSignificant(Split seen, List<Integer> bounds) {
        int atLeast = 0;
        for (int i = 0; i < PERMUTATIONS; i++) {
            double[] shuffled = values.clone();
            double best = -1;
            for (int j = 0; j + 1 < bounds.size(); j++) {
                shuffle(shuffled, bounds.get(j), bounds.get(j + 1));
                best = Math.max(best, bestSplit(shuffled, bounds.get(j), bounds.get(j + 1)).distance);
            }
            atLeast += best >= seen.distance ? 1 : 0;
        }
        return (atLeast + 1.0) / (PERMUTATIONS + 1) <= ALPHA;
    }

    private void shuffle(double[] array, int from, int to) {
        for (int i = to - 1; i > from; i--) {
            int j = from + random.nextInt(i - from + 1);
            double swapped = array[i];
            array[i] = array[j];
            array[j] = swapped;
        }
    }

    /**
     * As in the paper, the left side is compared with each range that begins at the split: otherwise the values after a
     * temporary level would hide it. The sums of distances are updated as the range grows by one value.
     */
    private static Split bestSplit(double[] x, int from, int to) {
        Split best = new Split(-1, -1);
        if (to - from < 2 * MIN_SEGMENT) {
            return best;
        }
        double[][] sums = sumsOfDistances(x, from, to);
        double left = 0;
        for (int split = 1; split < to - from; split++) {
            left += sums[split - 1][split - 1];
            double right = 0;
            double between = 0;
            for (int end = split + 1; end <= to - from; end++) {
                double[] last = sums[end - 1];
                right += last[end - 1] - last[split];
                between += last[split];
                int m = end - split;
                if (split >= MIN_SEGMENT && m >= MIN_SEGMENT) {
                    double distance = energy(left, right, between, split, m);
                    best = distance > best.distance ? new Split(from + split, distance) : best;
                }
            }
        }
        return best;
    }

    private static double energy(double left, double right, double between, int n, int m) {
        double energy = 2 * between / ((double) n * m) - 2 * left / (n * (n - 1.0)) - 2 * right / (m * (m - 1.0));
        return energy * n * m / (n + m);
    }

    /** In row i and column j the distances of value i to the first j values, summed up. */
    private static double[][] sumsOfDistances(double[] x, int from, int to) {
        double[][] sums = new double[to - from][to - from + 1];
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < sums.length; j++) {
                sums[i][j + 1] = sums[i][j] + Math.abs(x[from + i] - x[from + j]);
            }
        }
        return sums;
    }
}
