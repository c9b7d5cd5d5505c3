package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawingTest {

    private static final Chart CHART = new Chart("id", "title", new Chart.Axis("N", Chart.Kind.NUMBER, false),
            new Chart.Axis("µs", Chart.Kind.MICROS, true), new double[] {1, 3, 10}, List.of(
            new Chart.Line("kafka", new double[] {150, Double.NaN, 3000}, 0, false, false),
            new Chart.Line("grpc", new double[] {100, 700, 5000}, 1, true, false)));

    /** Keeps the groups of lines, and the text at each place. */
    private static final class Notes implements Drawing.Pen {

        private final Map<String, List<double[][]>> lines = new TreeMap<>();
        private final Map<String, double[]> texts = new TreeMap<>();
        private final List<double[]> fills = new ArrayList<>();
        private String group = "";

        @Override
        public void group(String name, Runnable content) {
            group = name;
            content.run();
            group = "";
        }

        @Override
        public void line(double[] xs, double[] ys, String colour, double width, int[] dash) {
            lines.computeIfAbsent(group, key -> new ArrayList<>()).add(new double[][] {xs, ys});
        }

        @Override
        public void fill(double x, double y, double width, double height, String colour) {
            fills.add(new double[] {x, y, width, height});
        }

        @Override
        public void mark(int shape, double x, double y, String colour) {
        }

        @Override
        public void text(double x, double y, String text, int size, String anchor, boolean upward) {
            texts.put(text, new double[] {x, y});
        }
    }

    @Test
    void aValueStandsWhereTheTicksSaySo() {
        Notes notes = draw();
        double[] ys = notes.lines.get("curve line-1").get(0)[1];
        for (int i = 0; i < ys.length; i++) {
            assertThat(value(notes, ys[i])).isCloseTo(CHART.lines().get(1).ys()[i], within(0.1));
        }
        assertThat(notes.lines.get("curve line-1").get(0)[0]).containsExactly(notes.texts.get("1")[0],
                notes.texts.get("3")[0], notes.texts.get("10")[0]).containsExactly(new Drawing(CHART).positions());
    }

    /** From the ticks of 200 and 2,000, whose texts stand 4 pixels below their lines. */
    private static double value(Notes notes, double y) {
        double low = notes.texts.get("200")[1] - 4;
        double high = notes.texts.get("2,000")[1] - 4;
        return 200 * Math.pow(10, (y - low) / (high - low));
    }

    @Test
    void aPlaceWithoutAValueIsLeftOut() {
        assertThat(draw().lines.get("curve line-0").get(0)[0]).hasSize(2);
    }

    private static Notes draw() {
        Notes notes = new Notes();
        new Drawing(CHART).draw(notes);
        return notes;
    }

    @ParameterizedTest
    @CsvSource({"12, 12", "12.34, 12.3", "12.35, 12.4", "0.04, 0", "-0.04, 0", "-1.26, -1.3", "1234567.89, 1234567.9"})
    void aPlaceHasAtMostOneDecimal(double value, String written) {
        assertThat(SvgPen.place(value)).isEqualTo(written);
    }
}
