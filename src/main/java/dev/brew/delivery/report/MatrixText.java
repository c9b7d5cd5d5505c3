package dev.brew.delivery.report;

import static dev.brew.delivery.text.Markdown.text;

import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.text.Markdown;
import dev.brew.delivery.text.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The decision matrix as text for a terminal, and as Markdown. */
public final class MatrixText {

    private static final int WIDTH = 110;
    private static final String INDENT = " ".repeat(13);

    private MatrixText() {
    }

    /** The text before a row is run. */
    public static String claim(String claim, String experiment, String criterion) {
        return part("claim", claim) + part("experiment", experiment) + part("criterion", criterion);
    }

    /** The text after a row has ended: every figure, and the verdict. */
    public static String figures(Matrix.Row row) {
        int path = row.figures().stream().mapToInt(figure -> figure.path().length()).max().orElse(0);
        int what = row.figures().stream().mapToInt(figure -> figure.what().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (Matrix.Figure figure : row.figures()) {
            text.append(String.format(Locale.ROOT, "  %-" + path + "s  %-" + what + "s  %10s %s%n", figure.path(),
                    figure.what(), Matrix.Figure.print(figure.value()), figure.unit()).replaceAll(" +\n", "\n"));
        }
        return text.append(String.format(Locale.ROOT, "  verdict: %s (%.0f s)%n", row.ruling(), row.seconds()))
                .toString();
    }

    /** A line for each row. */
    public static String summary(Matrix matrix) {
        int name = matrix.rows().stream().mapToInt(row -> row.name().length()).max().orElse(0);
        return matrix.rows().stream()
                .map(row -> String.format("%-12s  %-" + name + "s  %s%n", row.kind(), row.name(), row.ruling()))
                .collect(Collectors.joining());
    }

    /** Each row with its evidence. */
    public static String markdown(Matrix matrix) {
        List<List<String>> rows = new ArrayList<>(List.of(List.of("row", "claim", "verdict")));
        matrix.rows().forEach(row -> rows.add(List.of("[" + text(row.title()) + "](#" + row.name() + ")", text(row.claim()),
                "**" + row.verdict() + "**" + (row.why().isEmpty() ? "" : ": " + text(row.why())))));
        StringBuilder text = new StringBuilder(Markdown.table("lll", rows));
        matrix.rows().forEach(row -> text.append(markdown(row, matrix.seed())));
        return text.toString();
    }

    private static String markdown(Matrix.Row row, long seed) {
        StringBuilder text = new StringBuilder("\n<a id=\"").append(row.name()).append("\"></a>\n\n### ")
                .append(text(row.title())).append(row.kind().equals("row") ? "" : " (" + row.kind() + ")").append("\n\n")
                .append(text(row.claim())).append("\n\n*Experiment.* ").append(text(row.experiment()))
                .append("\n\n*Criterion.* ").append(text(row.criterion())).append("\n\n**Verdict: ")
                .append(text(row.ruling())).append(".**\n\n").append(table(row).markdown());
        return text.append("\n`java -jar target/benchmarks.jar matrix --row ").append(row.name()).append(" --seed ")
                .append(seed).append("`\n").toString();
    }

    /** A row's figures, a column for each path; an empty cell if a path does not have the figure. */
    static Table table(Matrix.Row row) {
        List<String> paths = row.figures().stream().map(Matrix.Figure::path).distinct().toList();
        Map<String, List<String>> lines = new LinkedHashMap<>();
        for (Matrix.Figure figure : row.figures()) {
            String unit = figure.unit().isEmpty() || figure.unit().equals("events") ? "" : ", " + figure.unit();
            List<String> cells = lines.computeIfAbsent(figure.what() + unit, key -> {
                List<String> empty = new ArrayList<>(Collections.nCopies(paths.size() + 1, ""));
                empty.set(0, key);
                return empty;
            });
            cells.set(paths.indexOf(figure.path()) + 1, Matrix.Figure.print(figure.value()));
        }
        List<String> head = new ArrayList<>(List.of("figure"));
        head.addAll(paths);
        Table table = new Table("l" + "r".repeat(paths.size()), head);
        lines.values().forEach(table::add);
        return table;
    }

    private static String part(String name, String text) {
        StringBuilder lines = new StringBuilder(String.format("  %-11s", name));
        int column = INDENT.length();
        for (String word : text.split(" ")) {
            if (column + 1 + word.length() > WIDTH) {
                lines.append('\n').append(INDENT);
                column = INDENT.length();
            }
            lines.append(' ').append(word);
            column += 1 + word.length();
        }
        return lines.append('\n').toString();
    }
}
