package dev.brew.delivery.cli;

import dev.brew.delivery.report.Report.Format;
import dev.brew.delivery.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws run directories. */
@Command(name = "report", mixinStandardHelpOptions = true, description = {
    "Draw a run as an HTML page, charts and files for other tools; several runs share one page and its charts.",
    "Exit code 1 if a file could not be read or written; the other parts are drawn."})
final class ReportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "Run directories. Default: the newest one in --results")
    private List<Path> runs = List.of();

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "${sys:delivery.results:-results}",
            description = "Directory that holds the run directories. Default: ${DEFAULT-VALUE}")
    private Path results;

    @Option(names = "--out", paramLabel = "DIR",
            description = "Directory of the report. Default: the run directory; of several runs, comparison-… beside the first")
    private Path target;

    @Option(names = "--format", split = ",", paramLabel = "FORMAT",
            description = "Any of html, svg, png, data. Default: all; png only if there are fonts")
    private List<Format> formats;

    @Override
    public Integer call() throws IOException {
        List<Path> from = runs;
        if (from.isEmpty()) {
            Report.Newest newest = Report.newest(results);
            newest.unfinished().forEach(run -> System.err.println(run + " is passed over: it has not ended, or was killed"));
            if (newest.run().isEmpty()) {
                return Exit.usage("no run: there is none in " + results
                        + (newest.unfinished().isEmpty() ? "" : " that has ended")
                        + " (give run directories, or --results DIR)");
            }
            from = List.of(newest.run().get());
        }
        for (Path run : from) {
            Optional<String> unfit = unfit(run);
            if (unfit.isPresent()) {
                return Exit.usage("RUN " + run + ": " + unfit.get());
            }
        }
        for (Path part = target; part != null; part = part.getParent()) {
            if (Files.exists(part) && !Files.isDirectory(part)) {
                return Exit.usage("--out " + target + ": " + (part.equals(target) ? "it" : part)
                        + " is a file, not a directory");
            }
        }
        Path to = target == null ? defaultTarget(from) : target;
        Report.Outcome outcome = Report.write(from, to, formats == null ? EnumSet.allOf(Format.class)
                : EnumSet.copyOf(formats));
        boolean pngMissing = formats != null && outcome.noPng().isPresent();
        return print(outcome) || pngMissing ? 1 : 0;
    }

    /** The reason why {@code run} cannot be drawn; empty if it can. */
    private static Optional<String> unfit(Path run) {
        if (!Files.isDirectory(run)) {
            return Optional.of(Files.exists(run) ? "it is a file, not a directory" : "there is no such directory");
        }
        if (!Files.exists(run.resolve("status.json"))) {
            return Optional.of("it is no run directory, it has no status.json");
        }
        return Optional.empty();
    }

    private static Path defaultTarget(List<Path> from) {
        return from.size() == 1 ? from.get(0) : from.get(0).toAbsolutePath().normalize().resolveSibling("comparison-"
                + from.stream().map(run -> run.toAbsolutePath().normalize().getFileName().toString())
                .collect(Collectors.joining("-")));
    }

    /** Prints the outcome; true if something failed. */
    private static boolean print(Report.Outcome outcome) {
        Set<String> pages = outcome.written().stream().map(Path::toString).filter(name -> name.endsWith(".html"))
                .collect(Collectors.toSet());
        pages.forEach(page -> System.out.println("report: " + page));
        long others = outcome.written().size() - pages.size();
        if (others > 0) {
            System.out.println("report: " + others + " more files beside it, in "
                    + outcome.written().get(0).getParent());
        }
        outcome.noPng().ifPresent(System.err::println);
        outcome.problems().forEach(System.err::println);
        return !outcome.problems().isEmpty();
    }
}
