package dev.brew.delivery.suite;

import dev.brew.delivery.results.Stem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * One benchmark with one value for each parameter.
 *
 * @param benchmark JMH's name
 * @param params    in JMH's order
 * @param trials    number of trials, 1 or more
 * @param forked    false for {@code -f 0}
 * @param seconds   duration of a trial's iterations, without its start
 */
public record Case(String benchmark, Map<String, String> params, int trials, boolean forked, double seconds) {

    public Case {
        params = new LinkedHashMap<>(params);
    }

    static Case of(BenchmarkListEntry entry, Map<String, String> params, CommandLineOptions options) {
        int forks = options.getForkCount().orElse(entry.getForks().orElse(Defaults.MEASUREMENT_FORKS));
        double warmup = options.getWarmupIterations().orElse(entry.getWarmupIterations().orElse(Defaults.WARMUP_ITERATIONS))
                * seconds(options.getWarmupTime().orElse(entry.getWarmupTime().orElse(Defaults.WARMUP_TIME))
                        .convertTo(TimeUnit.MILLISECONDS));
        double measured = options.getMeasurementIterations()
                .orElse(entry.getMeasurementIterations().orElse(Defaults.MEASUREMENT_ITERATIONS))
                * seconds(options.getMeasurementTime().orElse(entry.getMeasurementTime().orElse(Defaults.MEASUREMENT_TIME))
                        .convertTo(TimeUnit.MILLISECONDS));
        return new Case(entry.getUsername(), params, Math.max(1, forks), forks > 0, warmup + measured);
    }

    private static double seconds(long millis) {
        return millis / 1000.0;
    }

    /** The name in messages: {@code SequentialFanOut recipients=3 delay=none}. */
    public String title() {
        StringBuilder title = new StringBuilder(Stem.shortName(benchmark));
        params.forEach((name, value) -> title.append(' ').append(name).append('=').append(value));
        return title.toString();
    }

    /** The stem of its file names. */
    public String stem() {
        return Stem.of(benchmark, params);
    }

    /** JMH's include pattern for exactly this benchmark. */
    public List<String> include() {
        return List.of("^" + benchmark.replace(".", "\\.").replace("$", "\\$") + "$");
    }
}
