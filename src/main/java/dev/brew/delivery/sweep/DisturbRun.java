package dev.brew.delivery.sweep;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.report.DisturbanceText;
import dev.brew.delivery.report.Report;
import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.OutputFile;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.run.Run;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run of {@code disturb}: the same disturbance on each path in turn, then one table and disturbance.json. {@link #run}
 * is for one thread; {@link #interrupt} may be called by another.
 */
public final class DisturbRun {

    private final List<Rig.Settings> paths;
    private final int recipients;
    private final Disturbance.Script script;
    private final Duration warmUp;
    private final Optional<Path> json;
    private final List<String> typed;
    private final PrintStream out;
    private final InstantSource clock;
    private final Run run;
    private final Map<String, DisturbanceFile.Result> measured = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

    /**
     * Plans a run; starts and writes nothing.
     *
     * @param paths   one or more, all with the same number of recipients
     * @param warmUp  duration of each path's warm-up
     * @param json    another file that gets all figures and samples
     * @param results directory that gets the run directory
     * @param typed   arguments that repeat the run
     */
    public DisturbRun(List<Rig.Settings> paths, Disturbance.Script script, Duration warmUp, Optional<Path> json, Path results,
                      List<String> typed, PrintStream out, PrintStream err, InstantSource clock) {
        this.paths = List.copyOf(paths);
        this.recipients = paths.get(0).recipients();
        this.script = script;
        this.warmUp = warmUp;
        this.json = json;
        this.typed = List.copyOf(typed);
        this.out = out;
        this.clock = clock;
        this.run = new Run(new Run.Plan(results, "disturb", paths.size() + " paths", paths.size(), "paths"), new Ending(), out,
                err);
    }

    /**
     * Runs it.
     *
     * @return the exit code: 0 if every path was measured and none lost an event without an error at the sender, else 1
     * @throws IOException if the results directory cannot be written
     */
    public int run() throws IOException {
        return run.run(clock, this::measure);
    }

    /** Ends the run early and keeps the paths that have finished. May be called by another thread. */
    public void interrupt() {
        run.interrupt();
    }

    private void measure() throws Exception {
        writeFigures(run.directory()); // names the kind of the run, also of one that is killed
        for (Rig.Settings path : paths) {
            if (run.isStopped()) {
                return;
            }
            out.printf(Locale.ROOT, "%s: %s %s for %.1f s, %.0f events/s …%n", path.path(), disturbed(),
                    script.slowness() == null ? "gives no answer" : "takes " + script.slowness(),
                    script.during().toMillis() / 1000.0, script.rate());
            measure(path);
        }
    }

    private void measure(Rig.Settings path) throws Exception {
        try (Rig rig = Rig.open(path, NanoClock.system(), System.getProperties(), System.getenv())) {
            rig.warmUp(warmUp);
            Disturbance disturbance = new Disturbance(rig, NanoClock.system(), script);
            DisturbanceFile.Result result = disturbance.run();
            settings.put(RunDirectory.pathStem(path.path()), rig.settings());
            measured.put(path.path(), result);
            DisturbanceText.timeline(result).forEach(out::println);
            for (DisturbanceFile.Stage stage : DisturbanceFile.Stage.values()) {
                run.directory().writeHlog(RunDirectory.stageStem(path.path(), stage),
                        disturbance.intervals(stage));
            }
            writeFigures(run.directory());
            result.problems().forEach(problem -> run.problem(path.path() + ": " + problem));
            run.finished(measured.size());
        }
    }

    private String disturbed() {
        return Recipient.names(recipients).get(script.who());
    }

    private void writeFigures(RunDirectory directory) throws IOException {
        directory.writeJson(RunDirectory.DISTURBANCE, file(script, recipients, measured));
    }

    static DisturbanceFile file(Disturbance.Script script, int recipients, Map<String, DisturbanceFile.Result> paths) {
        return new DisturbanceFile(Recipient.names(recipients).get(script.who()),
                script.slowness() == null ? null : script.slowness().toString(), script.rate(), script.before().toMillis(),
                script.during().toMillis(), script.after().toMillis(),
                DisturbanceFile.table(paths, recipients, script.who()), paths);
    }

    /** The end of a run of disturb. */
    private final class Ending implements Run.Kind {

        @Override
        public void sumUp(RunDirectory directory, boolean interrupted) throws IOException {
            directory.writeJson("environment.json", Environment.of(typed, run.startedAt().toString(), settings));
            if (measured.isEmpty()) {
                return;
            }
            out.println();
            DisturbanceText.lines(file(script, recipients, measured)).forEach(out::println);
            json.ifPresent(file -> Run.attempt("--json " + file + " could not be written", () -> OutputFile.write(file,
                    Json.write(measured).getBytes(StandardCharsets.UTF_8), out)).ifPresent(run::failure));
        }

        @Override
        public Set<Report.Format> report(RunDirectory directory) {
            return measured.isEmpty() ? Set.of() : EnumSet.of(Report.Format.HTML, Report.Format.SVG, Report.Format.PNG);
        }
    }
}
