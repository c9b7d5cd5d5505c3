package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CrossingTest {

    private final NavigableMap<Integer, Map<Integer, Double>> logarithms = new TreeMap<>();

    @Test
    void ratiosThatAreAlikeInEachBlockCrossAtOnePoint() {
        ratios(1, 2, 2, 2, 2, 2, 2);
        ratios(4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        assertThat(crossing().firstWins()).isTrue();
        assertThat(crossing().estimate()).isCloseTo(2, within(0.02));
        assertThat(crossing().lower()).isCloseTo(2, within(0.02));
        assertThat(crossing().upper()).isCloseTo(2, within(0.02));
    }

    @Test
    void theIntervalHasTheNumbersAtWhichTheRatiosIntervalContainsOne() {
        ratios(1, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4);
        ratios(4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);
        // the largest ratio is 1 where ln 2.4 (1 - s) + ln 0.9 s = 0, the smallest where ln 1.9 (1 - s) + ln 0.4 s = 0
        assertThat(crossing().upper()).isCloseTo(Math.pow(4, Math.log(2.4) / Math.log(2.4 / 0.9)), within(0.05));
        assertThat(crossing().lower()).isCloseTo(Math.pow(4, Math.log(1.9) / Math.log(1.9 / 0.4)), within(0.05));
        assertThat(crossing().estimate()).isBetween(crossing().lower(), crossing().upper());
    }

    @Test
    void itAgreesWithTheVerdictAtTheLargestNumber() {
        ratios(1, 1.6, 1.7, 1.8, 1.6, 1.7, 1.8, 1.7);
        ratios(10, 0.89, 0.91, 0.92, 0.93, 0.95, 0.96, 1.02); // its interval ends below 1, though one block does not cross
        assertThat(PairedRatio.of(new double[] {0.89, 0.91, 0.92, 0.93, 0.95, 0.96, 1.02}).upper()).isLessThan(1);
        assertThat(crossing().upper()).isLessThan(10);
    }

    @Test
    void aPathThatIsAheadAtAllNumbersOrAtNoneHasNoPoint() {
        ratios(1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9);
        ratios(4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        assertThat(crossing()).extracting(Crossing::lower, Crossing::estimate, Crossing::upper).containsExactly(0.0, 0.0, 0.0);
        ratios(1, 3, 3, 3, 3, 3, 3);
        ratios(4, 2, 2, 2, 2, 2, 2);
        assertThat(crossing()).extracting(Crossing::lower, Crossing::estimate, Crossing::upper)
                .containsOnly(Double.POSITIVE_INFINITY);
    }

    @Test
    void thePathThatGainsWithTheNumberIsTheWinner() {
        ratios(1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        ratios(4, 2, 2, 2, 2, 2, 2);
        assertThat(crossing().firstWins()).isFalse();
        assertThat(crossing().estimate()).isCloseTo(2, within(0.02));
    }

    @Test
    void aBlockInWhichThePathIsAheadAtAllNumbersLeavesTheIntervalOpenBelow() {
        ratios(1, 0.9, 2, 2, 2, 2, 2);
        ratios(4, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        assertThat(crossing().lower()).isZero();
        assertThat(crossing().upper()).isCloseTo(2, within(0.02));
    }

    @Test
    void aBlockInWhichThePathIsNotAheadAtTheLargestNumberLeavesTheIntervalOpenAbove() {
        ratios(1, 2, 2, 2, 2, 2, 2);
        ratios(4, 0.5, 0.5, 0.5, 0.5, 0.5, 1.1);
        assertThat(crossing().lower()).isCloseTo(2, within(0.02));
        assertThat(crossing().upper()).isInfinite();
    }

    @Test
    void blocksThatContradictEachOtherCannotTell() {
        ratios(1, 0.8, 0.8, 0.8, 4, 4, 4);
        ratios(4, 0.7, 0.7, 0.7, 2, 2, 2);
        assertThat(crossing().firstWins()).isTrue();
        assertThat(crossing().lower()).isZero();
        assertThat(crossing().upper()).isInfinite();
        assertThat(crossing().estimate()).isInfinite(); // it is 1.18 at the largest number
    }

    @Test
    void thePathWinsFromTheLastOfSeveralCrossingsOn() {
        ratios(1, 2, 2, 2, 2, 2, 2);
        ratios(2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        ratios(4, 2, 2, 2, 2, 2, 2);
        ratios(16, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        assertThat(crossing().estimate()).isCloseTo(8, within(0.1));
    }

    @Test
    void fewerThanSixBlocksHaveAnEstimateOnly() {
        ratios(1, 2, 2, 2);
        ratios(4, 0.5, 0.5, 0.5);
        assertThat(crossing().hasInterval()).isFalse();
        assertThat(crossing().estimate()).isCloseTo(2, within(0.02));
        assertThat(crossing()).extracting(Crossing::lower, Crossing::upper).containsExactly(0.0, Double.POSITIVE_INFINITY);
    }

    @Test
    void blocksWithoutARatioAtEachNumberDoNotCount() {
        ratios(1, 2, 2, 2);
        ratios(4, 0.5, 0.5);
        assertThat(crossing().blocks()).isEqualTo(2);
        logarithms.put(4, Map.of(9, 0.0));
        assertThat(Crossing.of(logarithms)).isEmpty();
        logarithms.remove(4);
        assertThat(Crossing.of(logarithms)).isEmpty();
    }

    private Crossing crossing() {
        return Crossing.of(logarithms).orElseThrow();
    }

    private void ratios(int recipients, double... ofBlocks) {
        Map<Integer, Double> byBlock = new TreeMap<>();
        for (int i = 0; i < ofBlocks.length; i++) {
            byBlock.put(i + 1, Math.log(ofBlocks[i]));
        }
        logarithms.put(recipients, byBlock);
    }
}
