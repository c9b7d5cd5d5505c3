package dev.brew.delivery.cli;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.sweep.RateSweep;
import dev.brew.delivery.sweep.SweepCase;
import dev.brew.delivery.sweep.SweepRun;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds the highest rate that each path holds. */
@Command(name = "sweep", mixinStandardHelpOptions = true, description = {
    "Find the highest rate that each path holds: not saturated, and completed p99 below a bound.",
    "Each path runs in its own JVM. Paths and numbers of recipients take turns, one rate each. Each measurement is a trial.",
    "Three paths need about 8 GB of memory. -Xmx, as in java -Xmx1g -jar ..., applies to each of their JVMs."})
final class SweepCommand implements Callable<Integer> {

    /** A concurrent collector and a growing heap take CPU time from the path, and make the edges of two JVMs differ. */
    private static final String COLLECTOR = "-XX:+UseParallelGC";
    private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-Xmn1500m");
    /** Each sweep has its own JVMs and broker, and all run at the same time. */
    private static final int MOST_TIMES = 5;

    @Spec
    private CommandSpec spec;

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
            description = "Longest warm-up of a path; it ends when the compiler is idle. Default: ${DEFAULT-VALUE}")
    private Duration warmUp;

    @Option(names = "--at", split = ",", paramLabel = "RATE", converter = Converters.RateOrShare.class, description = {"Rates to measure after the search, in "
        + "events/s or in percent of the path's edge.", "For one table: 200,500,1000,80%%"})
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

    @Override
    public Integer call() throws Exception {
        paths = paths.stream().distinct().toList();
        recipients = recipients.stream().distinct().toList();
        try {
            limits();
            PathOptions.requireBroker(pathSettings(), System.out);
        } catch (IllegalArgumentException e) {
            return Exit.usage(e.getMessage());
        }
        if (times < 1 || times > MOST_TIMES) {
            return Exit.usage("--times must be 1.." + MOST_TIMES + ", got " + times);
        }
        List<String> typed = spec.commandLine().getParseResult().originalArgs();
        SweepRun run = new SweepRun(cases(typed), times, bound, patience(), results, typed, System.out, System.err,
                InstantSource.system());
        return Foreground.run(run::interrupt, run::run);
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

    private Duration patience() {
        return Collections.max(List.of(warmUp, each, atEach)).plus(deadline);
    }

    /** Reads a value; the message of a failure begins with the option. */
    private static <T> T named(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private List<Rig.Settings> pathSettings() {
        recipients.forEach(count -> named("--recipients " + count, () -> Recipient.names(count)));
        return paths.stream().flatMap(kind -> recipients.stream().map(count -> path.settings(kind, count))).toList();
    }

    /** Searches for the edges of one path, in this JVM. */
    void search(PathKind kind, RunDirectory directory, SweepCase.Turns turns) throws Exception {
        new SweepCase(recipients.stream().distinct().map(count -> path.settings(kind, count)).toList(), limits(), load(),
                directory, System.out, turns).run();
    }

    /** @param typed the command's name and its arguments */
    private List<SweepRun.Case> cases(List<String> typed) {
        List<String> arguments = typed.subList(1, typed.size());
        return paths.stream().map(kind -> new SweepRun.Case(kind.toString(), recipients, directory -> ChildProcess.start(
                ChildJvm.of(flags(), SweepChild.class, List.of(kind.toString()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT),
                new SweepChild.Task(arguments, kind, directory)))).toList();
    }

    /** The pinned flags, unless the user has chosen others, and those of this JVM. */
    private static List<String> flags() {
        JvmArguments own = JvmArguments.ofThisJvm();
        List<String> flags = new ArrayList<>();
        if (!own.chooseCollector()) {
            flags.add(COLLECTOR);
        }
        if (!own.chooseHeap()) {
            flags.addAll(HEAP);
        }
        flags.addAll(own.forMeasuring());
        return flags;
    }
}
