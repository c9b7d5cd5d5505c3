package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {

    @Test
    void ofAnEvenNumberItIsTheMeanOfTheMiddleTwo() {
        double[] values = {4, 1, 3, 2};
        assertThat(Median.of(values)).isEqualTo(2.5);
        assertThat(values).containsExactly(4, 1, 3, 2);
        assertThat(Median.of(7, 1, 3)).isEqualTo(3);
        assertThat(Median.of()).isNaN();
    }

    @Test
    void theUpperMedianIsOneOfTheValues() {
        assertThat(Median.upper(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(3);
        assertThat(Median.upper(List.of(7.0, 1.0, 3.0))).isEqualTo(3);
        assertThat(Median.upper(List.of())).isNaN();
    }
}
