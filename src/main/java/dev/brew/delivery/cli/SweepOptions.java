package dev.brew.delivery.cli;

import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.sweep.RateSweep;
import dev.brew.delivery.sweep.SweepCase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code sweep}. The command reads them, and again the JVM of each path. */
final class SweepOptions {

    /** Each sweep has its own JVMs and broker, and all run at the same time. */
    private static final int MOST_TIMES = 5;

    @Mixin
    private PathOptions path;

    @Option(names = "--path", split = ",", paramLabel = "PATH", defaultValue = "grpc-sequential,grpc-parallel,kafka",
            converter = Converters.Kind.class,
            description = "Any of grpc-sequential, grpc-parallel, kafka, null. Default: ${DEFAULT-VALUE}")
    private List<PathKind> paths;

    @Option(names = "--recipients", split = ",", paramLabel = "N", defaultValue = "1,3,10",
            converter = Converters.Count.class, description = "Default: ${DEFAULT-VALUE}")
    private List<Integer> recipients;

    @Option(names = "--bound", paramLabel = "TIME", defaultValue = "50ms", converter = Converters.Time.class,
            description = "Upper bound of completed p99. Default: ${DEFAULT-VALUE}")
    private Duration bound;

    @Option(names = "--arrivals", paramLabel = "HOW", defaultValue = "constant", converter = Converters.ArrivalProcess.class,
            description = "Arrival process: constant or poisson. Default: ${DEFAULT-VALUE}")
    private Arrivals.Process arrivals;

    @Option(names = "--start", paramLabel = "RATE",
            description = "First rate, in events/s. Default: 0.7 of the rate of the warm-up")
    private Double start;

    @Option(names = "--max", paramLabel = "RATE", defaultValue = "1000000",
            description = "Highest rate to try, in events/s. Default: ${DEFAULT-VALUE}")
    private double max;

    @Option(names = "--precision", paramLabel = "SHARE", defaultValue = "0.05",
            description = "Size of the first steps at the edge; later steps are half as large. Default: ${DEFAULT-VALUE}")
    private double precision;

    @Option(names = "--each", paramLabel = "TIME", defaultValue = "2s", converter = Converters.Time.class,
            description = "Duration of the measurement at each rate. Default: ${DEFAULT-VALUE}")
    private Duration each;

    @Option(names = "--warmup", paramLabel = "TIME", defaultValue = "60s", converter = Converters.Time.class,
            description = "Longest warm-up of a path; it ends when the path has settled. Default: ${DEFAULT-VALUE}")
    private Duration warmUp;

    @Option(names = "--at", split = ",", paramLabel = "RATE", converter = Converters.RateOrShare.class,
            description = {"Rates to measure after the search, in events/s or in percent of the path's edge.",
                "For one table: 200,500,1000,80%%"})
    private List<SweepCase.At> at = List.of();

    @Option(names = "--at-each", paramLabel = "TIME", defaultValue = "5s", converter = Converters.Time.class,
            description = "Duration of each of the three measurements at these rates. Default: ${DEFAULT-VALUE}")
    private Duration atEach;

    @Option(names = "--times", paramLabel = "N", defaultValue = "1", description = {
        "Run N complete sweeps, interleaved, and print how far apart their edges are.",
        "Each sweep has its own JVMs and run directory: 2 need twice the memory. Default: ${DEFAULT-VALUE}"})
    private int times;

    @Option(names = "--deadline", converter = Converters.Budget.class, paramLabel = "TIME", defaultValue = "5m",
            description = "A path's JVM that prints nothing for this time, added to the longest measurement or warm-up, is "
                    + "killed. Default: ${DEFAULT-VALUE}")
    private Duration deadline;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of Poisson arrivals. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "${sys:delivery.results:-results}",
            description = "Directory that gets the run directory. Default: ${DEFAULT-VALUE}")
    private Path results;

    /**
     * Checks all options that no converter checks.
     *
     * @return the settings of each path and number of recipients
     * @throws IllegalArgumentException if one is out of its range; the message begins with the option
     */
    List<Rig.Settings> requireValid() {
        limits();
        if (times < 1 || times > MOST_TIMES) {
            throw new IllegalArgumentException("--times must be 1.." + MOST_TIMES + ", got " + times);
        }
        recipients().forEach(count -> named("--recipients " + count, () -> Recipient.names(count)));
        return paths().stream().flatMap(kind -> settings(kind).stream()).toList();
    }

    List<PathKind> paths() {
        return paths.stream().distinct().toList();
    }

    List<Integer> recipients() {
        return recipients.stream().distinct().toList();
    }

    int times() {
        return times;
    }

    Duration bound() {
        return bound;
    }

    Path results() {
        return results;
    }

    /** The longest time in which the JVM of a path may print nothing. */
    Duration patience() {
        return Collections.max(List.of(warmUp, each, atEach)).plus(deadline);
    }

    /** The search for the edges of one path, in this JVM. */
    SweepCase search(PathKind kind, RunDirectory directory, SweepCase.Turns turns) {
        return new SweepCase(settings(kind), limits(), load(), directory, System.out, turns);
    }

    private List<Rig.Settings> settings(PathKind kind) {
        return recipients().stream().map(count -> path.settings(kind, count)).toList();
    }

    private RateSweep.Limits limits() {
        double first = start == null ? max : start;
        named("--max " + max, () -> Arrivals.requireRate(max));
        named("--start " + start, () -> Arrivals.requireRate(first));
        return named("--precision " + precision, () -> new RateSweep.Limits(bound, first, max, precision));
    }

    private SweepCase.Load load() {
        return new SweepCase.Load(arrivals, each, warmUp, start == null, seed, at, atEach);
    }

    /** Reads a value; the message of a failure begins with the option. */
    private static <T> T named(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }
}
