package dev.brew.delivery.regress;

import dev.brew.delivery.compare.PairedRule;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.SuiteOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The options of {@code regress} and {@code calibrate}.
 *
 * @param base               a jar of this suite
 * @param candidate          a jar of this suite; for calibrate the base
 * @param arguments          JMH arguments of both sides; empty: the three main benchmarks with three recipients
 * @param baseArguments      arguments of the base only
 * @param candidateArguments arguments of the candidate only
 * @param seed               of every random order; empty: random
 * @param pairs              {@value #MIN_PAIRS}..{@value #MAX_PAIRS}; empty: as many as the rule needs
 * @param budget             time for the whole job
 * @param margin             δ of a p50 or a rate, above 0, to 10
 * @param floor              smallest difference of latencies that counts
 * @param deadline           longest time of a trial beyond its iterations, or of a block without a word
 */
public record RegressOptions(Path base, Path candidate, List<String> arguments, List<String> baseArguments,
                             List<String> candidateArguments, Optional<Long> seed, Optional<Integer> pairs,
                             Duration budget, double margin, Duration floor, Duration deadline) {

    /** The smallest number of pairs that the rule accepts. */
    static final int MIN_PAIRS = PairedRule.LOOKS.get(0);
    /** More pairs take longer than a day. */
    static final int MAX_PAIRS = 50;
    /** The smallest difference of latencies that counts, unless the user gives one. */
    public static final Duration FLOOR = Duration.ofNanos(20_000);
    private static final double MAX_MARGIN = 10;
    private static final String MAIN_BENCHMARKS = "SequentialFanOut|ParallelFanOut|ProduceToConsume";
    private static final List<String> MAIN_RECIPIENTS = List.of("-p", "recipients=3");

    public RegressOptions {
        arguments = List.copyOf(arguments);
        baseArguments = List.copyOf(baseArguments);
        candidateArguments = List.copyOf(candidateArguments);
    }

    /**
     * The arguments of both sides. Without the name of a benchmark, these are the three main benchmarks with three recipients,
     * unless {@code arguments} sets recipients.
     *
     * @throws UsageException if JMH does not know an option
     */
    List<String> benchmarks() throws UsageException {
        if (!SuiteOptions.parse(arguments, new Properties()).jmh().getIncludes().isEmpty()) {
            return arguments;
        }
        List<String> main = new ArrayList<>(List.of(MAIN_BENCHMARKS));
        main.addAll(SuiteOptions.overridden(MAIN_RECIPIENTS, arguments));
        return main;
    }

    void requireInRange() throws UsageException {
        if (pairs.isPresent() && (pairs.get() < MIN_PAIRS || pairs.get() > MAX_PAIRS)) {
            throw new UsageException("--pairs must be " + MIN_PAIRS + ".." + MAX_PAIRS + ", got " + pairs.get());
        }
        if (!(margin > 0 && margin <= MAX_MARGIN)) {
            throw new UsageException("--margin must be above 0, to 1000 %, got " + 100 * margin);
        }
    }
}
