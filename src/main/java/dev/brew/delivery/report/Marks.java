package dev.brew.delivery.report;

/** Shapes that distinguish lines of the same colour. */
final class Marks {

    private static final double[][][] SHAPES = {
        polygon(12, 0), polygon(4, Math.PI / 4), polygon(3, -Math.PI / 2), polygon(4, 0), polygon(3, Math.PI / 2),
        polygon(5, -Math.PI / 2), polygon(6, 0)};
    private static final double RADIUS = 4.5;

    private Marks() {
    }

    /** The corners of a shape around 0, in pixels. */
    static double[][] corners(int shape) {
        return SHAPES[shape % SHAPES.length];
    }

    private static double[][] polygon(int corners, double turned) {
        double[][] polygon = new double[corners][];
        for (int i = 0; i < corners; i++) {
            double angle = turned + 2 * Math.PI * i / corners;
            polygon[i] = new double[] {RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)};
        }
        return polygon;
    }
}
