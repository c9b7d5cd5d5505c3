package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PowerTest {

    private static final Rule RULE = new Rule(0.01, 0.05, 50_000);
    /** Five trials of some 1 ms, 2 % apart. */
    private static final double[] BASE = {1_000_000, 1_020_000, 980_000, 1_010_000, 990_000};

    private final Power power = new Power();

    @Test
    void whatCouldHaveBeenFoundGrowsWithTheSpreadAndShrinksWithTheTrials() {
        double[] spread = Arrays.stream(BASE).map(value -> 1e6 + 3 * (value - 1e6)).toArray();
        double quiet = detectable(BASE);
        assertThat(quiet).isBetween(0.05, 0.12);
        assertThat(detectable(spread)).isGreaterThan(quiet + 0.02);
        double[] twice = Arrays.copyOf(BASE, 10);
        System.arraycopy(BASE, 0, twice, 5, 5);
        assertThat(detectable(twice)).isLessThan(quiet);
        assertThat(detectable(new double[] {1e6})).isNegative();
    }

    private double detectable(double[] values) {
        return power.detectable(RULE, Metric.COMPLETED_P50, values, values);
    }
}
