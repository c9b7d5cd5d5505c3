package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MannWhitneyTest {

    private static final MannWhitneyUTest LIBRARY = MannWhitneyUTest.withDefaults().with(PValueMethod.EXACT)
            .with(AlternativeHypothesis.LESS_THAN);

    @ParameterizedTest
    @CsvSource({"1,1", "2,3", "3,2", "5,5", "5,8", "8,8", "10,10", "12,7", "20,20"})
    void theDistributionIsThatOfCommonsStatistics(int n, int m) {
        SplittableRandom random = new SplittableRandom(31L * n + m);
        for (int i = 0; i < 200; i++) {
            double shift = 3 * random.nextDouble() - 1.5;
            double[] x = random.doubles(n).toArray();
            double[] y = random.doubles(m).map(value -> value + shift).toArray();
            int u = (int) LIBRARY.statistic(x, y);
            assertThat(MannWhitney.cdf(n, m, u)).as("U %d", u)
                    .isCloseTo(LIBRARY.test(x, y).getPValue(), within(1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource({"3,4", "5,5", "8,8", "10,10", "30,30", "100,100"})
    void theDistributionIsSymmetricAndWhole(int n, int m) {
        assertThat(MannWhitney.cdf(n, m, -1)).isZero();
        assertThat(MannWhitney.cdf(n, m, n * m)).isCloseTo(1, within(1e-12));
        for (int u = 0; u < n * m; u += Math.max(1, n * m / 20)) {
            assertThat(MannWhitney.cdf(n, m, u)).isCloseTo(1 - MannWhitney.cdf(n, m, n * m - u - 1), within(1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, 5, 2, 1",
        "6, 8, 4, 3",
        "8, 16, 10, 8",
        "10, 28, 20, 17"})
    void theBoundsRankIsThatOfTheTables(int trials, int at05, int at01, int at005) {
        assertThat(MannWhitney.rankOfBound(trials, trials, 0.05)).isEqualTo(at05);
        assertThat(MannWhitney.rankOfBound(trials, trials, 0.01)).isEqualTo(at01);
        assertThat(MannWhitney.rankOfBound(trials, trials, 0.005)).isEqualTo(at005);
    }

    @Test
    void tooFewTrialsHaveNoBound() {
        assertThat(MannWhitney.rankOfBound(2, 2, 0.05)).isZero();
        assertThat(MannWhitney.rankOfBound(4, 4, 0.01)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0.05, 3", "0.01, 5", "0.005, 5", "0.00396, 6", "0.001, 7"})
    void soManyTrialsAreNeeded(double alpha, int trials) {
        assertThat(MannWhitney.trialsNeeded(alpha)).isEqualTo(trials);
        assertThat(MannWhitney.rankOfBound(trials, trials, alpha)).isPositive();
        assertThat(MannWhitney.rankOfBound(trials - 1, trials - 1, alpha)).isZero();
    }

    @Test
    void sizesAreChecked() {
        assertThatThrownBy(() -> MannWhitney.cdf(0, 5, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("trials must be 1..100 a side, got 0 and 5");
        assertThatThrownBy(() -> MannWhitney.cdf(5, 101, 1)).hasMessage("trials must be 1..100 a side, got 5 and 101");
    }
}
