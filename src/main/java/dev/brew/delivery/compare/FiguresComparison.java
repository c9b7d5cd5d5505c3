package dev.brew.delivery.compare;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Status;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Markdown;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Two runs side by side that are not compared by their trials: sweeps, and runs of disturb or of the matrix.
 *
 * @param parts      tables, each with its title, which may be empty
 * @param remarks    differences and problems, a line each
 * @param conclusion the last line
 * @param same       false if a verdict differs
 */
public record FiguresComparison(List<Part> parts, List<String> remarks, String conclusion, boolean same) {

    /** A table and its title. */
    record Part(String title, Table table) {
    }

    /**
     * Compares two runs, unless they are compared by their trials.
     *
     * @return empty for runs of benchmarks, and for directories of runs
     * @throws IOException if the runs differ in kind, or a file cannot be read; the message says why
     */
    public static Optional<FiguresComparison> of(Path base, Path candidate) throws IOException {
        Optional<RunDirectory.Kind> left = kind(base);
        Optional<RunDirectory.Kind> right = kind(candidate);
        if (left.isPresent() && right.isPresent() && left.get() != right.get()) {
            throw new IOException("different kinds of run: " + base + " is a run of " + left.get().label + ", " + candidate
                    + " is a run of " + right.get().label);
        }
        boolean sweeps = left.equals(right) && left.equals(Optional.of(RunDirectory.Kind.SWEEP));
        boolean trials = left.or(() -> right).map(RunDirectory.Kind::hasTrials).orElse(true);
        if (trials && !sweeps) {
            return Optional.empty();
        }
        if (left.isEmpty() || right.isEmpty()) {
            throw new IOException("different kinds of run: " + base + " is " + word(left) + ", " + candidate + " is "
                    + word(right));
        }
        RunDirectory from = RunDirectory.open(base);
        RunDirectory to = RunDirectory.open(candidate);
        return Optional.of(switch (left.get()) {
            case SWEEP -> SweepComparison.of(from, to);
            case MATRIX -> MatrixComparison.of(from, to);
            default -> DisturbanceComparison.of(from, to);
        });
    }

    /** Empty if {@code path} is no run, but may hold runs. */
    private static Optional<RunDirectory.Kind> kind(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new IOException(path + ": there is no such directory");
        }
        return Files.exists(path.resolve("status.json")) ? Optional.of(RunDirectory.open(path).kind()) : Optional.empty();
    }

    private static String word(Optional<RunDirectory.Kind> kind) {
        return kind.map(known -> "a run of " + known.label).orElse("a directory of runs");
    }

    /** Differences of machines and versions, and why a run is not valid. */
    static List<String> remarks(RunDirectory base, RunDirectory candidate) throws IOException {
        List<String> lines = new ArrayList<>();
        Environment left = base.environment();
        Environment right = candidate.environment();
        Map<String, List<String>> differences = Differences.ofMachines(left.machine(), right.machine());
        differences.putAll(Differences.ofVersions(left.versions(), right.versions()));
        differences.forEach((name, values) -> lines.add(differs(name, values.get(0), values.get(1))));
        invalid("base", base).ifPresent(lines::add);
        invalid("candidate", candidate).ifPresent(lines::add);
        return lines;
    }

    /** What only one of two runs has, a line each. */
    static List<String> onOneSide(Collection<String> base, Collection<String> candidate) {
        List<String> lines = new ArrayList<>();
        base.stream().filter(name -> !candidate.contains(name)).forEach(name -> lines.add("missing from the candidate: " + name));
        candidate.stream().filter(name -> !base.contains(name)).forEach(name -> lines.add("only in the candidate: " + name));
        return lines;
    }

    static String differs(String name, String base, String candidate) {
        return "differs: " + name + ": " + base + " | " + candidate;
    }

    private static Optional<String> invalid(String side, RunDirectory run) throws IOException {
        Status status = run.status();
        return status.state() == Status.State.VALID ? Optional.empty()
                : Optional.of("the " + side + " is " + status.state() + ": do not use its figures");
    }

    /** Candidate ÷ base; a dash if one of them has no value, or is zero. */
    static String ratio(double base, double candidate) {
        return base > 0 && candidate > 0 ? String.format(Locale.ROOT, "%.2f", candidate / base) : "-";
    }

    /** 0, or 1 if a verdict differs. */
    public int exitCode() {
        return same ? 0 : 1;
    }

    /** For a terminal; the last line is the conclusion. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Part part : parts) {
            if (!part.title.isEmpty()) {
                lines.add("");
                lines.add(part.title);
            }
            lines.addAll(part.table.aligned());
        }
        lines.addAll(remarks);
        lines.add(conclusion);
        return lines;
    }

    /** Writes comparison.md to {@code directory}, which is created if it does not exist. */
    public void write(Path directory) throws IOException {
        Attempt.to("create the comparison's directory " + directory, () -> Files.createDirectories(directory));
        StringBuilder text = new StringBuilder("### ").append(Markdown.text(conclusion)).append("\n");
        for (Part part : parts) {
            text.append(part.title.isEmpty() ? "" : "\n" + Markdown.text(part.title) + "\n").append('\n')
                    .append(part.table.markdown());
        }
        text.append(remarks.isEmpty() ? "" : "\n");
        remarks.forEach(line -> text.append("- ").append(Markdown.text(line)).append('\n'));
        RunDirectory.open(directory).write("comparison.md", text.toString());
    }
}
