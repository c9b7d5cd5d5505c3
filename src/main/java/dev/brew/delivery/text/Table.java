package dev.brew.delivery.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A table of plain text: aligned for a terminal, or as Markdown. Not thread-safe. */
public final class Table {

    static final char RIGHT = 'r';

    private final String columns;
    private final List<List<String>> lines = new ArrayList<>();

    /**
     * An empty table.
     *
     * @param columns a letter for each column: {@code l} for text, aligned to the left, {@code r} for numbers, aligned to the
     *                right
     * @param head    the columns' titles
     */
    public Table(String columns, List<String> head) {
        this.columns = columns;
        add(head);
    }

    /** As {@link #Table(String, List)}. */
    public Table(String columns, String... head) {
        this(columns, List.of(head));
    }

    /**
     * Adds a row.
     *
     * @throws IllegalArgumentException if it has not a cell for each column
     */
    public void add(List<String> cells) {
        if (cells.size() != columns.length()) {
            throw new IllegalArgumentException("cells must be " + columns.length() + ", got " + cells.size() + ": " + cells);
        }
        lines.add(List.copyOf(cells));
    }

    /** As {@link #add(List)}. */
    public void add(String... cells) {
        add(List.of(cells));
    }

    /** The columns' titles. */
    public List<String> head() {
        return lines.get(0);
    }

    /** The rows below the head. */
    public List<List<String>> rows() {
        return lines.subList(1, lines.size());
    }

    /** The same table with these columns alone. */
    public Table columns(List<Integer> kept) {
        StringBuilder letters = new StringBuilder();
        kept.forEach(column -> letters.append(columns.charAt(column)));
        Table table = new Table(letters.toString(), kept.stream().map(head()::get).toList());
        rows().forEach(row -> table.add(kept.stream().map(row::get).toList()));
        return table;
    }

    /** The head and the rows for a terminal, in columns of one width each, without trailing blanks. */
    public List<String> aligned() {
        int[] widths = IntStream.range(0, columns.length())
                .map(column -> lines.stream().mapToInt(line -> line.get(column).length()).max().orElseThrow()).toArray();
        return lines.stream().map(line -> aligned(line, widths)).toList();
    }

    private String aligned(List<String> line, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String blanks = " ".repeat(widths[i] - line.get(i).length());
            text.append(columns.charAt(i) == RIGHT ? blanks + line.get(i) : line.get(i) + blanks).append("  ");
        }
        return text.toString().stripTrailing();
    }

    /** As Markdown; no character of a cell is markup. */
    public String markdown() {
        return Markdown.table(columns, lines.stream().map(line -> line.stream().map(Markdown::text).toList()).toList());
    }
}
