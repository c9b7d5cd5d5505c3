package dev.brew.delivery.suite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
    private static final List<String> MAIN_BENCHMARKS =
            List.of("SequentialFanOut|ParallelFanOut|ProduceToConsume", "-p", "recipients=3");

    /** Copies, and puts the main benchmarks where none are named. */
    public RegressOptions {
        arguments = arguments.isEmpty() ? MAIN_BENCHMARKS : List.copyOf(arguments);
        baseArguments = List.copyOf(baseArguments);
        candidateArguments = List.copyOf(candidateArguments);
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
