package dev.brew.delivery.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The content of a chart, independent of the picture's format.
 *
 * @param id    letters, digits and dashes, for the page and the file's name
 * @param xs    in ascending order, the same for all lines
 * @param lines at least one
 * @param span  a part of the x axis that is shaded
 */
record Chart(String id, String title, Axis x, Axis y, double[] xs, List<Line> lines, Optional<Span> span) {

    /** Without a shaded part. */
    Chart(String id, String title, Axis x, Axis y, double[] xs, List<Line> lines) {
        this(id, title, x, y, xs, lines, Optional.empty());
    }

    /** A part of the x axis, and its name. The part outside the axis is not drawn. */
    record Span(double from, double to, String name) {
    }

    /** The kind of an axis's numbers. */
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

        /** A number of this axis as text. */
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
     * @param ys       one for each x; NaN for no value
     * @param colour   its index in the palette; related lines have the same
     * @param dashed   true for the second line of a colour
     * @param doubtful invalid or saturated: drawn in grey, and marked in its name
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

    /** The smallest and the largest value that can be drawn. */
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
