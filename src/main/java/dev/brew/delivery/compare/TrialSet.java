package dev.brew.delivery.compare;

import dev.brew.delivery.results.Conditions;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.text.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One side of a comparison: the trials of one run, or of several runs of the same build on one machine.
 *
 * @param name     the directory's name
 * @param failures why the run is not valid, a line each; empty if it is valid
 */
public record TrialSet(String name, Map<String, String> machine, Map<String, String> versions, List<TrialRow> rows,
                       List<String> failures) {

    /**
     * Reads a run directory, or a directory of run directories, whose trials are combined.
     *
     * @throws IOException if there is no run, or it cannot be read, or the runs differ; the message says why
     */
    public static TrialSet read(Path directory) throws IOException {
        List<Path> runs = runs(directory).stream().filter(run -> RunDirectory.open(run).kind().hasTrials()).toList();
        if (runs.isEmpty()) {
            throw new IOException(directory + " has no trials: it has only runs of disturb or matrix, of which two are "
                    + "compared with each other");
        }
        List<String> failures = new ArrayList<>();
        Map<String, List<RunDirectory.Trial>> byStem = new LinkedHashMap<>();
        Environment first = null;
        for (Path path : runs) {
            RunDirectory run = RunDirectory.open(path);
            Environment environment = environment(run);
            first = first == null ? environment : first;
            requireAlike(directory, path, first, environment);
            failures.addAll(failures(run));
            for (RunDirectory.Trial trial : run.trials()) {
                byStem.computeIfAbsent(trial.stem(), stem -> new ArrayList<>()).add(trial);
            }
        }
        List<TrialRow> rows = new ArrayList<>();
        for (List<RunDirectory.Trial> trials : byStem.values()) {
            requireFreshJvms(directory, trials);
            requireSameSettings(directory, trials);
            rows.add(TrialRow.of(trials));
        }
        return new TrialSet(directory.toAbsolutePath().normalize().getFileName().toString(), first.machine(),
                first.versions(), List.copyOf(rows), List.copyOf(failures));
    }

    /** The runs in {@code directory}, by name, or {@code directory} itself if it is a run. */
    static List<Path> runs(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + ": there is no such directory");
        }
        if (isRun(directory)) {
            return List.of(directory);
        }
        try (Stream<Path> entries = Attempt.to("read " + directory, () -> Files.list(directory))) {
            List<Path> runs = entries.filter(TrialSet::isRun).sorted().toList();
            if (runs.isEmpty()) {
                throw new IOException(directory + " is no run, and holds none: there are no trials");
            }
            return runs;
        }
    }

    private static boolean isRun(Path path) {
        return Files.exists(path.resolve("status.json")) && (Files.isDirectory(path.resolve("trials"))
                || !RunDirectory.open(path).kind().hasTrials()); // git keeps no empty directory
    }

    private static Environment environment(RunDirectory run) throws IOException {
        if (!Files.exists(run.path().resolve("environment.json"))) {
            throw new IOException(run.path()
                    + " has no environment.json: the run was killed, or has finished no trial; "
                    + "its machine is unknown");
        }
        return run.environment();
    }

    private static List<String> failures(RunDirectory run) throws IOException {
        Status status = run.status();
        return status.state() == Status.State.INVALID
                ? status.problems().stream().map(problem -> run.path().getFileName() + ": " + problem).toList()
                : List.of();
    }

    private static void requireAlike(Path set, Path path, Environment first, Environment other) throws IOException {
        Map<String, List<String>> differences = Differences.ofMachines(first.machine(), other.machine());
        differences.putAll(Differences.ofVersions(first.versions(), other.versions()));
        if (!differences.isEmpty()) {
            throw new IOException(set + " is no set: " + path.getFileName() + " differs from the runs before it: "
                    + Differences.print(differences));
        }
    }

    private static void requireFreshJvms(Path set, List<RunDirectory.Trial> trials) throws IOException {
        for (RunDirectory.Trial trial : trials) {
            if (!Conditions.isFreshJvm(trial.info().settings())) {
                throw new IOException(set + " has no trials: " + trial.stem() + " was measured with -f 0, and a trial is a"
                        + " fresh JVM");
            }
        }
    }

    private static void requireSameSettings(Path set, List<RunDirectory.Trial> trials) throws IOException {
        for (RunDirectory.Trial trial : trials) {
            Map<String, List<String>> differences =
                    Differences.of("", trials.get(0).info().settings(), trial.info().settings());
            if (!differences.isEmpty()) {
                throw new IOException(set + " is no set: trials of " + trial.stem() + " differ: "
                        + Differences.print(differences));
            }
        }
    }
}
