package dev.brew.delivery.cli;

import dev.brew.delivery.compare.Calibration;
import dev.brew.delivery.compare.Comparison;
import dev.brew.delivery.compare.ComparisonFiles;
import dev.brew.delivery.compare.FiguresComparison;
import dev.brew.delivery.compare.History;
import dev.brew.delivery.compare.RecordedComparison;
import dev.brew.delivery.compare.Rule;
import dev.brew.delivery.compare.TrialSet;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two recorded runs, or looks for changes in a history of runs. */
@Command(name = "compare", mixinStandardHelpOptions = true, description = {
    "Compare a run with a baseline from the same machine: PASS, REGRESSION, IMPROVED or INCONCLUSIVE for each "
        + "benchmark and metric. regress measures both side by side and so finds smaller changes.",
    "Two runs of disturb: the figures of both and their ratios, no verdict. Two runs of matrix: the verdicts of "
        + "both, and the figures of rows whose verdicts differ. The options of the rule do not apply to these.",
    "Exit code 0; 1 on a regression, a failed candidate, or a row of the matrix whose verdicts differ; 3 with "
        + "--strict if a row is undecided or missing; 2 if the two cannot be compared. With --history: 1 if the "
        + "newest change of a level is for the worse."})
final class CompareCommand implements Callable<Integer> {

    @Parameters(arity = "0..2", paramLabel = "BASE CANDIDATE",
            description = "Run directories, or directories of run directories whose trials are pooled; of one kind")
    private List<Path> sides = List.of();

    @Option(names = "--history", paramLabel = "DIR",
            description = "Read all runs in DIR in order of time, and print the runs at which a level changed")
    private Path history;

    @Option(names = "--strict", description = "Exit with code 3 if a row is undecided or missing")
    private boolean strict;

    @Option(names = "--allow-different", split = ",", paramLabel = "SETTING",
            description = "Settings, versions or parameters that may differ, with the names from the error message")
    private Set<String> allowed = Set.of();

    @Option(names = "--margin", converter = Converters.Share.class, paramLabel = "SHARE", description =
            "The smallest slowdown that matters. Default: from the calibration beside BASE, else 5%%")
    private Double margin;

    @Option(names = "--floor", converter = Converters.Time.class, paramLabel = "TIME", defaultValue = "50us",
            description = "Differences of latency up to this are ignored. Default: ${DEFAULT-VALUE}")
    private Duration floor;

    @Option(names = "--alpha", converter = Converters.Share.class, paramLabel = "SHARE", defaultValue = "5%",
            description = "Probability that the whole comparison flags a row by mistake. Default: ${DEFAULT-VALUE}")
    private double alpha;

    @Option(names = "--out", paramLabel = "DIR", description =
            "Directory of comparison.json, .md and -junit.xml (sweep, disturb and matrix: .md). Default: "
            + "comparison-BASE-CANDIDATE beside CANDIDATE")
    private Path target;

    @Override
    public Integer call() {
        try {
            if (history != null) {
                return sides.isEmpty() ? trend() : Exit.usage("--history " + history
                        + " takes no BASE and CANDIDATE");
            }
            if (sides.size() != 2) {
                return Exit.usage("compare takes two run directories, BASE and CANDIDATE, got " + sides.size());
            }
            if (!(alpha > 0 && alpha < 0.5)) {
                return Exit.usage("--alpha must be above 0 and below 50%, got " + alpha);
            }
            return compare();
        } catch (IOException e) {
            return Exit.usage(Reason.of(e));
        }
    }

    private int compare() throws IOException {
        Optional<FiguresComparison> figures = FiguresComparison.of(sides.get(0), sides.get(1));
        if (figures.isPresent()) {
            figures.get().write(target());
            return print(figures.get().lines(), figures.get().exitCode());
        }
        Path beside = sides.get(0).toAbsolutePath().normalize().getParent();
        Optional<Calibration> calibration = margin == null && Calibration.isIn(beside)
                ? Optional.of(Calibration.read(beside)) : Optional.empty();
        Rule rule = new Rule(alpha, margin == null ? Rule.MARGIN : margin, floor.toNanos());
        Comparison comparison = RecordedComparison.of(TrialSet.read(sides.get(0)), TrialSet.read(sides.get(1)), allowed,
                rule, calibration);
        ComparisonFiles.write(comparison, target());
        return print(ComparisonFiles.table(comparison), comparison.exitCode(strict));
    }

    private Path target() {
        Path candidate = sides.get(1).toAbsolutePath().normalize();
        return target != null ? target : candidate.resolveSibling("comparison-"
                + sides.get(0).toAbsolutePath().normalize().getFileName() + "-" + candidate.getFileName());
    }

    /** Prints the lines; on standard error, too, the last one if the exit code is not 0. */
    private int print(List<String> lines, int code) {
        lines.forEach(System.out::println);
        System.out.println("comparison: " + target());
        if (code != 0) {
            System.err.println(lines.get(lines.size() - 1));
        }
        return code;
    }

    private int trend() throws IOException {
        if (!Files.isDirectory(history)) {
            return Exit.usage("--history " + history + ": there is no such directory");
        }
        History found = History.of(history);
        found.notes().forEach(System.out::println);
        found.changes().forEach(change -> System.out.println(change.print()));
        System.out.println(found.changes().size() + " changes of level in " + found.series() + " series");
        return found.isWorse() ? 1 : 0;
    }
}
