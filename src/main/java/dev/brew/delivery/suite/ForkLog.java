package dev.brew.delivery.suite;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the reason of a trial's failure in its output: the original throwable, not JMH's wrapper. For a fork that died, JMH
 * itself reports only the exit code. Thread-safe.
 */
public final class ForkLog {

    private static final Pattern THROWN = Pattern.compile(
            "(?:Caused by: |Exception in thread \"[^\"]*\" )?([\\w.$]+(?:Exception|Error))(?:: (.*))?");
    private static final List<String> WRAPPERS = List.of("org.openjdk.jmh.runner.RunnerException",
            "org.openjdk.jmh.runner.BenchmarkException");
    private static final Pattern DEAD_FORK = Pattern.compile("(?i)forked VM failed with exit code \\d+");

    private Optional<String> thrown = Optional.empty();

    /** Reads a line of the output. */
    synchronized void see(String line) {
        if (thrown.isEmpty()) {
            thrown = thrown(line);
        }
    }

    /** Starts a new trial. */
    synchronized void forget() {
        thrown = Optional.empty();
    }

    /** JMH's message of a problem, with the reason if JMH gives none. */
    synchronized String explain(String problem) {
        return DEAD_FORK.matcher(problem).matches() ? problem + thrown.map(why -> ": " + why).orElse("") : problem;
    }

    /** The throwable in a line; empty if there is none, or one of JMH's wrappers. */
    private static Optional<String> thrown(String line) {
        Matcher named = THROWN.matcher(line.strip());
        if (!named.matches() || WRAPPERS.contains(named.group(1))) {
            return Optional.empty();
        }
        // the type of an error is its reason; our exceptions have it in the message
        return Optional.of(named.group(2) == null || named.group(1).endsWith("Error") ? line.strip()
                .replaceFirst("^(Caused by: |Exception in thread \"[^\"]*\" )", "") : named.group(2));
    }

    /** The reason in a complete log, in one line. */
    public static String reason(String log, int exitCode) {
        for (String line : log.lines().toList()) {
            Optional<String> thrown = thrown(line);
            if (thrown.isPresent()) {
                return thrown.get();
            }
            Matcher dead = DEAD_FORK.matcher(line);
            if (dead.find()) {
                return dead.group();
            }
        }
        String last = log.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce((a, b) -> b).orElse("");
        return "exit code " + exitCode + (last.isEmpty() ? "" : ": " + last);
    }
}
