package dev.brew.delivery.cli;

import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.sweep.SweepRun;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    @Spec
    private CommandSpec spec;

    @Mixin
    private SweepOptions options;

    @Override
    public Integer call() throws Exception {
        try {
            PathOptions.requireBroker(options.requireValid(), System.out);
        } catch (IllegalArgumentException e) {
            return Exit.usage(e.getMessage());
        }
        List<String> typed = spec.commandLine().getParseResult().originalArgs();
        SweepRun run = new SweepRun(cases(typed), options.times(), options.bound(), options.patience(),
                options.results(), typed, System.out, System.err, InstantSource.system());
        return Foreground.run(run::interrupt, run::run);
    }

    /** @param typed the command's name and its arguments */
    private List<SweepRun.Case> cases(List<String> typed) {
        List<String> arguments = typed.subList(1, typed.size());
        return options.paths().stream().map(kind -> new SweepRun.Case(kind.toString(), options.recipients(),
                directory -> ChildProcess.start(ChildJvm.of(flags(), SweepChild.class, List.of(kind.toString()))
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
