package dev.brew.delivery.report;

import dev.brew.delivery.compare.Comparison;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.text.AtomicFile;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Natural;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Writes the report of one run or several: a page, pictures, and files for other tools. */
public final class Report {

    private static final int MAX_RUNS = 26;

    /** The files of a report. */
    public enum Format {
        /** report.html: one page, offline. */
        HTML,
        /** Each chart as SVG. */
        SVG,
        /** Each chart as PNG. */
        PNG,
        /** summary.csv, summary.md, smaller-is-better.json, jmh-visualizer.json. */
        DATA
    }

    /**
     * The result of {@link #write}.
     *
     * @param written  the files
     * @param problems runs, rows and files that could not be read or written, a line each
     * @param noPng    why there are no PNGs, if they were requested and this machine cannot draw them
     */
    public record Outcome(List<Path> written, List<String> problems, Optional<String> noPng) {
    }

    private final Path target;
    private final List<Path> written = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private Optional<String> noPng = Optional.empty();

    private Report(Path target) {
        this.target = target;
    }

    /**
     * The default run.
     *
     * @param run        the newest run, by its name, that has ended
     * @param unfinished the newer runs that have not
     */
    public record Newest(Optional<Path> run, List<Path> unfinished) {
    }

    /** Finds the newest run in {@code results}. A run that is in progress, or was killed, has not ended. */
    public static Newest newest(Path results) throws IOException {
        List<Path> unfinished = new ArrayList<>();
        for (Path run : newestFirst(results)) {
            if (RunDirectory.open(run).status().state() != Status.State.RUNNING) {
                return new Newest(Optional.of(run), unfinished);
            }
            unfinished.add(run);
        }
        return new Newest(Optional.empty(), unfinished);
    }

    private static List<Path> newestFirst(Path results) throws IOException {
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> runs = Attempt.to("look for runs in " + results, () -> Files.list(results))) {
            return runs.filter(run -> run.getFileName().toString().matches("\\d{8}-\\d{6}-.+"))
                    .filter(run -> Files.exists(run.resolve("status.json")))
                    .sorted(Comparator.comparing((Path run) -> run.getFileName().toString(), Natural.ORDER).reversed())
                    .toList();
        }
    }

    /**
     * Writes the report of one run, or a comparison of several. Runs and rows that cannot be read are problems; the others are
     * drawn.
     *
     * @param runs   1..26 directories
     * @param target a directory, which is created if it does not exist
     */
    public static Outcome write(List<Path> runs, Path target, Set<Format> formats) throws IOException {
        if (runs.isEmpty() || runs.size() > MAX_RUNS) {
            throw new IllegalArgumentException("runs must be 1.." + MAX_RUNS + ", got " + runs.size());
        }
        Report report = new Report(target);
        List<RunView> views = new ArrayList<>();
        for (Path run : runs) {
            try {
                RunView view = RunView.read(run);
                view.problems().forEach(problem -> report.problems.add(view.name() + ": " + problem));
                views.add(view);
            } catch (IOException e) {
                report.problems.add(Reason.of(e));
            }
        }
        if (!views.isEmpty()) {
            Attempt.to("create the report's directory " + target, () -> Files.createDirectories(target));
            report.write(runs, views, formats);
        }
        return new Outcome(List.copyOf(report.written), List.copyOf(report.problems), report.noPng);
    }

    /**
     * Writes the page of a comparison, and beside it those of its two runs, which it links.
     *
     * @param directory gets {@code report.html}
     * @param runs      by what they are called; subdirectories of {@code directory}
     */
    public static Outcome write(Comparison comparison, Path directory, Map<String, Path> runs) throws IOException {
        Report report = new Report(directory);
        Map<String, String> links = new LinkedHashMap<>();
        for (Map.Entry<String, Path> run : runs.entrySet()) {
            Outcome page = write(List.of(run.getValue()), run.getValue(), EnumSet.of(Format.HTML));
            report.problems.addAll(page.problems);
            if (!page.written.isEmpty()) {
                links.put(run.getKey(), directory.relativize(run.getValue()) + "/report.html");
            }
        }
        report.write("report.html", ComparisonPage.of(comparison, links).getBytes(StandardCharsets.UTF_8));
        return new Outcome(List.copyOf(report.written), List.copyOf(report.problems), Optional.empty());
    }

    private void write(List<Path> directories, List<RunView> views, Set<Format> formats) throws IOException {
        Charts charts = new Charts(views);
        List<Chart> all = charts.charts();
        List<Future<byte[]>> images = formats.contains(Format.PNG) ? images(all) : List.of();
        if (formats.contains(Format.HTML)) {
            write("report.html", Page.of(views, charts, problems).getBytes(StandardCharsets.UTF_8));
        }
        if (formats.contains(Format.SVG)) {
            for (Chart chart : all) {
                write(chart.id() + ".svg", SvgPen.draw(chart).getBytes(StandardCharsets.UTF_8));
            }
        }
        if (formats.contains(Format.PNG)) {
            writeImages(all, images);
        }
        if (formats.contains(Format.DATA) && views.stream().anyMatch(RunView::hasTrials)) {
            writeData(directories, views, charts);
        }
    }

    /** Draws on the processors that the page, which is made meanwhile, leaves: PNGs take longer than all the rest. */
    private static List<Future<byte[]>> images(List<Chart> charts) {
        ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
        List<Future<byte[]>> images = charts.stream().map(chart -> pool.submit(() -> ImagePen.draw(chart))).toList();
        pool.shutdown();
        return images;
    }

    private void writeImages(List<Chart> charts, List<Future<byte[]>> images) throws IOException {
        try {
            for (int i = 0; i < charts.size(); i++) {
                write(charts.get(i).id() + ".png", images.get(i).get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while charts were drawn");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ImagePen.NoFontsException none) {
                noPng = Optional.of(none.getMessage());
            } else {
                throw new IOException("the charts could not be drawn as PNG: " + Reason.of(e.getCause()), e.getCause());
            }
        }
    }

    private void writeData(List<Path> directories, List<RunView> views, Charts charts) throws IOException {
        write("summary.csv", Exports.csv(views).getBytes(StandardCharsets.UTF_8));
        write("summary.md",
                (Tables.all(views, charts).markdown() + "\n" + Tables.LEGEND + "\n").getBytes(StandardCharsets.UTF_8));
        if (views.size() == 1) {
            write("smaller-is-better.json",
                    Exports.smallerIsBetter(views.get(0), charts).getBytes(StandardCharsets.UTF_8));
        }
        Path jmh = directories.get(0).resolve("jmh.json");
        if (directories.size() == 1 && Files.exists(jmh)) { // an interrupted run does not have it
            try {
                write("jmh-visualizer.json", file -> Exports.visualizer(jmh, file));
            } catch (IOException e) {
                problems.add(Reason.of(e));
            }
        }
    }

    private void write(String name, byte[] content) throws IOException {
        write(name, file -> Files.write(file, content));
    }

    private void write(String name, AtomicFile.Content content) throws IOException {
        Path file = target.resolve(name);
        Attempt.to("write " + file, () -> AtomicFile.write(file, content));
        written.add(file);
    }
}
