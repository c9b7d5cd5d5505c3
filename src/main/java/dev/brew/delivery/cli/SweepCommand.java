package dev.brew.delivery.cli;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.jvm.ParentWatch;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.RunDirectory;
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
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Each path's edge: the highest rate it holds. */
@Command(name = "sweep", mixinStandardHelpOptions = true, description = {
    "Find the highest rate that each path holds: not saturated, and completed p99 under a bound.",
    "Each path has a JVM of its own; paths and numbers of recipients take turns, a rate each. Every measurement is a trial.",
    "Three paths need some 8 GB of memory; -Xmx, as in java -Xmx1g -jar ..., is for each of their JVMs."})
final class SweepCommand implements Callable<Integer> {

    /** A heap that grows, and a collector that works beside the path on its cores, make one JVM's edge differ from another's. */
    private static final String COLLECTOR = "-XX:+UseParallelGC";
    private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-Xmn1500m");
    /** Each time opens its JVMs and a broker beside the others'. */
    private static final int MOST_TIMES = 5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PathOptions path;

    @Option(names = "--path", split = ",", paramLabel = "PATH", defaultValue = "grpc-sequential,grpc-parallel,kafka",
            description = "Any of grpc-sequential, grpc-parallel, kafka, null. Default: ${DEFAULT-VALUE}")
    private List<String> paths;

    @Option(names = "--recipients", split = ",", paramLabel = "N", defaultValue = "1,3,10",
            converter = Converters.Count.class, description = "Default: ${DEFAULT-VALUE}")
    private List<Integer> recipients;

    @Option(names = "--bound", paramLabel = "TIME", defaultValue = "50ms", converter = Converters.Time.class,
            description = "On completed p99. Default: ${DEFAULT-VALUE}")
    private Duration bound;

    @Option(names = "--arrivals", paramLabel = "HOW", defaultValue = "constant",
            description = "constant or poisson. Default: ${DEFAULT-VALUE}")
    private String arrivals;

    @Option(names = "--start", paramLabel = "RATE",
            description = "The first rate, in events/s. Default: 0.7 of what the warm-up reached")
    private Double start;

    @Option(names = "--max", paramLabel = "RATE", defaultValue = "1000000",
            description = "No rate above this. Default: ${DEFAULT-VALUE}")
    private double max;

    @Option(names = "--precision", paramLabel = "SHARE", defaultValue = "0.05",
            description = "The first steps at the edge; later half of it. Default: ${DEFAULT-VALUE}")
    private double precision;

    @Option(names = "--each", paramLabel = "TIME", defaultValue = "2s", converter = Converters.Time.class,
            description = "How long each rate is measured. Default: ${DEFAULT-VALUE}")
    private Duration each;

    @Option(names = "--warmup", paramLabel = "TIME", defaultValue = "60s", converter = Converters.Time.class,
            description = "How long a fresh path is warmed up at most: until the compiler is idle. Default: ${DEFAULT-VALUE}")
    private Duration warmUp;

    @Option(names = "--at", split = ",", paramLabel = "RATE", description = {"Once its edge is known, measure each path at "
        + "these rates, too: events/s, or shares of its edge.", "For one table: 200,500,1000,80%%"})
    private List<String> at = List.of();

    @Option(names = "--at-each", paramLabel = "TIME", defaultValue = "5s", converter = Converters.Time.class,
            description = "How long each of them is measured, three times. Default: ${DEFAULT-VALUE}")
    private Duration atEach;

    @Option(names = "--times", paramLabel = "N", defaultValue = "1", description = {
        "Make the whole so many times side by side, taking turns, and tell how far apart the edges are.",
        "Each time has JVMs and a run directory of its own: 2 need twice the memory. Default: ${DEFAULT-VALUE}"})
    private int times;

