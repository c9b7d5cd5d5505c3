package dev.brew.delivery.results;

import dev.brew.delivery.text.AtomicFile;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Natural;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * The directory of one run. Every file is written under a temporary name and renamed, so an existing file is complete.
 * The process that measures a trial writes it as soon as the trial has ended, so finished trials survive a crash of the run.
 */
public final class RunDirectory {

    /** The figures of a run of disturb. */
    public static final String DISTURBANCE = "disturbance.json";
    private static final String MATRIX = "matrix.json";
    public static final String SWEEP = "sweep.json";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final String TRIALS = "trials";

    private final Path path;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes {@code <UTC yyyyMMdd-HHmmss>-<label>} in {@code results}; a number is added if it exists already.
     *
     * @param label letters, digits, dashes
     */
    public static RunDirectory create(Path results, Instant start, String label) throws IOException {
        return make(fresh(results, start, label));
    }

    /** As {@link #create}, but creates an empty directory. */
    public static Path fresh(Path results, Instant start, String label) throws IOException {
        return Attempt.to("create a run directory in " + results, () -> {
            Files.createDirectories(results);
            return fresh(results, STAMP.format(start) + "-" + label);
        });
    }

    private static Path fresh(Path results, String name) throws IOException {
        for (int i = 1; ; i++) {
            Path path = results.resolve(i == 1 ? name : name + "-" + i);
            try {
                return Files.createDirectory(path);
            } catch (FileAlreadyExistsException e) {
                // another run started in the same second: try the next number
            }
        }
    }

    /** Makes {@code path} a run directory, if it is not one yet. */
    public static RunDirectory make(Path path) throws IOException {
        Attempt.to("create " + path.resolve(TRIALS), () -> Files.createDirectories(path.resolve(TRIALS)));
        return new RunDirectory(path);
    }

    /** The existing run directory at {@code path}. */
    public static RunDirectory open(Path path) {
        return new RunDirectory(path);
    }

    public Path path() {
        return path;
    }

