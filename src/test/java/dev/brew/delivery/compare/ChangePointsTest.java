package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChangePointsTest {

    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void aSeriesThatOnlyVariesHasNone() {
        int found = 0;
        for (int i = 0; i < 100; i++) {
            found += ChangePoints.find(series(30), i).isEmpty() ? 0 : 1;
        }
        assertThat(found).isLessThanOrEqualTo(3); // one in a hundred is the error asked for
    }

    @Test
    void oneStepIsFoundAtItsPlace() {
        assertThat(ChangePoints.find(series(12, 0.3, 18), 1)).containsExactly(12);
        assertThat(ChangePoints.find(series(25, -0.2, 5), 1)).containsExactly(25);
    }

    @Test
    void twoStepsAreFoundAtTheirPlaces() {
        assertThat(ChangePoints.find(series(10, 0.3, 10, 0.6, 10), 1)).containsExactly(10, 20);
        assertThat(ChangePoints.find(series(12, 0.3, 10, 0.0, 14), 1)).containsExactly(12, 22);
    }

    @Test
    void tooShortASeriesHasNone() {
        assertThat(ChangePoints.find(new double[] {0, 0, 0, 9, 9}, 1)).isEmpty();
        assertThat(ChangePoints.find(new double[0], 1)).isEmpty();
    }

    @Test
    void theSameSeedFindsTheSame() {
        double[] values = series(9, 0.07, 9);
        List<Integer> once = ChangePoints.find(values, 5);
        assertThat(ChangePoints.find(values, 5)).isEqualTo(once);
    }

    /** Lengths and, between them, the level that comes next; the first is 0. Deviation 5 %. */
    private double[] series(double... lengthsAndLevels) {
        double[] values = new double[0];
        double level = 0;
        for (int i = 0; i < lengthsAndLevels.length; i++) {
            if (i % 2 == 1) {
                level = lengthsAndLevels[i];
                continue;
            }
            int from = values.length;
            values = java.util.Arrays.copyOf(values, from + (int) lengthsAndLevels[i]);
            for (int j = from; j < values.length; j++) {
                values[j] = level + 0.05 * random.nextGaussian();
            }
        }
        return values;
    }
}
