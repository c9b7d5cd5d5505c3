package dev.brew.delivery.suite;

import dev.brew.delivery.results.OutputFile;
import dev.brew.delivery.run.UsageException;
import java.nio.file.Path;
import java.util.Optional;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.profile.ProfilerFactory;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.ProfilerConfig;

/** Checks before anything is measured: output files can be written, profilers exist, the JVM starts. */
public final class Preflight {

    private Preflight() {
    }

    /** @throws UsageException if an option cannot work; the message names the option and the reason */
    public static void check(SuiteOptions options) throws UsageException {
        CommandLineOptions jmh = options.jmh();
        Optional<ResultFile> file = ResultFile.of(jmh);
        if (file.isPresent()) {
            requireWritable(file.get().option(), file.get().target());
        }
        if (jmh.getOutput().hasValue()) {
            requireWritable("-o " + jmh.getOutput().get(), Path.of(jmh.getOutput().get()));
        }
        for (ProfilerConfig profiler : jmh.getProfilers()) {
            requireProfiler(profiler);
        }
        MeasuringJvm.requireStarts(jmh);
    }

    private static void requireWritable(String option, Path typed) throws UsageException {
        Optional<String> obstacle = OutputFile.obstacle(typed);
        if (obstacle.isPresent()) {
            throw new UsageException(option + ": " + obstacle.get());
        }
    }

    private static void requireProfiler(ProfilerConfig profiler) throws UsageException {
        String typed = "-prof " + profiler.getKlass() + (profiler.getOpts().isEmpty() ? "" : ":" + profiler.getOpts());
        try {
            ProfilerFactory.getProfilerOrException(profiler);
        } catch (ProfilerException e) {
            String why = e.getCause() instanceof ClassNotFoundException ? "there is no such profiler (-lprof lists them)"
                    : String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("it does not start");
            throw new UsageException(typed + ": " + why);
        }
    }
}
