package dev.brew.delivery.results;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * One run's directory. Every file is written under a temporary name and renamed, so a file that is there is whole.
 * Trials are written by the process that measured them, as soon as they have ended: what was finished stays, whatever
 * happens to the run.
 */
public final class RunDirectory {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final String TRIALS = "trials";

    private final Path path;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes {@code <UTC yyyyMMdd-HHmmss>-<label>} in {@code results}; a number is added if it is there already.
     *
     * @param label letters, digits, dashes
     */
    public static RunDirectory create(Path results, Instant start, String label) throws IOException {
        Files.createDirectories(results);
        String name = STAMP.format(start) + "-" + label;
        for (int i = 1; ; i++) {
            Path path = results.resolve(i == 1 ? name : name + "-" + i);
            try {
                Files.createDirectory(path);
                Files.createDirectory(path.resolve(TRIALS));
                return new RunDirectory(path);
            } catch (FileAlreadyExistsException e) {
                // another run began in the same second: the next number
            }
        }
    }

    /** The run directory at {@code path}, which is there. */
    public static RunDirectory open(Path path) {
        return new RunDirectory(path);
    }

    public Path path() {
        return path;
    }

    /** Writes {@code text} to the file {@code name}. */
    public void write(String name, String text) throws IOException {
        Path target = path.resolve(name);
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        Files.writeString(temporary, text, StandardCharsets.UTF_8);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes {@code value}, a record, as JSON to the file {@code name}. */
    public void writeJson(String name, Object value) throws IOException {
        write(name, Json.write(value));
    }

    /** Writes a trial that has ended: its intervals, then what it says of itself. Both are there, or it does not count. */
    public void writeTrial(TrialInfo info, List<Histogram> intervals) throws IOException {
        String stem = Stem.of(info.benchmark(), info.params());
        String name = TRIALS + "/" + stem + "_trial=" + info.trial();
        write(name + ".hlog", HistogramFiles.hlog(stem + " trial " + info.trial(), intervals));
        writeJson(name + ".json", info);
    }

    /** All trials that have ended, in order of benchmark and number. */
    public List<Trial> trials() throws IOException {
        List<Trial> trials = new ArrayList<>();
        try (Stream<Path> files = Files.list(path.resolve(TRIALS))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                String hlog = file.getFileName().toString().replaceAll("\\.json$", ".hlog");
                trials.add(new Trial(Json.read(file, TrialInfo.class),
                        HistogramFiles.readHlog(file.resolveSibling(hlog))));
            }
        }
        trials.sort(Comparator.comparing(Trial::stem).thenComparing(trial -> trial.info().trial()));
        return trials;
    }

    /**
     * A trial as read back.
     *
     * @param intervals one for each second and series
     */
    public record Trial(TrialInfo info, List<Histogram> intervals) {

        /** See {@link Stem}. */
        public String stem() {
            return Stem.of(info.benchmark(), info.params());
        }
    }
}
