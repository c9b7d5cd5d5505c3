package dev.brew.delivery.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.Quantiles;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricTest {

    private static final Quantiles QUANTILES = new Quantiles(1_000_000, 1, 2, 50, 90, 99, 999, 1_000);
    private static final Map<String, Long> BY_NAME = Map.of("p50", QUANTILES.p50(), "p90", QUANTILES.p90(),
            "p99", QUANTILES.p99(), "p99.9", QUANTILES.p999());

    @Test
    void aLatencyIsThePercentileOfItsName() {
        assertThat(Arrays.stream(Metric.values()).filter(Metric::isLatency)).isNotEmpty().allSatisfy(metric -> {
            String[] words = metric.label().split(" ");
            assertThat(metric.series()).isEqualTo(words[0]);
            assertThat(metric.of(QUANTILES)).contains((double) BY_NAME.get(words[1]));
        });
    }

    @Test
    void aPercentileNeedsAHundredEventsBeyondIt() {
        assertThat(Metric.COMPLETED_P99.eventsNeeded()).isEqualTo(10_000);
        assertThat(Metric.COMPLETED_P99.of(new Quantiles(9_999, 1, 2, 50, 90, 99, 999, 1_000))).isEmpty();
    }
}
