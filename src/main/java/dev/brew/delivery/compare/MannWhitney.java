package dev.brew.delivery.compare;

/**
 * The exact null distribution of the Mann-Whitney U statistic: how many of the n·m pairs have the second value below
 * the first, if both samples come from one continuous distribution (Mann and Whitney 1947, recursion on the largest
 * value).
 */
final class MannWhitney {

    /** The most trials of a side: with more the table would take seconds, and such runs do not occur. */
    static final int MAX_TRIALS = 100;

    private MannWhitney() {
    }

    /**
     * P(U ≤ u).
     *
     * @param n size of one sample, 1..{@value #MAX_TRIALS}
     * @param m size of the other, likewise
     * @param u from below 0, where it is 0, to n·m and beyond, where it is 1
     */
    static double cdf(int n, int m, int u) {
        double[] probabilities = probabilities(n, m);
        double sum = 0;
        for (int i = 0; i <= Math.min(u, n * m); i++) {
            sum += probabilities[i];
        }
        return Math.min(1, sum);
    }

    /**
     * Which of the n·m sorted differences, from 1, bounds the shift from below with confidence 1 − alpha, and counted
     * from the other end from above: k, where k − 1 is the largest u with P(U ≤ u) ≤ alpha (Hodges and Lehmann 1963).
     *
     * @return 0 if there are too few trials for such a bound
     */
    static int rankOfBound(int n, int m, double alpha) {
        double[] probabilities = probabilities(n, m);
        double sum = 0;
        int k = 0;
        while (k < probabilities.length && sum + probabilities[k] <= alpha) {
            sum += probabilities[k];
            k++;
        }
        return k;
    }

    /** The fewest trials of each side for a bound at {@code alpha}. */
    static int trialsNeeded(double alpha) {
        double smallest = 1; // 1 ÷ C(2n, n), the probability of U = 0
        int n = 0;
        while (smallest > alpha) {
            n++;
            smallest *= n * (double) n / ((2 * n - 1) * (2.0 * n));
        }
        return n;
    }

    /** The largest value of all is one of the n with probability n ÷ (n+m), and then beats all m of the others. */
    private static double[] probabilities(int n, int m) {
        if (n < 1 || m < 1 || n > MAX_TRIALS || m > MAX_TRIALS) {
            throw new IllegalArgumentException("trials must be 1.." + MAX_TRIALS + " a side, got " + n + " and " + m);
        }
        double[][] row = new double[m + 1][]; // of i values against 0..m
        for (int i = 0; i <= n; i++) {
            double[][] next = new double[m + 1][];
            for (int j = 0; j <= m; j++) {
                next[j] = i == 0 || j == 0 ? new double[] {1} : mix(row[j], next[j - 1], i, j);
            }
            row = next;
        }
        return row[m];
    }

    private static double[] mix(double[] oneLessOfI, double[] oneLessOfJ, int i, int j) {
        double[] mixed = new double[i * j + 1];
        double share = (double) i / (i + j);
        for (int u = 0; u < oneLessOfI.length; u++) {
            mixed[u + j] += share * oneLessOfI[u];
        }
        for (int u = 0; u < oneLessOfJ.length; u++) {
            mixed[u] += (1 - share) * oneLessOfJ[u];
        }
        return mixed;
    }
}
