package dev.brew.delivery.suite;

import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.profile.ProfilerFactory;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.ProfilerConfig;

/** What can be known to fail before anything is measured: files that cannot be written, profilers and JVMs there are not. */
final class Preflight {

    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    private Preflight() {
    }

    /** @throws UsageException naming the first option that cannot work, and why */
    static void check(SuiteOptions options) throws UsageException {
        CommandLineOptions jmh = options.jmh();
        Optional<AskedFile> asked = AskedFile.of(jmh);
        if (asked.isPresent()) {
            requireWritable(asked.get().option(), asked.get().target());
        }
        if (jmh.getOutput().hasValue()) {
            requireWritable("-o " + jmh.getOutput().get(), Path.of(jmh.getOutput().get()));
        }
        for (ProfilerConfig profiler : jmh.getProfilers()) {
            requireProfiler(profiler);
        }
        MeasuringJvm.requireStarts(jmh);
    }

    static void requireWritable(String option, Path typed) throws UsageException {
        Path target = destination(typed);
        Path directory = target.toAbsolutePath().getParent();
        if (Files.isDirectory(target)) {
            throw new UsageException(option + ": it is a directory, not a file");
        }
        if (!Files.exists(target) && (directory == null || !Files.isDirectory(directory))) {
            throw new UsageException(option + ": there is no directory " + directory);
        }
        if (!Files.isWritable(Files.exists(target) ? target : directory)) {
            throw new UsageException(option + ": no permission to write it");
        }
    }

    /** Where a link to a file that is not there yet leads. */
    private static Path destination(Path typed) throws UsageException {
        Path at = typed.toAbsolutePath();
        try {
            for (int i = 0; i < MOST_LINKS && Files.isSymbolicLink(at) && !Files.exists(at); i++) {
                at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
            }
            return at;
        } catch (IOException e) {
            throw new UsageException(typed + ": " + Reason.of(e));
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
