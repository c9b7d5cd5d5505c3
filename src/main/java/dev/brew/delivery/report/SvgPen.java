package dev.brew.delivery.report;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws a chart as SVG. Text remains text, so it can be searched and copied. */
final class SvgPen implements Drawing.Pen {

    private final StringBuilder out = new StringBuilder();

    private SvgPen() {
    }

    static String draw(Chart chart) {
        Drawing drawing = new Drawing(chart);
        SvgPen pen = new SvgPen();
        drawing.draw(pen);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + Drawing.WIDTH + " " + drawing.height()
                + "\" width=\"" + Drawing.WIDTH + "\" height=\"" + drawing.height() + "\" role=\"img\" aria-label=\""
                + escape(chart.title()) + "\" font-family=\"system-ui, sans-serif\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" + pen.out + "</svg>\n";
    }

    @Override
    public void group(String name, Runnable content) {
        out.append("<g class=\"").append(name).append("\">\n");
        content.run();
        out.append("</g>\n");
    }

    @Override
    public void line(double[] xs, double[] ys, String colour, double width, int[] dash) {
        String points = IntStream.range(0, xs.length).mapToObj(i -> place(xs[i]) + "," + place(ys[i]))
                .collect(Collectors.joining(" "));
        String dashes = dash.length == 0 ? "" : " stroke-dasharray=\""
                + Arrays.stream(dash).mapToObj(Integer::toString).collect(Collectors.joining(" ")) + "\"";
        out.append("<polyline points=\"").append(points).append("\" fill=\"none\" stroke=\"").append(colour)
                .append("\" stroke-width=\"").append(place(width)).append('"').append(dashes).append("/>\n");
    }

    @Override
    public void fill(double x, double y, double width, double height, String colour) {
        out.append("<rect x=\"").append(place(x)).append("\" y=\"").append(place(y)).append("\" width=\"")
                .append(place(width)).append("\" height=\"").append(place(height)).append("\" fill=\"").append(colour)
                .append("\"/>\n");
    }

    @Override
    public void mark(int shape, double x, double y, String colour) {
        String path = Arrays.stream(Marks.corners(shape)).map(corner -> place(x + corner[0]) + ","
                + place(y + corner[1]))
                .collect(Collectors.joining(" "));
        out.append("<polygon points=\"").append(path).append("\" fill=\"").append(colour).append("\"/>\n");
    }

    @Override
    public void text(double x, double y, String text, int size, String anchor, boolean upward) {
        out.append("<text x=\"").append(place(x)).append("\" y=\"").append(place(y)).append("\" font-size=\"")
                .append(size)
                .append("\" text-anchor=\"").append(anchor).append("\" fill=\"#222222\"")
                .append(upward ? " transform=\"rotate(-90 " + place(x) + " " + place(y) + ")\"" : "")
                .append('>').append(escape(text)).append("</text>\n");
    }

    /** With at most one decimal. Not by {@code String.format}: a page has 50,000 numbers, and these would be 70 MB of garbage. */
    static String place(double value) {
        long tenths = Math.round(10 * value);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : BigDecimal.valueOf(tenths, 1).toPlainString();
    }

    /** For text and attributes of SVG and HTML. */
    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