    /** Writes {@code text} to the file {@code name}. */
    public void write(String name, String text) throws IOException {
        Path target = path.resolve(name);
        Attempt.to("write " + target, () -> AtomicFile.write(target, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes {@code <stem>.hlog}: intervals that are tagged with their series, in order of time. */
    public void writeHlog(String stem, List<Histogram> intervals) throws IOException {
        write(stem + ".hlog", HistogramFiles.hlog(stem, intervals));
    }

    /** The kinds of runs. The label follows "a run of". */
    public enum Kind {
        BENCHMARKS("benchmarks"), SWEEP("sweep"), DISTURB("disturb"), MATRIX("matrix");

        public final String label;

        Kind(String label) {
            this.label = label;
        }

        /** True if the run has trials, which can be pooled with those of other runs; a trimmed sweep may have lost them. */
        public boolean hasTrials() {
            return this == BENCHMARKS || this == SWEEP;
        }
    }

    /** The kind of the run, by its files. A sweep or a matrix run without results counts as benchmarks. */
    public Kind kind() {
        return Files.exists(path.resolve(DISTURBANCE)) ? Kind.DISTURB
                : Files.exists(path.resolve(MATRIX)) ? Kind.MATRIX
                : Files.exists(path.resolve(SWEEP)) ? Kind.SWEEP : Kind.BENCHMARKS;
    }

    /** Writes {@code value}, a record, as JSON to the file {@code name}. */
    public void writeJson(String name, Object value) throws IOException {
        write(name, Json.write(value));
    }

    /**
     * The figures of the run.
     *
     * @throws IOException if the file is missing, damaged or of another schema; the message names it
     */
    public Summary summary() throws IOException {
        return Json.read(path.resolve("summary.json"), Summary.class, Summary.OLDEST_SCHEMA, Summary.SCHEMA);
    }

    /** As {@link #summary}, for the environment of the run. */
    public Environment environment() throws IOException {
        return Json.read(path.resolve("environment.json"), Environment.class, Environment.SCHEMA);
    }

    /** As {@link #summary}, for the status, which states whether the figures may be used. */
    public Status status() throws IOException {
        return Json.read(path.resolve("status.json"), Status.class, Status.SCHEMA);
    }

    /** As {@link #summary}, for the decision matrix of a run of the matrix. */
    public Matrix matrix() throws IOException {
        return Json.read(path.resolve(MATRIX), Matrix.class, Matrix.SCHEMA);
    }

    /** As {@link #summary}, for the figures of a run of disturb. */
    public DisturbanceFile disturbance() throws IOException {
        return Json.read(path.resolve(DISTURBANCE), DisturbanceFile.class, DisturbanceFile.SCHEMA);
    }

    /** The intervals of one stage of a disturbance, as {@link #completed}, but of all series. */
    public List<Histogram> stage(String deliveryPath, DisturbanceFile.Stage stage) throws IOException {
        return StoredInterval.histograms(HistogramFiles.readHlog(path.resolve(stageStem(deliveryPath, stage) + ".hlog")));
    }

    /** The stem of a stage's .hlog. */
    public static String stageStem(String deliveryPath, DisturbanceFile.Stage stage) {
        return pathStem(deliveryPath) + "_stage=" + stage.label();
    }

    /** The stem of a disturbed path, as in the settings of environment.json. */
    public static String pathStem(String deliveryPath) {
        return "disturb_path=" + deliveryPath;
    }

    /** As {@link #summary}, for the edges of a sweep. */
    public SweepFile sweep() throws IOException {
        return Json.read(path.resolve(SWEEP), SweepFile.class, SweepFile.SCHEMA);
    }

    /**
     * The intervals of one row's series <em>completed</em>, in order of time; the other series are not decoded. A run whose
     * merged .hlog files were deleted to save space is read from those of its trials.
     *
     * @throws IOException if a file is missing or damaged; the message names it
     */
    public List<StoredInterval> completed(String stem) throws IOException {
        Path merged = path.resolve(stem + ".hlog");
        List<Path> files = Files.exists(merged) ? List.of() : hlogsOfTrials(stem);
        if (files.isEmpty()) {
            return HistogramFiles.readCompleted(merged);
        }
        List<StoredInterval> all = new ArrayList<>();
        for (Path file : files) {
            all.addAll(HistogramFiles.readCompleted(file));
        }
        all.sort(Comparator.comparingLong(StoredInterval::startMillis));
        return all;
    }

    private List<Path> hlogsOfTrials(String stem) throws IOException {
        if (!Files.isDirectory(path.resolve(TRIALS))) {
            return List.of();
        }
        try (Stream<Path> files = Attempt.to("read " + path.resolve(TRIALS), () -> Files.list(path.resolve(TRIALS)))) {
            return files.filter(file -> file.getFileName().toString().startsWith(stem + "_trial=")
                    && file.toString().endsWith(".hlog")).sorted().toList();
        }
    }

    /** Writes a trial that has ended: its intervals, then its {@link TrialInfo}. A trial counts only with both files. */
    public void writeTrial(TrialInfo info, List<StoredInterval> intervals) throws IOException {
        String stem = Stem.of(info.benchmark(), info.params());
        String name = TRIALS + "/" + stem + "_trial=" + info.trial();
        write(name + ".hlog", HistogramFiles.hlogOfStored(stem + " trial " + info.trial(), intervals));
        writeJson(name + ".json", info);
    }

    /** True if a trial has ended. */
    public boolean hasTrials() throws IOException {
        try (Stream<Path> files = Attempt.to("read " + path.resolve(TRIALS), () -> Files.list(path.resolve(TRIALS)))) {
            return files.anyMatch(file -> file.toString().endsWith(".json"));
        }
    }

    /** All trials that have ended, in order of benchmark and number. */
    public List<Trial> trials() throws IOException {
        List<Trial> trials = new ArrayList<>();
        try (Stream<Path> files = Attempt.to("read " + path.resolve(TRIALS), () -> Files.list(path.resolve(TRIALS)))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                trials.add(readTrial(file));
            }
        }
        trials.sort(Comparator.comparing(Trial::stem, Natural.ORDER).thenComparing(trial -> trial.info().trial()));
        return trials;
    }

    /** How the trials that have ended were warmed up, by stem; without trials that were not. */
    public Map<String, List<WarmUpCurve>> warmUps() throws IOException {
        Map<String, List<WarmUpCurve>> curves = new LinkedHashMap<>();
        if (!Files.isDirectory(path.resolve(TRIALS))) {
            return curves; // a trimmed copy of a run
        }
        try (Stream<Path> files = Attempt.to("read " + path.resolve(TRIALS), () -> Files.list(path.resolve(TRIALS)))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                TrialInfo info = Json.read(file, TrialInfo.class);
                if (info.warmUp() != null) {
                    curves.computeIfAbsent(Stem.of(info.benchmark(), info.params()), stem -> new ArrayList<>())
                            .add(info.warmUp());
                }
            }
        }
        return curves;
    }

    /** The trial {@code number} of {@code stem}, if it has ended. */
    public Optional<Trial> trial(String stem, int number) throws IOException {
        Path file = path.resolve(TRIALS).resolve(stem + "_trial=" + number + ".json");
        return Files.exists(file) ? Optional.of(readTrial(file)) : Optional.empty();
    }

    private static Trial readTrial(Path json) throws IOException {
        String hlog = json.getFileName().toString().replaceAll("\\.json$", ".hlog");
        return new Trial(Json.read(json, TrialInfo.class), HistogramFiles.readHlog(json.resolveSibling(hlog)));
    }

    /**
     * Writes the files of the whole run: environment.json, summary.json, and for each benchmark and parameter set the .hlog
     * and .hgrm of all its trials. May be called again when more trials have ended.
     *
     * @param command the words of the command line
     * @throws IOException if a file cannot be read or written, or if two trials of one benchmark ran under different
     *                     settings: a sum of their histograms would mix different systems
     */
    public Summary writeSummary(List<String> command, Instant startedAt) throws IOException {
        return writeSummary(command, startedAt, Versions.all());
    }

    /** As {@link #writeSummary(List, Instant)}, of trials of another jar's forks, with that jar's versions. */
    public Summary writeSummary(List<String> command, Instant startedAt, Map<String, String> versions)
            throws IOException {
        Map<String, List<Trial>> byStem = new LinkedHashMap<>();
        List<Trial> trials = trials();
        trials.forEach(trial -> byStem.computeIfAbsent(trial.stem(), stem -> new ArrayList<>()).add(trial));
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        for (Map.Entry<String, List<Trial>> entry : byStem.entrySet()) {
            settings.put(entry.getKey(), requireSameSettings(entry.getKey(), entry.getValue()));
            writeMerged(entry.getKey(), entry.getValue());
        }
        Environment environment = Environment.of(command, startedAt.toString(), versions, settings);
        Summary summary = Summary.of(environment, trials);
        writeJson("environment.json", environment);
        writeJson("summary.json", summary);
        return summary;
    }

    private void writeMerged(String stem, List<Trial> trials) throws IOException {
        List<StoredInterval> intervals = trials.stream().flatMap(trial -> trial.stored().stream())
                .sorted(Comparator.comparingLong(StoredInterval::startMillis)).toList();
        write(stem + ".hlog", HistogramFiles.hlogOfStored(stem + ", " + trials.size() + " trials", intervals));
        List<StoredInterval> untagged = intervals.stream().filter(interval -> interval.tag() == null).toList();
        Histogram completed = StoredInterval.mergeBySeries(untagged).get(Series.COMPLETED_ONLY.get(0));
        if (completed != null) {
            write(stem + ".hgrm", HistogramFiles.hgrm(completed));
        }
    }

    private static Map<String, String> requireSameSettings(String stem, List<Trial> trials) throws IOException {
        Map<String, String> first = trials.get(0).info().settings();
        for (Trial trial : trials) {
            if (!trial.info().settings().equals(first)) {
                throw new IOException(stem + ": trial " + trial.info().trial() + " ran with other settings than trial "
                        + trials.get(0).info().trial() + ": " + trial.info().settings() + " and " + first);
            }
        }
        return first;
    }

    /**
     * A trial as read from its files.
     *
     * @param stored one for each second and series
     */
    public record Trial(TrialInfo info, List<StoredInterval> stored) {

        /** See {@link Stem}. */
        public String stem() {
            return Stem.of(info.benchmark(), info.params());
        }

        /** The intervals of <em>completed</em>. */
        public List<StoredInterval> completedIntervals() {
            return stored.stream().filter(interval -> interval.tag() == null).toList();
        }

        /** The intervals by series. */
        Map<String, List<StoredInterval>> bySeries() {
            return stored.stream().collect(Collectors.groupingBy(StoredInterval::series, LinkedHashMap::new,
                    Collectors.toList()));
        }

        /** The histograms of each series, added up over all intervals: percentiles are never averaged. */
        public Map<String, Histogram> merged() {
            return StoredInterval.mergeBySeries(stored);
        }

        /** The figures of <em>completed</em> over the whole trial. */
        public Quantiles completed() {
            return Quantiles.of(StoredInterval.mergeBySeries(completedIntervals()).get(Series.COMPLETED_ONLY.get(0)));
        }

    }
}
