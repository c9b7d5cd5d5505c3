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
 * @param params   the parameters that JMH used; empty if it returned nothing
 * @param data     the returned results; at most one
 * @param problems the reasons why the trial does not count; empty if it does
 */
record TrialRun(Optional<BenchmarkParams> params, List<BenchmarkResult> data, List<String> problems) {

    private static final int MAX_MESSAGES = 4;

    /**
     * Suppresses the warning of sun.misc.Unsafe. A JVM since 24 writes it at JMH's first use directly to the file descriptor:
     * four lines in the middle of a progress line, which the user cannot act on. A manifest cannot grant this access, and a
     * flag would have to be typed. Forks write the warning to JMH's log.
     */
    static void keepQuietAboutUnsafe() {
        try {
            Field warned = Class.forName("sun.misc.Unsafe").getDeclaredField("memoryAccessWarned");
            warned.setAccessible(true); // its module opens the package
            warned.setBoolean(null, true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // a JVM without this field
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

    /** Results that JMH should have returned and did not. */
    private static List<String> missing(BenchmarkParams expected, List<BenchmarkResult> data) {
        List<String> problems = new ArrayList<>();
        if (data.size() != 1) {
            problems.add("JMH came back with " + data.size() + " forks instead of 1");
        }
        for (BenchmarkResult fork : data) {
            int got = fork.getIterationResults().size();
            int wanted = expected.getMeasurement().getCount();
            if (got != wanted) {
                problems.add(got + " of " + wanted + " iterations came back");
            }
            if (fork.getIterationResults().stream().anyMatch(iteration -> iteration.getRawPrimaryResults().isEmpty())) {
                problems.add("an iteration came back without a score");
            }
        }
        return problems;
    }

    /** The names of the secondary results. */
    Set<String> labels() {
        Set<String> labels = new LinkedHashSet<>();
        data.forEach(fork -> fork.getIterationResults()
                .forEach(iteration -> labels.addAll(iteration.getRawSecondaryResults().keys())));
        return labels;
    }

    private static TrialRun failed(String why) {
        return new TrialRun(Optional.empty(), List.of(), List.of(why));
    }

    /** The original failure: JMH wraps it, and keeps other failures as suppressed exceptions. */
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
