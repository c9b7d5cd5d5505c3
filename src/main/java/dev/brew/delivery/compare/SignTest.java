package dev.brew.delivery.compare;

/** Exact bounds of a median by order statistics; they hold for every continuous distribution (Thompson 1936). */
final class SignTest {

    private SignTest() {
    }

    /**
     * The rank, from 1, of the value that bounds the median from below with confidence 1 − alpha; counted from the other end
     * it bounds the median from above. It is k, where k − 1 is the largest b with P(B ≤ b) ≤ alpha, and B is the number of
     * heads in n tosses of a fair coin.
     *
     * @param n     the number of values, 1..1,000
     * @param alpha the error of the bound, above 0, below 0.5
     * @return 0 if there are too few values for such a bound
     * @throws IllegalArgumentException if n is out of range
     */
    static int rankOfBound(int n, double alpha) {
        if (n < 1 || n > SignedRank.MAX_PAIRS) {
            throw new IllegalArgumentException("values must be 1.." + SignedRank.MAX_PAIRS + ", got " + n);
        }
        double probability = Math.pow(0.5, n);
        double sum = probability;
        int k = 0;
        while (sum <= alpha) {
            k++;
            probability *= (double) (n - k + 1) / k;
            sum += probability;
        }
        return k;
    }
}
