package dev.brew.delivery.bench;

import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.results.Conditions;
import dev.brew.delivery.results.HistogramFiles;
import dev.brew.delivery.results.Machine;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Adds sender-blocked, received per recipient and the other series as secondary results, merged from samples, and
 * writes the trial's files. Its option is {@code RUN_DIRECTORY?TRIAL}; without an option it writes no files.
 *
 * <p>JMH creates an instance in the host as well, and ignores exceptions of the constructor in the fork. The
 * constructor therefore only stores the option.
 */
public final class DeliveryProfiler implements InternalProfiler {

    private static final String SEPARATOR = "?";

    private static final List<String> NO_SETTINGS = List.of("-Ddelivery.", "-Djmh.", "-XX:CompileCommandFile=",
            "-DcompilerBlackholesEnabled");

    private final String option;

    /** Creates a profiler for {@code -prof} under JMH's own Main: secondary results, no files. */
    public DeliveryProfiler() {
        this("");
    }

    /** @param option see {@link #option} */
    public DeliveryProfiler(String option) {
        this.option = option;
    }

    /** The option that writes the trial's files to the directory {@code run}. */
    public static String option(Path run, int trial) {
        return run.toAbsolutePath() + SEPARATOR + trial;
    }

    @Override
    public String getDescription() {
        return "Latency of every series of a delivery, and the trial's HdrHistogram files";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        // the states mark the start of an iteration themselves
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
                                                          IterationResult result) {
        Trial trial = Trial.current();
        if (trial == null || iteration.getType() != IterationType.MEASUREMENT) {
            return List.of();
        }
        if (trial.isSound() && !option.isEmpty()) {
            writeByOption(trial, benchmark);
        }
        Map<String, Histogram> series = HistogramFiles.mergeBySeries(trial.iteration());
        List<Result<?>> results = new ArrayList<>();
        Series.toldToJmh(trial.series()).stream().filter(series::containsKey).forEach(name -> results.add(
                LatencyResult.secondary(name, series.get(name))));
        trial.lastScalars().forEach((name, value) -> results.add(new ScalarResult(name, value, Scalars.unit(name),
                AggregationPolicy.AVG)));
        return results;
    }

    private void writeByOption(Trial trial, BenchmarkParams benchmark) {
        int split = option.lastIndexOf(SEPARATOR);
        try {
            write(RunDirectory.open(Path.of(option.substring(0, split))),
                    Integer.parseInt(option.substring(split + SEPARATOR.length())), trial, benchmark);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the run finds no files of the trial and fails
        }
    }

    /** Writes the files of a trial. */
    static void write(RunDirectory directory, int number, Trial trial, BenchmarkParams benchmark) throws IOException {
        directory.writeTrial(new TrialInfo(benchmark.getBenchmark(), params(benchmark), number, Instant.now().toString(),
                settings(trial, benchmark), trial.iterations(), trial.sent(), trial.series(), trial.scalars(), trial.warmUp()),
                trial.measured());
    }

    private static Map<String, String> params(BenchmarkParams benchmark) {
        Map<String, String> params = new LinkedHashMap<>();
        benchmark.getParamsKeys().forEach(key -> params.put(key, benchmark.getParam(key)));
        return params;
    }

    /** The settings of the trial's path, and the effective JMH options: both affect the figures. */
    private static Map<String, String> settings(Trial trial, BenchmarkParams benchmark) {
        Map<String, String> settings = new LinkedHashMap<>(trial.settings());
        settings.put("jvm.version", benchmark.getVmName() + " " + benchmark.getVmVersion());
        settings.put("jvm.args", String.join(" ", jvmArgs(benchmark)));
        settings.putAll(Machine.jvm());
        settings.put("jmh.mode", benchmark.getMode().shortLabel());
        settings.put("jmh.threads", Integer.toString(benchmark.getThreads()));
        if (benchmark.getForks() == 0 && OpenRows.current().isEmpty()) { // only without forks, so that other fingerprints do not change
            settings.put(Conditions.FORKS, "0");
        }
        settings.put("jmh.warmup", describe(benchmark.getWarmup()));
        settings.put("jmh.measurement", OpenRows.current().map(rows -> rows.measurement(trial.iterations(),
                benchmark.getMeasurement().getTime())).orElseGet(() -> describe(benchmark.getMeasurement())));
        return settings;
    }

    /**
     * The JVM arguments without {@link #NO_SETTINGS}: places and names of results affect no figure, the other {@code
     * delivery.*} properties are read back elsewhere, and JMH's hints for the compiler are the same in each of its forks.
     */
    private static List<String> jvmArgs(BenchmarkParams benchmark) {
        return JvmArguments.withoutSecrets(benchmark.getJvmArgs().stream()
                .filter(argument -> NO_SETTINGS.stream().noneMatch(argument::startsWith)).toList());
    }

    private static String describe(IterationParams iterations) {
        return iterations.getCount() + " x " + iterations.getTime();
    }
}
