package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Intervals as the library writes them. */
class StoredIntervalTest {

    /** Two digits stand for files of another program. */
    @ParameterizedTest
    @ValueSource(ints = {3, 2})
    void samplesThatAreAddedWithoutAHistogramAreThoseOfTheDecodedHistogram(int digits) throws Exception {
        Random random = new Random(8);
        Histogram first = new Histogram(digits);
        Histogram second = new Histogram(digits);
        for (int i = 0; i < 20_000; i++) {
            first.recordValue((long) Math.exp(40 * random.nextDouble())); // every magnitude, one to days
            second.recordValueWithCount(random.nextInt(5_000), 1L << random.nextInt(45));
        }
        first.recordValue(0);
        List<StoredInterval> stored = StoredInterval.parse(Path.of("x.hlog"),
                HistogramFiles.hlog("x", List.of(first, second, new Histogram(digits))));
        Histogram expected = new Histogram(3);
        stored.forEach(interval -> expected.add(interval.histogram()));
        Histogram added = StoredInterval.mergeBySeries(stored).get("completed");
        assertThat(stored.get(0).histogram()).isEqualTo(first);
        assertThat(added).isEqualTo(expected);
        assertThat(Quantiles.of(added)).isEqualTo(Quantiles.of(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "billing"})
    void aLineIsWrittenAsItWasReadAndKeepsItsInstants(String tag) throws Exception {
        Histogram interval = new Histogram(3);
        interval.recordValue(123_456);
        interval.setTag(tag.isEmpty() ? null : tag);
        interval.setStartTimeStamp(1_795_832_388_465L);
        interval.setEndTimeStamp(1_795_832_389_469L);
        String text = HistogramFiles.hlog("x", List.of(interval));
        List<StoredInterval> stored = StoredInterval.parse(Path.of("x.hlog"), text);
        assertThat(HistogramFiles.hlogOfStored("x", stored)).isEqualTo(text);
        assertThat(StoredInterval.of(List.of(interval))).isEqualTo(stored);
        assertThat(stored.get(0).histogram().getStartTimeStamp()).isEqualTo(interval.getStartTimeStamp());
        assertThat(stored.get(0).histogram().getEndTimeStamp()).isEqualTo(interval.getEndTimeStamp());
    }

    @Test
    void aHistogramThatNeedsADictionaryIsDamaged() {
        byte[] compressed = new byte[64];
        Deflater deflater = new Deflater();
        deflater.setDictionary(new byte[] {1, 2, 3});
        deflater.setInput(new byte[] {1, 2, 3, 1, 2, 3});
        deflater.finish();
        int length = deflater.deflate(compressed, 8, compressed.length - 8);
        deflater.end();
        String line = "0.000,1.000,1.000,HIST" + Base64.getEncoder().encodeToString(Arrays.copyOf(compressed, 8 + length)).substring(4);
        assertThatThrownBy(() -> StoredInterval.parse(Path.of("x.hlog"), line)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("x.hlog is damaged: ");
    }
}
