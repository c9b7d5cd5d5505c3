package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class TrialRecorderTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_700_000_000L * SECOND;

    private final TrialRecorder recorder = new TrialRecorder(List.of("completed", "sender"));

    @Test
    void cutsAnIntervalASecondAndTagsEachSeriesButCompleted() {
        recorder.start(START);
        recorder.record(START + SECOND / 2, new long[] {10, 5});
        recorder.record(START + SECOND + 1, new long[] {20, 6});
        recorder.record(START + SECOND + 2, new long[] {30, 7});
        List<Histogram> intervals = recorder.stop(START + 2 * SECOND);

        assertThat(intervals).extracting(Histogram::getTag).containsExactly(null, "sender", null, "sender");
        assertThat(intervals).extracting(Histogram::getTotalCount).containsExactly(1L, 1L, 2L, 2L);
        assertThat(intervals).extracting(Histogram::getStartTimeStamp)
                .containsExactly(START / 1_000_000, START / 1_000_000, START / 1_000_000 + 1000,
                        START / 1_000_000 + 1000);
        assertThat(intervals.get(2).getEndTimeStamp()).isEqualTo(START / 1_000_000 + 2000);
    }

    @Test
    void leavesSecondsWithoutEventsOut() {
        recorder.start(START);
        recorder.record(START + 1, new long[] {10, 5});
        recorder.record(START + 5 * SECOND + 1, new long[] {20, 6});
        List<Histogram> intervals = recorder.stop(START + 6 * SECOND);
        assertThat(intervals).hasSize(4);
        assertThat(intervals.get(2).getStartTimeStamp()).isEqualTo(START / 1_000_000 + 5000);
    }

    @Test
    void forgetsTheIterationBefore() {
        recorder.start(START);
        recorder.record(START + 1, new long[] {10, 5});
        recorder.start(START + SECOND);
        assertThat(recorder.stop(START + 2 * SECOND)).isEmpty();
    }

    @Test
    void growsWithWhatItMeetsAndKeepsThreeDigits() {
        recorder.start(START);
        LongStream.of(0, 1_000, 123_456_789, 3_600 * SECOND)
                .forEach(nanos -> recorder.record(START + 1, new long[] {nanos, 0}));
        Map<String, Histogram> series = HistogramFiles.mergeBySeries(recorder.stop(START + SECOND));
        Histogram completed = series.get("completed");
        assertThat(completed.getTotalCount()).isEqualTo(4);
        assertThat(completed.getMinValue()).isZero();
        assertThat((double) completed.getMaxValue()).isCloseTo(3_600.0 * SECOND,
                Percentage.withPercentage(0.1));
    }

    @Test
    void refusesASampleBelowZero() {
        recorder.start(START);
        assertThatThrownBy(() -> recorder.record(START + 1, new long[] {10, -1}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("sample below zero: sender -1 ns; an event was stamped in the future");
    }
}
