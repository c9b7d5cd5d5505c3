package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogProcessor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What plotFiles.html, hdr-plot and HistogramLogProcessor make of our files; the parsers accept what theirs accept. */
class ToolsOfOthersTest {

    private static final Instant START = Instant.parse("2026-11-23T12:34:56Z");
    private static final String STEM = "Parallel_delay=exp-2ms_recipients=3";
    /** hdr-plot 0.2.3 takes a line only if it begins with blanks and has four such numbers. */
    private static final Pattern HDR_PLOT_LINE = Pattern.compile(
            "\\s+([0-9.]+)\\s+([0-9.]+)\\s+([0-9.]+)\\s+([0-9.]+)");
    private static final Pattern HDR_PLOT_MEAN =
            Pattern.compile("#\\[Mean(?:\\s+)=(?:\\s+)([0-9.]+),(?:\\s+)StdDeviation(?:\\s+)=(?:\\s+)([0-9.]+)");
    private static final Pattern HDR_PLOT_MAX =
            Pattern.compile("#\\[Max(?:\\s+)=(?:\\s+)([0-9.]+),(?:\\s+)Total count(?:\\s+)=(?:\\s+)([0-9.]+)");
    private static final Pattern HDR_PLOT_LABEL = Pattern.compile("(.*/)?([^.]*)(\\.\\w+\\d+)?");

    @TempDir
    private Path results;
    private Path run;
    private final Histogram all = new Histogram(3);

    @BeforeEach
    void write() throws IOException {
        RunDirectory directory = RunDirectory.create(results, START, "run");
        SplittableRandom random = new SplittableRandom(3);
        List<Histogram> intervals = new ArrayList<>();
        for (int second = 0; second < 3; second++) {
            for (String tag : new String[] {null, "sender"}) {
                Histogram interval = new Histogram(3);
                interval.setTag(tag);
                interval.setStartTimeStamp(START.toEpochMilli() + second * 1000);
                interval.setEndTimeStamp(START.toEpochMilli() + second * 1000 + 1000);
                for (int i = 0; i < 5_000; i++) { // up to some seconds: numbers too wide would be dropped in silence
                    interval.recordValue((long) (2e6 * Math.exp(1.8 * random.nextGaussian())));
                }
                intervals.add(interval);
                if (tag == null) {
                    all.add(interval);
                }
            }
        }
        directory.writeTrial(new TrialInfo("dev.brew.ParallelBenchmark.event",
                Map.of("recipients", "3", "delay", "exp:2ms"), 1,
                START.toString(), Map.of("path", "grpc-parallel"), 3, 15_000, List.of("completed", "sender"),
                Map.of()), StoredInterval.of(intervals));
        directory.writeSummary(List.of(), START);
        run = directory.path();
    }

    @Test
    void plotFilesTakesEveryLine() throws IOException {
        List<double[]> points = new ArrayList<>();
        for (String line : Files.readString(run.resolve(STEM + ".hgrm")).split("\n")) {
            String[] values = line.trim().split(" +");
            if (!line.trim().startsWith("#") && values.length == 4 && isNumber(values[0]) && isNumber(values[3])) {
                points.add(new double[] {Double.parseDouble(values[0]), Double.parseDouble(values[3])});
            }
        }
        assertThat(points).hasSizeGreaterThan(60);
        for (double[] point : points) {
            double expected = all.getValueAtPercentile(100 - 100 / point[1]) / 1000.0;
            assertThat(point[0]).isCloseTo(expected, within(expected * 0.02));
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]+(\\.[0-9]+)?"); // parseFloat of "Value" and of "Infinity" ends the line there too
    }

    @Test
    void hdrPlotTakesEveryLineAndTheLabelIsTheStem() throws IOException {
        Path file = run.resolve(STEM + ".hgrm");
        List<String> lines = Files.readAllLines(file);
        List<Matcher> points = lines.stream().map(HDR_PLOT_LINE::matcher).filter(Matcher::lookingAt).toList();
        assertThat(points).hasSizeGreaterThan(60);
        assertThat(points).allMatch(point -> point.group(3).matches("\\d+")); // int(v[2])
        assertThat(Double.parseDouble(points.get(points.size() - 1).group(1)) * 1000).isCloseTo(all.getMaxValue(),
        within(2_000.0 * 1000));
        assertThat(lines).anyMatch(line -> HDR_PLOT_MEAN.matcher(line).lookingAt());
        Matcher max = lines.stream().map(HDR_PLOT_MAX::matcher).filter(Matcher::lookingAt).findFirst().orElseThrow();
        assertThat(max.group(2)).isEqualTo("15000");
        Matcher label = HDR_PLOT_LABEL.matcher(file.toString());
        assertThat(label.lookingAt()).isTrue();
        assertThat(label.group(2)).isEqualTo(STEM);
    }

    @Test
    void histogramLogProcessorReadsTheUntaggedLinesAndATag() throws Exception {
        for (String tag : new String[] {"", "sender"}) {
            Path out = results.resolve("processed" + tag);
            List<String> arguments = new ArrayList<>(List.of("-i", run.resolve(STEM + ".hlog").toString(), "-o",
                    out.toString(),
                    "-outputValueUnitRatio", "1000"));
            if (!tag.isEmpty()) {
                arguments.addAll(List.of("-tag", tag));
            }
            new HistogramLogProcessor(arguments.toArray(new String[0])).run();
            assertThat(Files.readString(results.resolve("processed" + tag + ".hgrm")))
                    .contains("Total count    =        15000");
        }
    }
}
