package dev.brew.delivery.cli;

import dev.brew.delivery.scenario.MatrixRun;
import dev.brew.delivery.scenario.harness.Scenario;
import dev.brew.delivery.scenario.rows.Scenarios;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The decision matrix, measured. */
@Command(name = "matrix", mixinStandardHelpOptions = true, description = {
    "Runs the decision matrix as experiments on this machine: nine rows and four anti-patterns, each with a claim, figures "
            + "and a verdict by a criterion that is printed before the run. Some seven minutes on 2 cores.",
    "A row whose criterion is a time, or a ratio of times or costs, measures this machine's own noise first and says "
            + "\"not measurable here\" where that is near the criterion.",
    "Exit code 0 if every row was run, whatever its verdict; not measurable is a verdict, and no failure."})
final class MatrixCommand implements Callable<Integer> {

    private static final long MAX_SEED = 1_000_000;

    @Option(names = "--row", paramLabel = "NAME", split = ",", description = "Only this row, or these; default: all")
    private List<String> names = List.of();

    @Option(names = "--seed", paramLabel = "N",
            description = "Of all that is random, such as when a process is killed; default: drawn, and printed")
    private Long seed;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "${sys:delivery.results:-results}",
            description = "Where the run's directory goes. Default: ${DEFAULT-VALUE}")
    private Path results;

    @Override
    public Integer call() throws Exception {
        List<Scenario> chosen;
        try {
            chosen = names.isEmpty() ? Scenarios.all() : names.stream().distinct().map(Scenarios::named).toList();
        } catch (IllegalArgumentException e) {
            return Exit.usage("--row: " + e.getMessage());
        }
        if (seed != null && (seed < 0 || seed > MAX_SEED)) {
            return Exit.usage("--seed must be 0.." + MAX_SEED + ", got " + seed);
        }
        Lines.oneLineLogs();
        long drawn = seed == null ? ThreadLocalRandom.current().nextLong(MAX_SEED) : seed;
        List<String> typed = new ArrayList<>(List.of("matrix", "--seed", Long.toString(drawn)));
        if (!names.isEmpty()) {
            typed.addAll(List.of("--row", String.join(",", names)));
        }
        MatrixRun run = new MatrixRun(chosen, drawn, results, typed, System.out, System.err, InstantSource.system());
        return Foreground.run(run::interrupt, run::run);
    }
}
