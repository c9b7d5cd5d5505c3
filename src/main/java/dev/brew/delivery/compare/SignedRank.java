package dev.brew.delivery.compare;

/**
 * The exact null distribution of Wilcoxon's signed-rank statistic: the sum of the ranks of the positive values, if the
 * values come from continuous distributions that are symmetric about 0. Each of the ranks 1 to n is in the sum with
 * probability 1/2 (Wilcoxon 1945), so one rank after another is convolved in.
 */
final class SignedRank {

    /** The most pairs: with more, the table takes seconds. A run of blocks with so many takes more than a day. */
    static final int MAX_PAIRS = 1_000;

    private SignedRank() {
    }

    /**
     * P(W ≤ w).
     *
     * @param n the number of pairs, 1..{@value #MAX_PAIRS}
     * @param w from below 0, where it is 0, to n·(n+1)/2 and beyond, where it is 1
     * @throws IllegalArgumentException if n is out of range
     */
    static double cdf(int n, int w) {
        double[] probabilities = probabilities(n);
        double sum = 0;
        for (int i = 0; i <= w && i < probabilities.length; i++) {
            sum += probabilities[i];
        }
        return Math.min(1, sum);
    }

    /**
     * The rank, from 1, of the Walsh average that bounds the centre from below with confidence 1 − alpha; counted from the
     * other end it bounds the centre from above. It is k, where k − 1 is the largest w with P(W ≤ w) ≤ alpha (Tukey 1949).
     *
     * @param n     the number of pairs, 1..{@value #MAX_PAIRS}
     * @param alpha the error of the bound, above 0, below 0.5
     * @return 0 if there are too few pairs for such a bound
     * @throws IllegalArgumentException if n is out of range
     */
    static int rankOfBound(int n, double alpha) {
        double[] probabilities = probabilities(n);
        double sum = 0;
        int k = 0;
        while (k < probabilities.length && sum + probabilities[k] <= alpha) {
            sum += probabilities[k];
            k++;
        }
        return k;
    }

    private static double[] probabilities(int n) {
        if (n < 1 || n > MAX_PAIRS) {
            throw new IllegalArgumentException("pairs must be 1.." + MAX_PAIRS + ", got " + n);
        }
        double[] probabilities = new double[n * (n + 1) / 2 + 1];
        probabilities[0] = 1;
        for (int rank = 1; rank <= n; rank++) {
            for (int w = rank * (rank + 1) / 2; w >= 0; w--) { // downwards: each entry is read before it is replaced
                probabilities[w] = (probabilities[w] + (w < rank ? 0 : probabilities[w - rank])) / 2;
            }
        }
        return probabilities;
    }
}
