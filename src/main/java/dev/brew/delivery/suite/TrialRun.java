package dev.brew.delivery.suite;

import dev.brew.delivery.text.Reason;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;

/**
 * Runs one trial through JMH.
 *
 * @param params what JMH ran; empty if nothing came back
 * @param data   what came back; at most one
 * @param problems why the trial does not count; empty if it does
 */
record TrialRun(Optional<BenchmarkParams> params, List<BenchmarkResult> data, List<String> problems) {

    private static final int MAX_MESSAGES = 4;

    /**
     * Keeps the warning of sun.misc.Unsafe off the terminal. A JVM since 24 writes it once, at JMH's first use, straight to
     * the file descriptor: four lines inside a line of progress, about which nobody who runs a benchmark can do anything.
     * A manifest cannot grant this access, and a flag would have to be typed. Forks write theirs to JMH's log.
     */
    static void keepQuietAboutUnsafe() {
        try {
            Field warned = Class.forName("sun.misc.Unsafe").getDeclaredField("memoryAccessWarned");
            warned.setAccessible(true); // its module opens the package
            warned.setBoolean(null, true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // another JVM: it does not warn, or it will
        }
    }

    static TrialRun run(CaseOptions options, OutputFormat output) {
        try {
            Collection<RunResult> results = new Runner(options, output).run();
            if (results.size() != 1) {
                return failed("JMH came back with " + results.size() + " results instead of 1");
            }
            RunResult result = results.iterator().next();
            List<BenchmarkResult> data = new ArrayList<>(result.getBenchmarkResults());
            return new TrialRun(Optional.of(result.getParams()), data, missing(result.getParams(), data));
        } catch (RunnerException e) {
            return failed(describe(e));
        }
    }

    /** What was asked of JMH and did not come back. */
    private static List<String> missing(BenchmarkParams asked, List<BenchmarkResult> data) {
        List<String> problems = new ArrayList<>();
        if (data.size() != 1) {
            problems.add("JMH came back with " + data.size() + " forks instead of 1");
        }
        for (BenchmarkResult fork : data) {
            int got = fork.getIterationResults().size();
            int wanted = asked.getMeasurement().getCount();
            if (got != wanted) {
                problems.add(got + " of " + wanted + " iterations came back");
            }
            if (fork.getIterationResults().stream().anyMatch(one -> one.getRawPrimaryResults().isEmpty())) {
                problems.add("an iteration came back without a score");
            }
        }
        return problems;
    }

    /** The secondary results that came back. */
    Set<String> labels() {
        Set<String> labels = new LinkedHashSet<>();
        data.forEach(fork -> fork.getIterationResults()
                .forEach(iteration -> labels.addAll(iteration.getRawSecondaryResults().keys())));
        return labels;
    }

    private static TrialRun failed(String why) {
        return new TrialRun(Optional.empty(), List.of(), List.of(why));
    }

    /** What JMH caught: it wraps it, and hides what it wraps as suppressed exceptions. */
    private static String describe(Throwable failure) {
        Set<String> messages = new LinkedHashSet<>();
        collect(failure, messages);
        return String.join("; ", messages.stream().limit(MAX_MESSAGES).toList());
    }

    private static void collect(Throwable failure, Set<String> messages) {
        boolean wrapper = failure instanceof RunnerException || failure instanceof BenchmarkException;
        if (wrapper && (failure.getCause() != null || failure.getSuppressed().length > 0)) {
            if (failure.getCause() != null) {
                collect(failure.getCause(), messages);
            }
            for (Throwable suppressed : failure.getSuppressed()) {
                collect(suppressed, messages);
            }
        } else {
            String message = Reason.of(failure);
            messages.add(message.strip().lines().findFirst().orElse("")); // the rest stands in JMH's log
        }
    }
}
