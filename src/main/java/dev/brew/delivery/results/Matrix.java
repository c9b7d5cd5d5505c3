package dev.brew.delivery.results;

import java.util.List;

/**
 * matrix.json: the decision matrix as it was measured.
 *
 * @param schema version of this file's form
 * @param seed   of everything that is drawn at random: when processes are killed, when recipients are down
 * @param rows   in the order in which they ran; those that broke are not among them
 */
public record Matrix(int schema, long seed, List<Row> rows) {

    /** The version that this program writes and reads. */
    static final int SCHEMA = 1;

    public Matrix {
        rows = List.copyOf(rows);
    }

    /** Of this program's schema. */
    public Matrix(long seed, List<Row> rows) {
        this(SCHEMA, seed, rows);
    }

    /** A row's verdict where the machine's own noise is near the row's criterion: nothing is said of the claim. */
    public static final String NOT_MEASURABLE = "not measurable here";

    /**
     * One claim and what became of it.
     *
     * @param name       as in {@code --row}: lower case letters, digits, dashes
     * @param kind       {@code row} or {@code anti-pattern}
     * @param title      as people call it
     * @param claim      what is said of the two ways
     * @param experiment what was done
     * @param criterion  by which the verdict is found; written down before the run
     * @param verdict    {@code confirmed}, {@code refuted}, {@code depends} or {@value #NOT_MEASURABLE}
     * @param why        what it depends on, what refutes it, or which noise is near which criterion; empty when
     *                   confirmed
     * @param seconds    how long it took
     * @param figures    what was measured
     */
    public record Row(String name, String kind, String title, String claim, String experiment, String criterion,
                      String verdict, String why, double seconds, List<Figure> figures) {

        public Row {
            figures = List.copyOf(figures);
        }

        /** False if the machine's own noise was too near the criterion for a verdict. */
        public boolean wasMeasurable() {
            return !verdict.equals(NOT_MEASURABLE);
        }

        /** The verdict in one line. */
        public String ruling() {
            return why.isEmpty() ? verdict : verdict + ": " + why;
        }
    }

    /**
     * One figure.
     *
     * @param path  whose: a path's name, with what distinguishes it behind, such as {@code kafka acks=0}
     * @param what  was measured
     * @param value in {@code unit}
     * @param unit  {@code ms}, {@code events}, {@code events/s}, {@code bytes} …; empty for a mere number
     */
    public record Figure(String path, String what, double value, String unit) {
    }
}
