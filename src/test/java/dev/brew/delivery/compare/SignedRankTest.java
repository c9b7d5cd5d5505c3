package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignedRankTest {

    /** Of the 8 sets of the ranks 1 to 3, two have the sum 3, and each other sum has one. */
    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 1", "1, 2", "2, 3", "3, 5", "4, 6", "5, 7", "6, 8", "7, 8"})
    void theDistributionOfThreePairsIsThatOfAllEightSets(int w, int sets) {
        assertThat(SignedRank.cdf(3, w)).isEqualTo(sets / 8.0);
    }

    @ParameterizedTest
    @CsvSource({"4", "7", "20", "50", "1000"})
    void theDistributionIsSymmetricAndItsSumIsOne(int n) {
        int largest = n * (n + 1) / 2;
        assertThat(SignedRank.cdf(n, largest)).isCloseTo(1, within(1e-12));
        int w = largest / 3;
        assertThat(SignedRank.cdf(n, w)).isCloseTo(1 - SignedRank.cdf(n, largest - w - 1), within(1e-9));
    }

    /** One more than the critical values of the printed tables at 0.05 and 0.01, two-sided. */
    @ParameterizedTest
    @CsvSource({"5, 0, 0", "6, 1, 0", "7, 3, 0", "8, 4, 1", "9, 6, 2", "10, 9, 4", "15, 26, 16", "20, 53, 38"})
    void theRankOfTheBoundIsThatOfTheTables(int n, int at025, int at005) {
        assertThat(SignedRank.rankOfBound(n, 0.025)).isEqualTo(at025);
        assertThat(SignedRank.rankOfBound(n, 0.005)).isEqualTo(at005);
    }

    @Test
    void theNumberOfPairsIsChecked() {
        assertThatThrownBy(() -> SignedRank.cdf(0, 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pairs must be 1..1000, got 0");
        assertThatThrownBy(() -> SignedRank.rankOfBound(1001, 0.025)).hasMessage("pairs must be 1..1000, got 1001");
    }
}
