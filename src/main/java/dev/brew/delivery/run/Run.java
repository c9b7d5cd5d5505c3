package dev.brew.delivery.run;

import dev.brew.delivery.report.Report;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One run, from its directory to its exit code: status.json after each step, the summary, the state line and the report.
 * A run that breaks or is interrupted keeps its finished results. Safe for use by several threads: a shutdown
 * hook may close a run whose own thread is still measuring.
 */
public final class Run {

    private static final int OK = 0;
    private static final int FAILED = 1;

    private final Plan plan;
    private final Kind kind;
    private final PrintStream out;
    private final PrintStream err;
    private final List<String> problems = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private List<String> notes = List.of();
    private int finished;
    private int asked;
    private boolean closed;
    private volatile boolean stopped;
    private volatile Thread measuring;
    private volatile RunDirectory directory;
    private volatile Instant startedAt;

    /**
     * The description of a run before it starts.
     *
     * @param results directory that gets the run directory
     * @param label   end of the run directory's name: letters, digits, dashes
     * @param title   the subject of the measurement, printed at the start
     * @param asked   number of units to measure
     * @param unit    the units' name in the plural, such as {@code trials}
     */
    public record Plan(Path results, String label, String title, int asked, String unit) {
    }

    /** The parts of a run that depend on its kind. */
    public interface Kind {

        /** Writes the files about the whole run and prints its tables. Called once, at the end of the run. */
        void sumUp(RunDirectory directory, boolean interrupted) throws IOException;

        /** The formats of the report; empty if there is nothing to draw. Called after {@link #sumUp}. */
        Set<Report.Format> report(RunDirectory directory);

        /**
         * The number of finished units as the state line shows it.
         *
         * @param asked number of units that the run would have had
         */
        default String progress(int finished, Plan plan, int asked) {
            return finished + " of " + asked + " " + plan.unit();
        }

        /** Marks a line with the run's number, if several runs share a terminal. */
        default String mark(String line) {
            return line;
        }
    }

    /** The measuring part of a run. */
    @FunctionalInterface
    public interface Work {
        void measure() throws Exception;
    }

    /** Plans a run; writes and prints nothing. */
    public Run(Plan plan, Kind kind, PrintStream out, PrintStream err) {
        this.plan = plan;
        this.asked = plan.asked;
        this.kind = kind;
        this.out = out;
        this.err = err;
    }

    /** As {@link #all}, for this run only. */
    public int run(InstantSource clock, Work work) throws IOException {
        return all(List.of(this), clock, err, work);
    }

    /**
     * Creates the runs' directories, measures, and closes the runs. Holds the machine's {@link RunLock} during this
     * time.
     *
     * @return the exit code: 0 if each run is valid and everything is on disk; 1 otherwise, and if the lock is taken
     * @throws IOException if a run directory, or status.json in it, cannot be written
     */
    public static int all(List<Run> runs, InstantSource clock, PrintStream err, Work work) throws IOException {
        return RunLock.during(err, () -> underLock(runs, clock.instant(), err, work));
    }

    static int underLock(List<Run> runs, Instant now, PrintStream err, Work work) throws IOException {
        for (Run run : runs) {
            run.begin(now);
        }
        try {
            work.measure();
        } catch (Exception | Error e) { // the run is closed after any failure
            runs.forEach(run -> run.broke(e));
            Arrays.stream(e.getSuppressed()).map(Reason::of).forEach(err::println);
        }
        int code = OK;
        for (Run run : runs) {
            code = Math.max(code, run.close());
        }
        return code;
    }

    private void begin(Instant now) throws IOException {
        startedAt = now;
        measuring = Thread.currentThread();
        directory = RunDirectory.create(plan.results, now, plan.label);
        directory.writeJson("status.json", Status.running(0, plan.asked));
        out.println(kind.mark(plan.title + ", results in " + directory.path()));
    }

    /** Present once the run has begun. */
    public RunDirectory directory() {
        return directory;
    }

    public Instant startedAt() {
        return startedAt;
    }

