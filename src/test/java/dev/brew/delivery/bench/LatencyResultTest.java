package dev.brew.delivery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.util.Statistics;

/** The results of the suite against JMH's own of the same samples, in the files that JMH writes. */
class LatencyResultTest {

    private static final List<String> SERIES = List.of("completed", "billing");
    private static final int FORKS = 2;
    private static final int ITERATIONS = 3;
    /** JMH rounds down to 10 bits, the histogram to three digits. */
    private static final double RESOLUTION = 0.002;

    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5_000})
    void theJsonHasTheKeysOfJmhsOwnResultAndItsValues(int samples) throws Exception {
        JsonNode own = json.readTree(JmhResults.written(ResultFormatType.JSON, run(samples, JmhResults::samples))).get(0);
        JsonNode cheap = json.readTree(JmhResults.written(ResultFormatType.JSON, run(samples, this::cheap))).get(0);
        assertThat(own.at("/secondaryMetrics/billing:p0.9999/scorePercentiles/50.0").isNumber()).isTrue();
        assertSame("", cheap, own);
    }

    @ParameterizedTest
    @EnumSource(names = "JSON", mode = EnumSource.Mode.EXCLUDE)
    void theOtherFormatsHaveTheSameLabelsUnitsAndColumns(ResultFormatType format) {
        String own = JmhResults.written(format, run(5_000, JmhResults::samples));
        String cheap = JmhResults.written(format, run(5_000, this::cheap));
        assertThat(own).contains("us/op", "billing:p0.9999");
        assertThat(withoutNumbers(cheap)).isEqualTo(withoutNumbers(own));
    }

    @Test
    void theTextsOfAnIterationAndOfABenchmarkAreThoseOfJmhsOwnResult() {
        long[] nanos = nanos(new Random(5), 5_000);
        Result<?> own = JmhResults.samples(ResultRole.SECONDARY, "billing", nanos);
        Result<?> cheap = cheap(ResultRole.SECONDARY, "billing", nanos);
        assertThat(withoutNumbers(cheap.toString())).isEqualTo(withoutNumbers(own.toString()));
        assertThat(withoutNumbers(cheap.extendedInfo())).isEqualTo(withoutNumbers(own.extendedInfo()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1_000})
    void aCopyOfJmhsOwnResultIsEqualToItInEveryFigureAndText(int samples) {
        SampleTimeResult own = JmhResults.samples(ResultRole.PRIMARY, "event", nanos(new Random(6), samples));
        LatencyResult copy = LatencyResult.of(own);
        assertThat(copy.toString()).isEqualTo(own.toString());
        assertThat(copy.extendedInfo()).isEqualTo(own.extendedInfo());
        assertThat(copy.getRole()).isEqualTo(ResultRole.PRIMARY);
        assertThat(copy.getStatistics().toString()).isEqualTo(own.getStatistics().toString());
        for (double rank = 0; rank <= 100; rank += 0.5) {
            assertThat(copy.getStatistics().getPercentile(rank)).isEqualTo(own.getStatistics().getPercentile(rank));
        }
        assertThat(copy.getStatistics().getRawData()).toIterable()
                .containsExactlyElementsOf(() -> own.getStatistics().getRawData());
    }

    @Test
    void iterationsAndForksMergeToThePercentilesOfAllSamplesTogether() {
        long[] many = LongStream.rangeClosed(1, 990).map(each -> 10_000).toArray();
        long[] few = LongStream.rangeClosed(1, 10).map(each -> 5_000_000).toArray();
        IterationResult quick = iteration(cheap(ResultRole.SECONDARY, "billing", many));
        IterationResult slow = iteration(cheap(ResultRole.SECONDARY, "billing", few));
        for (List<BenchmarkResult> forks : List.of(List.of(JmhResults.fork(List.of(quick, slow))),
                List.of(JmhResults.fork(List.of(slow)), JmhResults.fork(List.of(quick))))) {
            var merged = new RunResult(JmhResults.PARAMS, forks).getSecondaryResults();
            Statistics billing = merged.get("billing").getStatistics();
            assertThat(billing.getN()).isEqualTo(1_000);
            assertThat(billing.getMean()).isCloseTo(0.99 * 10 + 0.01 * 5_000, within(0.1));
            assertThat(merged.get("billing:p0.50").getScore()).isCloseTo(10, within(0.01)); // a mean would be 2,505
            assertThat(merged.get("billing:p0.95").getScore()).isCloseTo(10, within(0.01));
            assertThat(merged.get("billing:p0.999").getScore()).isCloseTo(5_000, within(5.0));
        }
    }

    @Test
    void withoutSamplesEveryFigureIsNaNAsInJmhsOwnResult() {
        Result<?> own = JmhResults.samples(ResultRole.SECONDARY, "billing");
        Result<?> cheap = cheap(ResultRole.SECONDARY, "billing");
        assertThat(cheap.getStatistics().toString()).isEqualTo(own.getStatistics().toString()).contains("N:0", "NaN");
        assertThat(cheap.toString()).isEqualTo(own.toString());
        assertThat(cheap.extendedInfo()).isEqualTo(own.extendedInfo());
        for (double rank : new double[]{0, 50, 100}) {
            assertThat(own.getStatistics().getPercentile(rank)).isNaN();
            assertThat(cheap.getStatistics().getPercentile(rank)).isNaN();
        }
        RunResult run = new RunResult(JmhResults.PARAMS, List.of(JmhResults.fork(List.of(iteration(cheap),
                iteration(cheap(ResultRole.SECONDARY, "billing", 1_000))))));
        assertThat(run.getSecondaryResults().get("billing").getSampleCount()).isEqualTo(1);
    }

    @Test
    void theLinkToTheHostTakesItUnchangedAndSmall() throws Exception {
        LatencyResult sent = cheap(ResultRole.SECONDARY, "billing", nanos(new Random(7), 5_000));
        sent.getDerivativeResults();
        ByteArrayOutputStream link = new ByteArrayOutputStream();
        new ObjectOutputStream(link).writeObject(sent);
        assertThat(link.size()).isLessThan(40_000);
        LatencyResult received = (LatencyResult) new ObjectInputStream(new ByteArrayInputStream(link.toByteArray()))
                .readObject();
        assertThat(received.extendedInfo()).isEqualTo(sent.extendedInfo());
        assertThat(received.getDerivativeResults()).hasSameSizeAs(sent.getDerivativeResults());
    }

    @Test
    void aRankBeyondTheScaleIsRefused() {
        Statistics statistics = cheap(ResultRole.SECONDARY, "billing", 1_000).getStatistics();
        assertThatThrownBy(() -> statistics.getPercentile(100.5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank must be 0..100, got 100.5");
    }

    /** A run whose primary results are JMH's own in any case. */
    private static RunResult run(int samples, Maker secondary) {
        Random random = new Random(3);
        List<BenchmarkResult> forks = new ArrayList<>();
        for (int fork = 0; fork < FORKS; fork++) {
            List<IterationResult> iterations = new ArrayList<>();
            for (int i = 0; i < ITERATIONS; i++) {
                List<Result<?>> results = new ArrayList<>();
                results.add(JmhResults.samples(ResultRole.PRIMARY, "event", nanos(random, samples)));
                SERIES.forEach(name -> results.add(secondary.make(ResultRole.SECONDARY, name, nanos(random, samples))));
                iterations.add(JmhResults.iteration(results));
            }
            forks.add(JmhResults.fork(iterations));
        }
        return new RunResult(JmhResults.PARAMS, forks);
    }

    /** A result of either kind. */
    @FunctionalInterface
    private interface Maker {
        Result<?> make(ResultRole role, String label, long... nanos);
    }

    private LatencyResult cheap(ResultRole role, String label, long... nanos) {
        assertThat(role).isEqualTo(ResultRole.SECONDARY);
        Histogram histogram = new Histogram(3);
        LongStream.of(nanos).forEach(histogram::recordValue);
        return LatencyResult.secondary(label, histogram);
    }

    private static IterationResult iteration(Result<?> secondary) {
        return JmhResults.iteration(List.of(JmhResults.samples(ResultRole.PRIMARY, "event", 1_000), secondary));
    }

    /** Latencies around 0.4 ms with a long tail. */
    private static long[] nanos(Random random, int count) {
        return LongStream.generate(() -> (long) (400_000 * Math.exp(0.3 * random.nextGaussian()))).limit(count).toArray();
    }

    private static String withoutNumbers(String text) {
        return text.replaceAll("[0-9]+[.,][0-9]+", "#").replaceAll("= [0-9]+ ", "= # ").replaceAll(" +", " ");
    }

    private static void assertSame(String where, JsonNode cheap, JsonNode own) {
        assertThat(cheap.getNodeType()).as(where).isEqualTo(own.getNodeType());
        assertThat(cheap.size()).as(where).isEqualTo(own.size());
        if (own.isObject()) {
            assertThat(names(cheap)).as(where).isEqualTo(names(own));
            own.fieldNames().forEachRemaining(name -> assertSame(where + "/" + name, cheap.get(name), own.get(name)));
        } else if (own.isArray()) {
            for (int i = 0; i < own.size(); i++) {
                assertSame(where + "/" + i, cheap.get(i), own.get(i));
            }
        } else if (own.isNumber()) { // an error is a difference, so its resolution is that of the values around it
            double share = where.matches(".*/score(Error|Confidence.*)") ? 10 * RESOLUTION : RESOLUTION;
            assertThat(cheap.asDouble()).as(where).isCloseTo(own.asDouble(), within(share * own.asDouble()));
        } else {
            assertThat(cheap).as(where).isEqualTo(own);
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
