package dev.brew.delivery.report;

import dev.brew.delivery.report.Chart.Axis;
import dev.brew.delivery.report.Chart.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws a chart with a {@link Pen}: SVG and PNG are the same picture. Distances are in pixels. */
final class Drawing {

    static final int WIDTH = 900;
    private static final int LEFT = 78;
    private static final int RIGHT = 18;
    private static final int TOP = 40;
    private static final int PLOT_HEIGHT = 360;
    private static final int BELOW = 48;
    private static final int LEGEND_LINE = 20;
    private static final int LEGEND_COLUMNS = 2;
    private static final int MARKS_A_LINE = 9;
    private static final int TICK_TEXT = 34;
    private static final int FONT = 13;
    private static final int TITLE_FONT = 16;
    private static final String INK = "#222222";
    private static final String FAINT = "#dddddd";
    private static final String SHADE = "#fbeed5";
    private static final String DOUBTFUL = "#9a9a9a";
    /**
     * Okabe and Ito's palette for the colour-blind, without yellow, which is invisible on paper; marks distinguish
     * lines in grey.
     */
    private static final List<String> PALETTE = List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
            "#6b6b6b");
    private static final int[] DASHED = {7, 4};
    private static final int[] DOTTED = {2, 4};
    private static final int[] SOLID = {};
    private static final int[] SOLID_AGAIN = {14, 3};
    private static final int[] DASHED_AGAIN = {7, 3, 2, 3};

    /** Draws on one kind of picture. */
    interface Pen {
        /** Draws a group of elements; {@code name} is letters, digits, dashes and blanks. */
        default void group(String name, Runnable content) {
            content.run();
        }

        void line(double[] xs, double[] ys, String colour, double width, int[] dash);

        /** Fills a rectangle with its upper left corner at {@code x}, {@code y}. */
        void fill(double x, double y, double width, double height, String colour);

        void mark(int shape, double x, double y, String colour);

        /** @param anchor start, middle or end */
        void text(double x, double y, String text, int size, String anchor, boolean upward);
    }

    private final Chart chart;
    private final double[] xRange;
    private final double[] yRange;

    Drawing(Chart chart) {
        this.chart = chart;
        this.xRange = widened(chart.xs()[0], chart.xs()[chart.xs().length - 1], chart.x().log(), 1.0);
        double[] range = chart.range();
        this.yRange = widened(range[0], range[1], chart.y().log(), 1.15);
    }

    private static double[] widened(double low, double high, boolean log, double by) {
        if (low > high) {
            return new double[] {1, 10}; // no value can be drawn
        }
        double from = log ? low / by : low;
        double to = log ? high * by : high;
        if (from == to) {
            return log ? new double[] {from / 2, to * 2} : new double[] {from - 1, to + 1};
        }
        return new double[] {from, to};
    }

    /** The height of the picture. */
    int height() {
        return TOP + PLOT_HEIGHT + BELOW + LEGEND_LINE * ((chart.lines().size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS)
                + 8;
    }

    private static String colour(Line line) {
        return line.doubtful() ? DOUBTFUL : PALETTE.get(line.colour() % PALETTE.size());
    }

    /** Lines beyond the palette repeat its colours with another dash and another mark. */
    private static int[] dash(Line line) {
        if (line.doubtful()) {
            return DOTTED;
        }
        boolean again = line.colour() / PALETTE.size() % 2 == 1;
        return line.dashed() ? (again ? DASHED_AGAIN : DASHED) : (again ? SOLID_AGAIN : SOLID);
    }

    private static int mark(Line line) {
        return line.colour() + line.colour() / PALETTE.size();
    }

    void draw(Pen pen) {
        pen.text(LEFT, 24, chart.title(), TITLE_FONT, "start", false);
        chart.span().ifPresent(span -> pen.group("span", () -> shade(pen, span)));
        axes(pen);
        for (int i = 0; i < chart.lines().size(); i++) {
            Line line = chart.lines().get(i);
            pen.group("curve line-" + i, () -> curve(pen, line));
        }
        for (int i = 0; i < chart.lines().size(); i++) {
            int place = i;
            pen.group("legend line-" + i, () -> legend(pen, place));
        }
    }

    /** The positions of the chart's x values, in pixels from the left. */
    double[] positions() {
        return Arrays.stream(chart.xs()).map(this::x).toArray();
    }

    private void shade(Pen pen, Chart.Span span) {
        double from = x(Math.max(span.from(), xRange[0]));
        double to = x(Math.min(span.to(), xRange[1]));
        if (from < to) {
            pen.fill(from, TOP, to - from, PLOT_HEIGHT, SHADE);
            pen.text((from + to) / 2, TOP + PLOT_HEIGHT - 8, span.name(), FONT, "middle", false);
        }
    }

    private void axes(Pen pen) {
        for (double tick : ticks(chart.y(), yRange)) {
            double y = y(tick);
            pen.line(new double[] {LEFT, WIDTH - RIGHT}, new double[] {y, y}, FAINT, 1, SOLID);
            pen.text(LEFT - 8, y + 4, chart.y().text(tick), FONT, "end", false);
        }
        double lastEnd = Double.NEGATIVE_INFINITY;
        for (double tick : xTicks()) {
            double x = x(tick);
            boolean named = x - lastEnd > TICK_TEXT;
            pen.group("tick", () -> {
                pen.line(new double[] {x, x}, new double[] {TOP, TOP + PLOT_HEIGHT}, FAINT, 1, SOLID);
                if (named) {
                    pen.text(x, TOP + PLOT_HEIGHT + 18, chart.x().text(tick), FONT, "middle", false);
                }
            });
            lastEnd = named ? x : lastEnd;
        }
        pen.line(new double[] {LEFT, LEFT, WIDTH - RIGHT}, new double[] {TOP, TOP + PLOT_HEIGHT, TOP + PLOT_HEIGHT},
                INK, 1, SOLID);
        pen.text(LEFT + (WIDTH - LEFT - RIGHT) / 2.0, TOP + PLOT_HEIGHT + 38, chart.x().label(), FONT, "middle", false);
        pen.text(18, TOP + PLOT_HEIGHT / 2.0, chart.y().label(), FONT, "middle", true);
    }

    /** A tick for each x value if there are few. */
    private List<Double> xTicks() {
        if (chart.x().kind() == Chart.Kind.NUMBER && chart.xs().length <= 12) {
            List<Double> own = new ArrayList<>();
            for (double x : chart.xs()) {
                own.add(x);
            }
            return own;
        }
        return ticks(chart.x(), xRange);
    }

    /** 1, 2 and 5 times powers of ten on a logarithmic axis (percentiles: powers alone), even steps on a linear one. */
    static List<Double> ticks(Axis axis, double[] range) {
        List<Double> ticks = new ArrayList<>();
        if (axis.log()) {
            double[] steps = axis.kind() == Chart.Kind.PERCENTILE || range[1] / range[0] > 1e4 ? new double[] {1}
                    : new double[] {1, 2, 5};
            for (double power = Math.pow(10, Math.floor(Math.log10(range[0]))); power <= range[1]; power *= 10) {
                for (double step : steps) {
                    if (step * power >= range[0] * (1 - 1e-9) && step * power <= range[1] * (1 + 1e-9)) {
                        ticks.add(step * power);
                    }
                }
            }
            return ticks;
        }
        double rough = (range[1] - range[0]) / 8;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = rough / power <= 1 ? power : rough / power <= 2 ? 2 * power : rough / power <= 5 ? 5 * power
                : 10 * power;
        for (double tick = Math.ceil(range[0] / step) * step; tick <= range[1] + step * 1e-9; tick += step) {
            ticks.add(tick);
        }
        return ticks;
    }

    private void curve(Pen pen, Line line) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < chart.xs().length; i++) {
            double value = line.ys()[i];
            if (!Double.isNaN(value) && (value > 0 || !chart.y().log())) {
                points.add(new double[] {x(chart.xs()[i]), y(value)});
            }
        }
        if (points.isEmpty()) {
            return;
        }
        pen.line(points.stream().mapToDouble(p -> p[0]).toArray(), points.stream().mapToDouble(p -> p[1]).toArray(),
                colour(line), 2, dash(line));
        int every = Math.max(1, points.size() / MARKS_A_LINE);
        for (int i = 0; i < points.size(); i += every) {
            pen.mark(mark(line), points.get(i)[0], points.get(i)[1], colour(line));
        }
    }

    private void legend(Pen pen, int place) {
        Line line = chart.lines().get(place);
        double x = LEFT + (WIDTH - LEFT - RIGHT) / (double) LEGEND_COLUMNS * (place % LEGEND_COLUMNS);
        double y = TOP + PLOT_HEIGHT + BELOW + 12 + LEGEND_LINE * (place / LEGEND_COLUMNS);
        pen.line(new double[] {x, x + 34}, new double[] {y, y}, colour(line), 2, dash(line));
        pen.mark(mark(line), x + 17, y, colour(line));
        pen.text(x + 42, y + 4, line.name(), FONT, "start", false);
    }

    private double x(double value) {
        return LEFT + (WIDTH - LEFT - RIGHT) * share(value, xRange, chart.x().log());
    }

    private double y(double value) {
        return TOP + PLOT_HEIGHT * (1 - share(value, yRange, chart.y().log()));
    }

    private static double share(double value, double[] range, boolean log) {
        return log ? Math.log(value / range[0]) / Math.log(range[1] / range[0])
                : (value - range[0]) / (range[1] - range[0]);
    }
}
