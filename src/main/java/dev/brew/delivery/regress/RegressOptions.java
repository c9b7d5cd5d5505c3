package dev.brew.delivery.regress;

import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.SuiteOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What was typed for {@code regress} and {@code calibrate}.
 *
 * @param base               a jar of this suite
 * @param candidate          likewise; for calibrate the same
 * @param arguments          of the benchmarks, both sides'; empty: the three main ones with three recipients
 * @param baseArguments      the base's own
 * @param candidateArguments the candidate's own
 * @param seed               of the order of the trials; empty: any
 * @param pairs              5..50; empty: as many as the budget carries
 * @param budget             what it may take
 * @param margin             δ; empty: the calibration's, else 5 %
 * @param floor              what latencies have to differ by
 * @param deadline           what a trial may take beyond its iterations
 */
public record RegressOptions(Path base, Path candidate, List<String> arguments, List<String> baseArguments,
                             List<String> candidateArguments, Optional<Long> seed, Optional<Integer> pairs,
                             Duration budget, Optional<Double> margin, Duration floor, Duration deadline) {

    /** The rule's smallest number of pairs. */
    static final int MIN_PAIRS = 5;
    /** More would not fit a day. */
    static final int MAX_PAIRS = 50;
    private static final double MAX_MARGIN = 10;
    private static final String MAIN_BENCHMARKS = "SequentialFanOut|ParallelFanOut|ProduceToConsume";
    private static final List<String> MAIN_RECIPIENTS = List.of("-p", "recipients=3");

    /** Copies. */
    public RegressOptions {
        arguments = List.copyOf(arguments);
        baseArguments = List.copyOf(baseArguments);
        candidateArguments = List.copyOf(candidateArguments);
    }

    /**
     * The arguments of both sides: where no benchmark is named, the three main ones with three recipients, as far as
     * nothing else was typed for them.
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
        if (margin.isPresent() && !(margin.get() >= 0 && margin.get() <= MAX_MARGIN)) {
            throw new UsageException("--margin must be 0..1000 %, got " + 100 * margin.get());
        }
    }
}
