package dev.brew.delivery.compare;

import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The verdicts of two runs of the matrix, claim by claim, with the figures of each claim whose verdict differs. */
final class MatrixComparison {

    private final Map<String, Matrix.Row> base;
    private final Map<String, Matrix.Row> candidate;
    private final List<String> common;
    private final List<String> differing;

    private MatrixComparison(Matrix base, Matrix candidate) {
        this.base = byName(base);
        this.candidate = byName(candidate);
        this.common = this.base.keySet().stream().filter(this.candidate::containsKey).toList();
        this.differing = common.stream().filter(name -> !this.base.get(name).verdict()
                .equals(this.candidate.get(name).verdict())).toList();
    }

    private static Map<String, Matrix.Row> byName(Matrix matrix) {
        Map<String, Matrix.Row> rows = new LinkedHashMap<>();
        matrix.rows().forEach(row -> rows.put(row.name(), row));
        return rows;
    }

    static FiguresComparison of(RunDirectory base, RunDirectory candidate) throws IOException {
        MatrixComparison comparison = new MatrixComparison(base.matrix(), candidate.matrix());
        if (comparison.common.isEmpty()) {
            throw new IOException("nothing to compare: " + base.path() + " has " + comparison.base.keySet() + ", "
                    + candidate.path() + " has " + comparison.candidate.keySet());
        }
        List<String> remarks = comparison.remarks();
        remarks.addAll(FiguresComparison.remarks(base, candidate));
        return new FiguresComparison(comparison.parts(), List.copyOf(remarks), comparison.conclusion(),
                comparison.differing.isEmpty());
    }

    private List<FiguresComparison.Part> parts() {
        Table verdicts = new Table("llll", "row", "base", "candidate", "verdict");
        common.forEach(name -> verdicts.add(name, base.get(name).verdict(), candidate.get(name).verdict(),
                differing.contains(name) ? "differs" : "same"));
        List<FiguresComparison.Part> parts = new ArrayList<>(List.of(new FiguresComparison.Part("", verdicts)));
        differing.forEach(name -> parts.add(figures(base.get(name), candidate.get(name))));
        return List.copyOf(parts);
    }

    private static FiguresComparison.Part figures(Matrix.Row left, Matrix.Row right) {
        Map<String, Double> from = values(left);
        Map<String, Double> to = values(right);
        Map<String, Double> all = new LinkedHashMap<>(from);
        to.forEach(all::putIfAbsent);
        Table table = new Table("lrrr", "figure", "base", "candidate", "ratio");
        for (String figure : all.keySet()) {
            double one = from.getOrDefault(figure, Double.NaN);
            double other = to.getOrDefault(figure, Double.NaN);
            table.add(figure, Matrix.Figure.print(one), Matrix.Figure.print(other), FiguresComparison.ratio(one, other));
        }
        return new FiguresComparison.Part(left.title() + ": base " + left.ruling() + "; candidate " + right.ruling(),
                table);
    }

    private static Map<String, Double> values(Matrix.Row row) {
        Map<String, Double> values = new LinkedHashMap<>();
        row.figures().forEach(figure -> values.put(figure.path() + ", " + figure.what()
                + (figure.unit().isEmpty() ? "" : ", " + figure.unit()), figure.value()));
        return values;
    }

    private List<String> remarks() {
        List<String> lines = new ArrayList<>();
        common.stream().filter(name -> !base.get(name).criterion().equals(candidate.get(name).criterion()))
                .forEach(name -> lines.add("differs: the criterion of " + name));
        lines.addAll(FiguresComparison.onOneSide(base.keySet(), candidate.keySet()));
        return lines;
    }

    private String conclusion() {
        if (differing.isEmpty()) {
            return "the same verdicts in all " + common.size() + " rows that both runs have";
        }
        return differing.size() + " of " + common.size() + " verdicts differ: " + differing.stream()
                .map(name -> name + " (" + base.get(name).verdict() + ", then " + candidate.get(name).verdict() + ")")
                .collect(Collectors.joining(", "));
    }
}
