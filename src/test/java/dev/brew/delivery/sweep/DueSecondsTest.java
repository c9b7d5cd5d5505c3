package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class DueSecondsTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void anEventCountsInTheSecondInWhichItWasDueHoweverLateItEnds() {
        DueSeconds stage = new DueSeconds(List.of("completed", "sender"), 5 * SECOND);
        stage.at(7 * SECOND).record(12 * SECOND, new long[] {5000, 20});
        stage.at(8 * SECOND - 1).record(8 * SECOND, new long[] {3000, 10});
        stage.at(5 * SECOND).record(5 * SECOND + 1, new long[] {1000, 1});
        assertThat(stage.intervals()).extracting(Histogram::getTag, Histogram::getStartTimeStamp,
                Histogram::getEndTimeStamp, Histogram::getTotalCount, Histogram::getMaxValue).map(Object::toString)
                .containsExactly("(null, 5000L, 6000L, 1L, 1000L)", "(\"sender\", 5000L, 6000L, 1L, 1L)",
                        "(null, 7000L, 8000L, 2L, 5003L)", "(\"sender\", 7000L, 8000L, 2L, 20L)");
    }
}
