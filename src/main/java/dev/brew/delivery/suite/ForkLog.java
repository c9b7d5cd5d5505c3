package dev.brew.delivery.suite;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The reason that a trial's output gives for its failure: the throwable itself, not JMH's around it. JMH says of a fork that
 * died no more than its exit code. Thread-safe.
 */
public final class ForkLog {

    private static final Pattern THROWN = Pattern.compile(
            "(?:Caused by: |Exception in thread \"[^\"]*\" )?([\\w.$]+(?:Exception|Error))(?:: (.*))?");
    private static final List<String> WRAPPERS = List.of("org.openjdk.jmh.runner.RunnerException",
            "org.openjdk.jmh.runner.BenchmarkException");
    private static final Pattern DEAD_FORK = Pattern.compile("(?i)forked VM failed with exit code \\d+");

    private Optional<String> thrown = Optional.empty();

    /** Takes in a line of the output. */
    public synchronized void see(String line) {
        if (thrown.isEmpty()) {
            thrown = thrown(line);
        }
    }

    /** The next line is of another trial. */
    public synchronized void forget() {
        thrown = Optional.empty();
    }

    /** A problem as JMH puts it, with the reason if JMH has none. */
    public synchronized String explain(String problem) {
        return DEAD_FORK.matcher(problem).matches() ? problem + thrown.map(why -> ": " + why).orElse("") : problem;
    }

    /** The throwable that a line names; empty if it names none, or one of JMH's own. */
    private static Optional<String> thrown(String line) {
        Matcher named = THROWN.matcher(line.strip());
        if (!named.matches() || WRAPPERS.contains(named.group(1))) {
            return Optional.empty();
        }
        // an error says what is wrong by its type, an exception of ours by its message
        return Optional.of(named.group(2) == null || named.group(1).endsWith("Error") ? line.strip()
                .replaceFirst("^(Caused by: |Exception in thread \"[^\"]*\" )", "") : named.group(2));
    }

    /** The reason in a whole log, in a line. */
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
