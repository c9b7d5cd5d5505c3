package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The curves in ms or µs are recorded: 2 cores, fresh JVMs and a fresh broker, N = 10. */
class TrendTest {

    private static final double[] COLD_SLICES = {3.9, 2.5, 2.5, 1.2, 0.9};
    private static final double[] COLD_PARALLEL = {4.5, 3.2, 1.9, 1.36, 1.31, 1.33, 1.27, 1.20};
    private static final double[] COLD_KAFKA = {11.6, 6.6, 4.6, 1.32, 1.46, 1.24, 1.39, 1.14};
    private static final double[] SETTLED_KAFKA = {1224, 1253, 1199, 1284, 1211, 1262, 1205, 1240};

    @Test
    void rowsThatWereStillWarmingUpFall() {
        assertFalls(COLD_PARALLEL);
        assertFalls(COLD_KAFKA);
        assertFalls(COLD_SLICES, COLD_SLICES, COLD_SLICES);
    }

    private static void assertFalls(double[]... trials) {
        Trend trend = trend(trials);
        assertThat(trend.falling()).as("%s", trend).isTrue();
        assertThat(trend.significant()).isTrue();
        assertThat(trend.rising()).isFalse();
    }

    @Test
    void aSettledRowHasNoTrend() {
        for (List<double[]> trials : List.of(List.of(SETTLED_KAFKA), Collections.nCopies(6, SETTLED_KAFKA))) {
            Trend trend = Trend.ofMedians(trials).orElseThrow();
            assertThat(trend.significant()).as("%s", trend).isFalse();
            assertThat(trend.falling() || trend.rising()).isFalse();
            assertThat(trend.ratio()).isBetween(0.97, 1.03);
        }
    }

    @Test
    void aSenderThatGetsSlowerIsReported() {
        double[] slower = new double[SETTLED_KAFKA.length];
        Arrays.setAll(slower, i -> SETTLED_KAFKA[i] * Math.pow(1.4, i / 7.0));
        Trend trend = trend(slower, slower);
        assertThat(trend.rising()).as("%s", trend).isTrue();
        assertThat(trend.falling()).isFalse();
        assertThat(trend.ratio()).isCloseTo(1.4, within(0.05));
        assertThat(trend.print()).matches("1\\.\\d\\d × over the measurement \\[1\\.\\d\\d, 1\\.\\d\\d]");
    }

    /** In one trial of the points 1, 2, 8 the slopes of log2, from start to end, are 2, 3 and 6. */
    @Test
    void theEstimateIsTheMedianSlopeOverTheWholeMeasurement() {
        assertThat(trend(new double[] {1, 2, 8}).ratio()).isCloseTo(8, within(1e-9));
        assertThat(trend(new double[] {1, 2, 8})).extracting(Trend::lower, Trend::upper, Trend::points, Trend::trials)
                .containsExactly(null, null, 3, 1);
    }

    @Test
    void levelsOfTrialsDoNotMatter() {
        double[] fast = Arrays.stream(SETTLED_KAFKA).map(value -> value / 100).toArray();
        Trend alike = trend(SETTLED_KAFKA, SETTLED_KAFKA);
        Trend apart = trend(SETTLED_KAFKA, fast);
        assertThat(apart.ratio()).isCloseTo(alike.ratio(), within(1e-9));
        assertThat(apart.lower()).isCloseTo(alike.lower(), within(1e-9));
        assertThat(apart.upper()).isCloseTo(alike.upper(), within(1e-9));
    }

    /** Kendall's table for 4 points: of the 24 orders 1, 3, 5, 6, 5, 3, 1 have 0 to 6 falling pairs. */
    @Test
    void theDistributionOfOneTrialIsKendalls() {
        assertThat(DoubleStream.of(Trend.fallingPairs(new int[] {4})).map(p -> 24 * p).toArray())
                .containsExactly(new double[] {1, 3, 5, 6, 5, 3, 1}, within(1e-12));
    }

    /** Two trials of 3 points: the convolution of 1, 2, 2, 1 with itself. */
    @Test
    void theDistributionOfTwoTrialsIsTheConvolution() {
        assertThat(DoubleStream.of(Trend.fallingPairs(new int[] {3, 3})).map(p -> 36 * p).toArray())
                .containsExactly(new double[] {1, 4, 8, 10, 8, 4, 1}, within(1e-12));
    }

    /** One trial: as in tables of Kendall's S at 0.01, two-sided. Ten of 40 points: normally 3900 − 2.576 · 135.7 = 3550. */
    @ParameterizedTest
    @CsvSource({"5, 1, 0", "6, 1, 1", "7, 1, 2", "8, 1, 4", "10, 1, 9", "3, 2, 0", "3, 3, 1", "40, 10, 3551"})
    void theRankOfTheBoundFollowsFromTheDistribution(int points, int trials, int rank) {
        int[] sizes = new int[trials];
        Arrays.fill(sizes, points);
        assertThat(Trend.rankOfBound(sizes, Trend.ALPHA)).isEqualTo(rank);
    }

    @Test
    void theIntervalContainsTheTrueTrendInNinetyNineOfAHundredRows() {
        SplittableRandom random = new SplittableRandom(99);
        int covered = 0;
        int rows = 5_000;
        for (int row = 0; row < rows; row++) {
            List<double[]> trials = new ArrayList<>();
            for (int trial = 0; trial < 3; trial++) {
                double level = 1000 * Math.exp(0.2 * random.nextGaussian());
                double[] points = new double[8];
                Arrays.setAll(points, i -> level * Math.pow(1.2, i / 7.0) * Math.exp(0.05 * random.nextGaussian()));
                trials.add(points);
            }
            Trend trend = Trend.ofMedians(trials).orElseThrow();
            covered += trend.lower() <= 1.2 && 1.2 <= trend.upper() ? 1 : 0;
        }
        assertThat((double) covered / rows).isBetween(0.987, 0.995);
    }

    @Test
    void aTrialOfOnePointHasNoTrend() {
        assertThat(of(List.of(interval(null, 0, 1000, 100)))).isEmpty();
        assertThat(Trend.of(List.of())).isEmpty();
    }

    @Test
    void pointsAreTheIntervalsOfCompletedWithoutShortRests() {
        List<Histogram> trial = List.of(interval(null, 0, 1000, 100), interval("lag", 0, 1000, 9), interval(null, 1000, 2000,
                200), interval(null, 2000, 2100, 5000));
        assertThat(of(trial).orElseThrow()).isEqualTo(new Trend(Math.exp(Math.log(200) - Math.log(100)), null,
                null, 2, 1));
    }

    @Test
    void manyIntervalsAreAddedUpInGroups() {
        List<Histogram> trial = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            trial.add(interval(null, 1000L * i, 1000L * i + 1000, 1000 + i));
        }
        Trend trend = of(trial).orElseThrow();
        assertThat(trend.points()).isEqualTo(40);
        assertThat(trend.ratio()).isCloseTo(1.6, within(0.05));
        assertThat(trend.rising()).isTrue();
    }

    private static Optional<Trend> of(List<Histogram> trial) {
        return Trend.of(List.of(StoredInterval.of(trial)));
    }

    private static Trend trend(double[]... trials) {
        return Trend.ofMedians(List.of(trials)).orElseThrow();
    }

    private static Histogram interval(String tag, long from, long to, long nanos) {
        Histogram histogram = new Histogram(3);
        histogram.setTag(tag);
        histogram.setStartTimeStamp(from);
        histogram.setEndTimeStamp(to);
        histogram.recordValueWithCount(nanos, 10);
        return histogram;
    }
}
