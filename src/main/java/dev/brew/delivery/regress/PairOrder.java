package dev.brew.delivery.regress;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Which side is measured first. Two consecutive pairs are AB and BA in random order: each side is first equally often, so a
 * drift of the machine, and whatever the first one leaves behind, affects both sides alike.
 *
 * @param seed of the job
 */
record PairOrder(long seed) {

    /**
     * Both sides in their order.
     *
     * @param row  index of the row, from 0
     * @param pair from 1
     */
    List<Side> sides(int row, int pair) {
        int block = (pair - 1) / 2;
        boolean baseLeads = new SplittableRandom(seed * 1_000_003 + row * 1_009L + block).split().nextBoolean();
        return baseLeads == (pair % 2 == 1) ? List.of(Side.BASE, Side.CANDIDATE) : List.of(Side.CANDIDATE, Side.BASE);
    }
}
