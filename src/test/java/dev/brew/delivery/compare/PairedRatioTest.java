package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Ratios are powers of two, so that the Walsh averages of their exponents can be written down. */
class PairedRatioTest {

    private static final double SMALL = 1e-9;

    @Test
    void sixBlocksGiveTheSmallestAndTheLargestRatioAsInterval() {
        PairedRatio ratio = ratio(3, 1, 6, 2, 5, 4);
        assertThat(ratio.estimate()).isCloseTo(Math.pow(2, 3.5), within(SMALL));
        assertThat(ratio.lower()).isCloseTo(2, within(SMALL));
        assertThat(ratio.upper()).isCloseTo(64, within(SMALL));
        assertThat(ratio.blocks()).isEqualTo(6);
        assertThat(ratio.confidence()).isEqualTo(0.96875);
        assertThat(ratio.hasInterval()).isTrue();
    }

    /** The Walsh averages of 1 to 7 begin with 1, 1.5, 2, and end with 6, 6.5, 7. */
    @Test
    void sevenBlocksGiveTheThirdWalshAverageFromEitherEnd() {
        PairedRatio ratio = ratio(7, 6, 5, 4, 3, 2, 1);
        assertThat(ratio.estimate()).isCloseTo(16, within(SMALL));
        assertThat(ratio.lower()).isCloseTo(4, within(SMALL));
        assertThat(ratio.upper()).isCloseTo(64, within(SMALL));
        assertThat(ratio.confidence()).isEqualTo(1 - 2 * 3 / 128.0);
    }

    /** The Walsh averages of 0, 0, 0 and 8 are six times 0, three times 4, and 8: their median is 0, their mean is not. */
    @Test
    void oneBlockThatIsFarOffDoesNotMoveTheEstimate() {
        assertThat(ratio(0, 8, 0, 0).estimate()).isCloseTo(1, within(SMALL));
    }

    @Test
    void fewerThanSixBlocksGiveNoInterval() {
        PairedRatio ratio = ratio(1, 1, 1, 1, 1);
        assertThat(ratio.estimate()).isCloseTo(2, within(SMALL));
        assertThat(ratio).isEqualTo(new PairedRatio(ratio.estimate(), 0, Double.POSITIVE_INFINITY, 5, 0));
        assertThat(ratio.hasInterval()).isFalse();
        assertThat(PairedRatio.BLOCKS_NEEDED).isEqualTo(6);
    }

    @Test
    void theLevelOfABlockIsOfNoConsequence() {
        double[] levels = {1, 2, 50, 8, 0.1, 7};
        double[] three = Arrays.stream(levels).map(level -> 3 * level).toArray();
        PairedRatio ratio = PairedRatio.of(three, levels);
        assertThat(ratio.lower()).isCloseTo(3, within(SMALL));
        assertThat(ratio.upper()).isCloseTo(3, within(SMALL));
    }

    @Test
    void valuesAreChecked() {
        assertThatThrownBy(() -> PairedRatio.of(new double[] {1, 2}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pairs need as many values on both sides, got 2 and 1");
        assertThatThrownBy(() -> PairedRatio.of(new double[] {1}, new double[] {0}))
                .hasMessage("figures must be above 0, got 1.0 and 0.0");
    }

    private static PairedRatio ratio(double... exponents) {
        double[] first = Arrays.stream(exponents).map(exponent -> 10 * Math.pow(2, exponent)).toArray();
        double[] second = new double[exponents.length];
        Arrays.fill(second, 10);
        return PairedRatio.of(first, second);
    }
}
