package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The number of recipients from which on one path wins. In each block the logarithm of the ratio is interpolated between the
 * measured numbers, piecewise linearly over the logarithm of the number; the path wins from the last zero on. A block in which
 * it wins at all measured numbers counts as 0, and one in which it does not win at the largest counts as infinite.
 *
 * @param firstWins true if the first path of the pair gains with the number of recipients, false if the second does
 * @param median    over the blocks; NaN if one half of them is 0 and the other infinite
 * @param lower     lower end of the interval by order statistics, with confidence 95 % or more; 0 without an interval
 * @param upper     upper end, likewise; infinite without an interval
 * @param blocks    the number of blocks that have both rows settled at all numbers of recipients
 * @param largest   the largest measured number of recipients
 */
public record Crossing(boolean firstWins, double median, double lower, double upper, int blocks, int largest) {

    private static final double ALPHA = 0.025;

    /**
     * The crossing of two paths.
     *
     * @param logarithms of first ÷ second: by number of recipients, then by block
     * @return empty with fewer than two numbers of recipients, or if no block has all of them
     */
    static Optional<Crossing> of(NavigableMap<Integer, Map<Integer, Double>> logarithms) {
        if (logarithms.size() < 2) {
            return Optional.empty();
        }
        Set<Integer> blocks = new TreeSet<>(logarithms.firstEntry().getValue().keySet());
        logarithms.values().forEach(byBlock -> blocks.retainAll(byBlock.keySet()));
        if (blocks.isEmpty()) {
            return Optional.empty();
        }
        double change = Median.of(blocks.stream().mapToDouble(block -> logarithms.lastEntry().getValue().get(block)
                - logarithms.firstEntry().getValue().get(block)).toArray());
        boolean firstWins = change < 0;
        double[] points = blocks.stream().mapToDouble(block -> point(logarithms, block, firstWins ? 1 : -1)).sorted().toArray();
        int k = SignTest.rankOfBound(points.length, ALPHA);
        return Optional.of(new Crossing(firstWins, Math.exp(Median.of(points)), k == 0 ? 0 : Math.exp(points[k - 1]),
                k == 0 ? Double.POSITIVE_INFINITY : Math.exp(points[points.length - k]), points.length, logarithms.lastKey()));
    }

    /** True if there are enough blocks for an interval. */
    public boolean hasInterval() {
        return blocks >= PairedRatio.BLOCKS_NEEDED;
    }

    /** The logarithm of the number of recipients from which on the path wins. */
    private static double point(NavigableMap<Integer, Map<Integer, Double>> logarithms, int block, int sign) {
        List<Integer> numbers = new ArrayList<>(logarithms.keySet());
        double[] values = numbers.stream().mapToDouble(number -> sign * logarithms.get(number).get(block)).toArray();
        if (values[values.length - 1] >= 0) {
            return Double.POSITIVE_INFINITY;
        }
        for (int i = values.length - 2; i >= 0; i--) {
            if (values[i] >= 0) {
                double from = Math.log(numbers.get(i));
                return from + (Math.log(numbers.get(i + 1)) - from) * values[i] / (values[i] - values[i + 1]);
            }
        }
        return Double.NEGATIVE_INFINITY;
    }
}
