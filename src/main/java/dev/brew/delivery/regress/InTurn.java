package dev.brew.delivery.regress;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.suite.Case;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Measures the trials of a pair one after the other, each in a JVM of its own: for JMH's forks and iterations, open loops, and
 * jars that know no blocks. A trial that is on disk is not run again, so an interrupted pair continues after it.
 */
final class InTurn implements PairLauncher {

    private final List<Pairing> pairings;
    private final Map<Side, RunDirectory> runs;
    private final TrialLauncher launcher;
    private final PairOrder order;
    private final PrintStream out;
    private final InstantSource clock;
    private final BooleanSupplier interrupted;

    /** @param interrupted true if a failed trial was ended with the job */
    InTurn(List<Pairing> pairings, Map<Side, RunDirectory> runs, TrialLauncher launcher, PairOrder order, PrintStream out,
           InstantSource clock, BooleanSupplier interrupted) {
        this.pairings = pairings;
        this.runs = runs;
        this.launcher = launcher;
        this.order = order;
        this.out = out;
        this.clock = clock;
        this.interrupted = interrupted;
    }

    @Override
    public Optional<Failure> measure(int pair, List<Integer> rows) throws IOException, InterruptedException {
        for (int row : rows) {
            for (Side side : order.sides(row, pair)) {
                Case next = pairings.get(row).of(side);
                if (runs.get(side).trial(next.stem(), pair).isPresent()) {
                    continue;
                }
                out.printf("pair %d, %s, %s … ", pair, side, next.title());
                out.flush();
                Instant start = clock.instant();
                Optional<String> failure = launcher.launch(side, next, pair, runs.get(side));
                if (failure.isEmpty() || !interrupted.getAsBoolean()) { // otherwise the line has ended already
                    out.printf("%s (%.0f s)%n", failure.isPresent() ? "FAILED: " + failure.get() : outcome(side, next, pair),
                            Duration.between(start, clock.instant()).toMillis() / 1000.0);
                }
                if (failure.isPresent()) {
                    return Optional.of(new Failure(side, List.of(row), pair, next.title() + ", trial " + pair + ": "
                            + failure.get()));
                }
            }
        }
        return Optional.empty();
    }

    private String outcome(Side side, Case of, int pair) throws IOException {
        return runs.get(side).trial(of.stem(), pair).map(RunDirectory.Trial::completed)
                .map(completed -> String.format(Locale.ROOT, "p50 %.1f µs, p99 %.1f µs", completed.p50() / 1e3,
                        completed.p99() / 1e3))
                .orElse("no figures");
    }

    @Override
    public Optional<String> control(Failure failure, RunDirectory into) throws IOException, InterruptedException {
        Case repeated = pairings.get(failure.rows().get(0)).base();
        out.printf("control: the base again, %s … ", repeated.title());
        out.flush();
        Optional<String> why = launcher.launch(Side.BASE, repeated, failure.pair(), into);
        out.println(why.map(reason -> "FAILED: " + reason).orElse("it ends well"));
        return why;
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void end() {
        ProcessHandle.current().children().forEach(ChildTrial::end);
    }

    @Override
    public void close() {
        // its trials share nothing
    }
}