    /** Writes the number of finished units to status.json; does nothing once the run is closed. */
    public void finished(int units) throws IOException {
        finished(units, plan.asked);
    }

    /** As {@link #finished(int)}, for a run whose number of units is known only while it runs. */
    public void finished(int units, int of) throws IOException {
        unlessClosed(() -> {
            finished = units;
            asked = of;
            directory.writeJson("status.json", Status.running(units, of));
        });
    }

    /** Does something that writes to the directory; does nothing once the run is closed, which waits for it. */
    public synchronized void unlessClosed(Step step) throws IOException {
        if (!closed) {
            step.run();
        }
    }

    /** Adds a reason why the run is not valid; ignored once the run is closed. */
    public synchronized void problem(String problem) {
        problems.add(kind.mark(problem));
    }

    public synchronized boolean hasProblems() {
        return !problems.isEmpty();
    }

    /** Adds a failure that leaves the figures valid, such as a file in another tool's format that was not written. */
    public synchronized void failure(String failure) {
        failures.add(failure);
    }

    /** Sets the notes of status.json, see {@link dev.brew.delivery.results.Conditions}. */
    public synchronized void notes(List<String> conditions) {
        notes = List.copyOf(conditions);
    }

    /** Marks the run as interrupted. No further unit should be measured. */
    public void stop() {
        stopped = true;
    }

    /** As {@link #stop}; interrupts the measuring thread, too. */
    public void interrupt() {
        stop();
        if (measuring != null) {
            measuring.interrupt();
        }
    }

    public boolean isStopped() {
        return stopped;
    }

    /**
     * Closes an interrupted run from another thread, since the run's own may hang. Does nothing before the run has
     * begun.
     */
    public void closeInterrupted() {
        try {
            if (directory != null) {
                close();
            }
        } catch (IOException e) {
            err.println("the interrupted run could not be summed up: " + Reason.of(e));
        }
    }

    private void broke(Throwable e) {
        if (!stopped || e instanceof Error) { // the cause of any other exception is the interrupt
            problem("the run broke: " + Reason.of(e));
        }
    }

    private synchronized int close() throws IOException {
        if (closed) {
            return FAILED;
        }
        closed = true;
        boolean interrupted = stopped;
        if (interrupted) {
            Thread.interrupted(); // a pending interrupt would break the writing of files
            problem("interrupted after " + finished + " of " + asked + " " + plan.unit);
        }
        attempt("the run could not be summed up", () -> kind.sumUp(directory, interrupted)).ifPresent(this::problem);
        Status status = Status.ended(interrupted, problems, finished, asked).noting(notes);
        directory.writeJson("status.json", status);
        out.printf("%n%s%n", kind.mark(status.state() + ": " + kind.progress(finished, plan, asked) + ", " + directory.path()));
        problems.forEach(err::println);
        failures.forEach(err::println);
        boolean drawn = interrupted || draw();
        return status.state() == Status.State.VALID && failures.isEmpty() && drawn ? OK : FAILED;
    }

    /** False if a part of the report is missing; PNGs may be missing where there are no fonts. */
    private boolean draw() {
        Set<Report.Format> formats = kind.report(directory);
        if (formats.isEmpty()) {
            return true;
        }
        List<String> undrawn = new ArrayList<>();
        attempt("the report could not be drawn", () -> {
            Report.Outcome outcome = Report.write(List.of(directory.path()), directory.path(), formats);
            outcome.written().stream().filter(file -> file.toString().endsWith(".html"))
                    .forEach(page -> out.println("report: " + page));
            outcome.noPng().ifPresent(err::println);
            undrawn.addAll(outcome.problems());
        }).ifPresent(undrawn::add);
        undrawn.forEach(err::println);
        return undrawn.isEmpty();
    }

    /** A step of a run. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    /** Runs a step and returns its failure in one line, so that the next steps still run; empty if it succeeded. */
    public static Optional<String> attempt(String failure, Step step) {
        try {
            step.run();
            return Optional.empty();
        } catch (IOException | RuntimeException | Error e) {
            return Optional.of(failure + ": " + Reason.of(e));
        }
    }
}
