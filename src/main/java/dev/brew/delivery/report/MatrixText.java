package dev.brew.delivery.report;

import dev.brew.delivery.results.Matrix;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The decision matrix in words: for a terminal, and as Markdown. */
public final class MatrixText {

    private static final int WIDTH = 110;
    private static final String INDENT = " ".repeat(13);

    private MatrixText() {
    }

    /** What is said before a row is run. */
    public static String claim(String claim, String experiment, String criterion) {
        return part("claim", claim) + part("experiment", experiment) + part("criterion", criterion);
    }

    /** What is said when it has ended: every figure, and the verdict. */
    public static String figures(Matrix.Row row) {
        int path = row.figures().stream().mapToInt(figure -> figure.path().length()).max().orElse(0);
        int what = row.figures().stream().mapToInt(figure -> figure.what().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (Matrix.Figure figure : row.figures()) {
            text.append(String.format(Locale.ROOT, "  %-" + path + "s  %-" + what + "s  %10s %s%n", figure.path(),
                    figure.what(), number(figure.value()), figure.unit()).replaceAll(" +\n", "\n"));
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
        StringBuilder text = new StringBuilder("| row | claim | verdict |\n|---|---|---|\n");
        matrix.rows().forEach(row -> text.append("| [").append(row.title()).append("](#").append(row.name())
                .append(") | ").append(row.claim()).append(" | **").append(row.verdict()).append("**")
                .append(row.why().isEmpty() ? "" : ": " + row.why()).append(" |\n"));
        matrix.rows().forEach(row -> text.append(markdown(row, matrix.seed())));
        return text.toString();
    }

    private static String markdown(Matrix.Row row, long seed) {
        StringBuilder text = new StringBuilder("\n<a id=\"").append(row.name()).append("\"></a>\n\n### ")
                .append(row.title()).append(row.kind().equals("row") ? "" : " (" + row.kind() + ")").append("\n\n")
                .append(row.claim()).append("\n\n*Experiment.* ").append(row.experiment()).append("\n\n*Criterion.* ")
                .append(row.criterion()).append("\n\n**Verdict: ").append(row.ruling()).append(".**\n\n");
        Columns table = Columns.of(row);
        text.append("| figure | ").append(String.join(" | ", table.paths())).append(" |\n|---|")
                .append("---:|".repeat(table.paths().size())).append('\n');
        table.cells().forEach((what, values) -> text.append("| ").append(what).append(" | ")
                .append(String.join(" | ", values)).append(" |\n"));
        return text.append("\n`java -jar target/benchmarks.jar matrix --row ").append(row.name()).append(" --seed ")
                .append(seed).append("`\n").toString();
    }

    /**
     * A row's figures with a column for each path.
     *
     * @param cells by what was measured and its unit; an empty cell where a path has no such figure
     */
    record Columns(List<String> paths, Map<String, List<String>> cells) {

        static Columns of(Matrix.Row row) {
            List<String> paths = row.figures().stream().map(Matrix.Figure::path).distinct().toList();
            Map<String, List<String>> cells = new LinkedHashMap<>();
            for (Matrix.Figure figure : row.figures()) {
                String what = figure.what() + (figure.unit().isEmpty() || figure.unit().equals("events") ? ""
                        : ", " + figure.unit());
                List<String> values = cells.computeIfAbsent(what, key -> new ArrayList<>(paths.stream().map(path -> "")
                        .toList()));
                values.set(paths.indexOf(figure.path()), number(figure.value()));
            }
            return new Columns(paths, cells);
        }
    }

    /** Three significant digits, thousands apart; a dash for what there is not. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(Math.abs(value) >= 1000 ? 10 : 3));
        return value == Math.rint(value) || Math.abs(value) >= 1000 ? String.format(Locale.ROOT, "%,d", Math.round(value))
                : rounded.stripTrailingZeros().toPlainString();
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
