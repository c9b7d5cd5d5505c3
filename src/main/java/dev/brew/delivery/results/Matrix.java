package dev.brew.delivery.results;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * matrix.json: the decision matrix as it was measured.
 *
 * @param schema version of this file's form
 * @param seed   of all random choices: when processes are killed, when recipients are down
 * @param rows   in the order in which they ran, without those that failed
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

    /** The verdict of a row whose criterion is near the machine's own noise: the claim is neither confirmed nor refuted. */
    public static final String NOT_MEASURABLE = "not measurable here";

    /**
     * One claim and its verdict.
     *
     * @param name       as in {@code --row}: lower case letters, digits, dashes
     * @param kind       {@code row} or {@code anti-pattern}
     * @param title      for a heading
     * @param claim      about the two ways of delivery
     * @param experiment how the claim is tested
     * @param criterion  of the verdict, fixed before the run
     * @param verdict    {@code confirmed}, {@code refuted}, {@code depends} or {@value #NOT_MEASURABLE}
     * @param why        the condition, the reason of a refutation, or the noise that is near the criterion; empty if confirmed
     * @param seconds    the duration
     * @param figures    the measurements
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
     * @param path  a path's name and a setting that distinguishes it, such as {@code kafka acks=0}
     * @param what  the measured quantity
     * @param value in {@code unit}
     * @param unit  {@code ms}, {@code events}, {@code events/s}, {@code bytes} …; empty for a number without a unit
     */
    public record Figure(String path, String what, double value, String unit) {

        /** A value as text: three significant digits, groups of thousands; a dash for NaN. */
        public static String print(double value) {
            if (Double.isNaN(value)) {
                return "–";
            }
            BigDecimal rounded = new BigDecimal(value).round(new MathContext(Math.abs(value) >= 1000 ? 10 : 3));
            return value == Math.rint(value) || Math.abs(value) >= 1000
                    ? String.format(Locale.ROOT, "%,d", Math.round(value)) : rounded.stripTrailingZeros().toPlainString();
        }
    }
}
