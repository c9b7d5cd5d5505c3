package dev.brew.delivery.text;

import java.util.List;
import java.util.stream.Collectors;

/** GitHub-flavoured Markdown. */
public final class Markdown {

    private Markdown() {
    }

    /**
     * Escapes plain text for Markdown, also for a cell of a table: a line break becomes {@code <br>}. An underscore
     * within a word is not markup, so it is not escaped.
     */
    public static String text(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replaceAll("[\\\\`*~|\\[]", "\\\\$0")
                .replaceAll("(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])", "\\\\_").replaceAll("\\R", "<br>");
    }

    /**
     * A table.
     *
     * @param columns see {@link Table}
     * @param rows    Markdown, the head first; plain text has to go through {@link #text}
     */
    public static String table(String columns, List<List<String>> rows) {
        String rule = columns.chars().mapToObj(column -> column == Table.RIGHT ? "---:|" : "---|")
                .collect(Collectors.joining("", "|", "\n"));
        return row(rows.get(0)) + rule + rows.stream().skip(1).map(Markdown::row).collect(Collectors.joining());
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
