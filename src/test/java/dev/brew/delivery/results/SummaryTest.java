package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SummaryTest {

    @Test
    void driftIsTheFirstHalfsMedianOverTheSeconds() {
        assertThat(Summary.drift(List.of(interval(300), interval(200), interval(100), interval(100))))
                .isCloseTo(2, within(0.01));
        assertThat(Summary.drift(List.of(interval(100), interval(100), interval(100)))).isEqualTo(1);
    }

    @Test
    void oneSecondHasNoDrift() {
        assertThat(Summary.drift(List.of(interval(100)))).isEqualTo(1);
    }

    @Test
    void otherSeriesDoNotCountForTheDrift() {
        Histogram lag = interval(1_000_000);
        lag.setTag("lag");
        assertThat(Summary.drift(List.of(interval(100), lag, interval(100)))).isEqualTo(1);
    }

    private static Histogram interval(long nanos) {
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(nanos, 10);
        return histogram;
    }
}