    @Option(names = "--deadline", converter = Converters.Budget.class, paramLabel = "TIME", defaultValue = "5m",
            description = "How long a path's JVM may say nothing beyond what it measures or warms up, else it hangs and is "
                    + "ended. Default: ${DEFAULT-VALUE}")
    private Duration deadline;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Of Poisson arrivals. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "${sys:delivery.results:-results}",
            description = "Where the run directory goes. Default: ${DEFAULT-VALUE}")
    private Path results;

    @Option(names = "--into", paramLabel = "DIR", hidden = true,
            description = "Search the one path here, and leave its trials in DIR; ends when standard input does")
    private Path into;

    @Override
    public Integer call() throws Exception {
        RateSweep.Limits limits;
        SweepCase.Load load;
        List<Rig.Settings> settings = new ArrayList<>();
        paths = paths.stream().distinct().toList();
        recipients = recipients.stream().distinct().toList();
        try {
            double first = start == null ? max : start;
            named("--max " + max, () -> Arrivals.requireRate(max));
            named("--start " + start, () -> Arrivals.requireRate(first));
            limits = named("--precision " + precision, () -> new RateSweep.Limits(bound, first, max, precision));
            load = new SweepCase.Load(named("--arrivals " + arrivals, () -> Arrivals.Process.parse(arrivals)), each, warmUp,
                    start == null, seed, at.stream().map(one -> named("--at " + one, () -> SweepCase.At.parse(one))).toList(),
                    atEach);
            settings.addAll(pathSettings());
            if (into == null) {
                PathOptions.requireBroker(settings, System.out);
            }
        } catch (IllegalArgumentException e) {
            return Exit.usage(e.getMessage());
        }
        if (times < 1 || times > MOST_TIMES) {
            return Exit.usage("--times must be 1.." + MOST_TIMES + ", got " + times);
        }
        if (into != null) {
            return searchHere(limits, load);
        }
        SweepRun run = new SweepRun(cases(), times, bound, patience(), results, spec.commandLine().getParseResult().originalArgs(),
                System.out, System.err, InstantSource.system());
        return Foreground.run(run::interrupt, run::run);
    }

    private Duration patience() {
        return Collections.max(List.of(warmUp, each, atEach)).plus(deadline);
    }

    /** Reads a value; what is wrong with it is said in the name of the option that was typed. */
    private static <T> T named(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private List<Rig.Settings> pathSettings() {
        paths.forEach(one -> named("--path " + one, () -> Rig.requirePath(one)));
        recipients.forEach(count -> named("--recipients " + count, () -> Recipient.names(count)));
        return paths.stream().flatMap(one -> recipients.stream().map(count -> path.settings(one, count))).toList();
    }

    private int searchHere(RateSweep.Limits limits, SweepCase.Load load) throws Exception {
        Semaphore given = turnsOfTheParent();
        new SweepCase(recipients.stream().map(count -> path.settings(paths.get(0), count)).toList(), limits, load,
                RunDirectory.open(into), System.out, () -> {
                    System.out.println(SweepRun.TURN_OVER);
                    given.acquire();
                }).run();
        return 0;
    }

    /** The parent holds the other end of standard input, and so does its death; each line of it is a turn. */
    private static Semaphore turnsOfTheParent() {
        Semaphore given = new Semaphore(0);
        ParentWatch.start(turn -> given.release(), 1); // our broker ends with this JVM, which holds its standard input
        return given;
    }

    private List<SweepRun.Case> cases() {
        return paths.stream().map(one -> new SweepRun.Case(one, recipients, command(one))).toList();
    }

    /** What is pinned, this JVM's own flags and properties, and what was typed, for one path. */
    private List<String> command(String one) {
        JvmArguments own = JvmArguments.ofThisJvm();
        List<String> jvm = new ArrayList<>(ChildJvm.quiet());
        if (!own.chooseCollector()) {
            jvm.add(COLLECTOR);
        }
        if (!own.chooseHeap()) {
            jvm.addAll(HEAP);
        }
        jvm.addAll(own.forMeasuring());
        List<String> typed = new ArrayList<>(List.of("sweep", "--path", one,
                "--recipients", recipients.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--bound", bound.toNanos() + "ns", "--arrivals", arrivals, "--max", Double.toString(max),
                "--precision", Double.toString(precision), "--each", each.toNanos() + "ns", "--warmup", warmUp.toNanos() + "ns",
                "--seed", Long.toString(seed)));
        if (start != null) {
            typed.addAll(List.of("--start", start.toString()));
        }
        if (!at.isEmpty()) {
            typed.addAll(List.of("--at", String.join(",", at), "--at-each", atEach.toNanos() + "ns"));
        }
        typed.addAll(path.typed());
        typed.add("--into");
        return ChildJvm.command(jvm, ChildJvm.classPath(), Main.class.getName(), typed);
    }
}
