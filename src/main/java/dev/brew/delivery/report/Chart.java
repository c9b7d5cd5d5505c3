package dev.brew.delivery.report;

import java.util.List;
import java.util.Locale;

/**
 * What a chart shows, however it is drawn.
 *
 * @param id    letters, digits and dashes: its place in the page and its file's name
 * @param xs    in ascending order, the same for all lines
 * @param lines at least one
 */
record Chart(String id, String title, Axis x, Axis y, double[] xs, List<Line> lines) {

    /** What the numbers of an axis are. */
    enum Kind {
        /** Microseconds. */
        MICROS,
        /** 1/(1 − p), shown as a percentile. */
        PERCENTILE,
        /** A plain number. */
        NUMBER
    }

    /**
     * An axis.
     *
     * @param log true for a logarithmic one
     */
    record Axis(String label, Kind kind, boolean log) {

        /** A number of this axis as a person reads it. */
        String text(double value) {
            if (kind == Kind.PERCENTILE) {
                return String.format(Locale.ROOT, "%.4f", 100 - 100 / value).replaceAll("\\.?0+$", "") + " %";
            }
            return number(value);
        }
    }

    /**
     * A line.
     *
     * @param ys       one for each x; NaN where there is none
     * @param colour   its place in the palette; lines that belong together have the same
     * @param dashed   the lesser of two lines of one colour
     * @param doubtful invalid or saturated: drawn faintly, and said in its name
     */
    record Line(String name, double[] ys, int colour, boolean dashed, boolean doubtful) {
    }

    /** Up to three places behind the point, groups of thousands. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        String format = size == Math.rint(size) || size >= 100 ? "%,.0f" : size >= 10 ? "%,.1f" : size >= 1 ? "%,.2f"
                : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    /** The smallest and largest of the lines' values that can be drawn. */
    double[] range() {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Line line : lines) {
            for (double value : line.ys) {
                if (!Double.isNaN(value) && (value > 0 || !y.log)) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
        return new double[] {low, high};
    }
}
