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

/** Measures the decision matrix. */
@Command(name = "matrix", mixinStandardHelpOptions = true, description = {
    "Run the experiments of the decision matrix on this machine: nine rows and four anti-patterns. Each prints its claim "
            + "and criterion before it runs, then its figures and verdict. Takes about seven minutes on 2 cores.",
    "A row with a criterion on a time, or on a ratio of times or costs, first measures this machine's noise. Its verdict is "
            + "\"not measurable here\" if the noise is near the criterion.",
    "Exit code 0 if every row was run, whatever its verdict."})
final class MatrixCommand implements Callable<Integer> {

    private static final long MAX_SEED = 1_000_000;

    @Option(names = "--row", paramLabel = "NAME", split = ",", description = "Rows to run. Default: all")
    private List<String> names = List.of();

    @Option(names = "--seed", paramLabel = "N",
            description = "Seed of everything random, such as the time of a kill. Default: random, and printed")
    private Long seed;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "${sys:delivery.results:-results}",
            description = "Directory that gets the run directory. Default: ${DEFAULT-VALUE}")
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
