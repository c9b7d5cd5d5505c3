package dev.brew.delivery.compare;

import dev.brew.delivery.text.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * The number of recipients from which on one path wins. Between the measured numbers the logarithm of each block's ratio is
 * interpolated linearly over the logarithm of the number, so that there is a {@link PairedRatio} at each number. The
 * interval has the numbers at which the ratio's interval contains 1 (inversion of the signed-rank test), so it agrees with
 * the verdicts at the measured numbers.
 *
 * @param firstWins true if the first path of the pair gains with the number of recipients, false if the second does
 * @param estimate  from here on the estimated ratio is on the winner's side; 0 if it is at all measured numbers, infinite if
 *                  it is not at the largest
 * @param lower     up to here the winner is certainly not ahead; 0 if that is certain nowhere, or without an interval;
 *                  infinite if it is certain even at the largest number
 * @param upper     from here on the winner is certainly ahead; infinite if that is not certain at the largest number, or
 *                  without an interval; 0 if it is certain at all measured numbers
 * @param blocks    the number of blocks that have both rows settled at all numbers of recipients
 * @param largest   the largest measured number of recipients
 */
public record Crossing(boolean firstWins, double estimate, double lower, double upper, int blocks, int largest) {

    /** Points between two measured numbers. */
    private static final int STEPS = 200;

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
        List<Point> points = points(logarithms, blocks, change < 0 ? 1 : -1);
        return Optional.of(new Crossing(change < 0, end(points, PairedRatio::estimate), end(points, PairedRatio::lower),
                end(points, PairedRatio::upper), blocks.size(), logarithms.lastKey()));
    }

    /** True if there are enough blocks for an interval. */
    public boolean hasInterval() {
        return blocks >= PairedRatio.BLOCKS_NEEDED;
    }

    /** @param ratio below 1 where the path wins */
    private record Point(double number, PairedRatio ratio) {
    }

    /** The last number at which a value of the ratio is not below 1; 0 if there is none, infinite if it is the largest. */
    private static double end(List<Point> points, ToDoubleFunction<PairedRatio> value) {
        for (int i = points.size() - 1; i >= 0; i--) {
            if (value.applyAsDouble(points.get(i).ratio) >= 1) {
                return i == points.size() - 1 ? Double.POSITIVE_INFINITY : points.get(i).number;
            }
        }
        return 0;
    }

    private static List<Point> points(NavigableMap<Integer, Map<Integer, Double>> logarithms, Set<Integer> blocks,
                                      int sign) {
        List<Point> points = new ArrayList<>();
        Integer from = logarithms.firstKey();
        for (Integer to = logarithms.higherKey(from); to != null; from = to, to = logarithms.higherKey(from)) {
            for (int step = points.isEmpty() ? 0 : 1; step <= STEPS; step++) {
                double share = (double) step / STEPS;
                Map<Integer, Double> left = logarithms.get(from);
                Map<Integer, Double> right = logarithms.get(to);
                double[] ratios = blocks.stream().mapToDouble(block ->
                        Math.exp(sign * ((1 - share) * left.get(block) + share * right.get(block)))).toArray();
                points.add(new Point(Math.exp((1 - share) * Math.log(from) + share * Math.log(to)), PairedRatio.of(ratios)));
            }
        }
        return points;
    }
}
