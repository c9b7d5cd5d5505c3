package dev.brew.delivery.text;

import java.util.Arrays;
import java.util.Collection;

/** The two medians of this project: they differ for an even number of values. */
public final class Median {

    private Median() {
    }

    /** The mean of the two middle values of an even number; NaN of no values. The order of the values does not matter. */
    public static double of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length == 0 ? Double.NaN
                : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The larger of the two middle values of an even number, so it is one of the values; NaN of no values. */
    public static double upper(Collection<Double> values) {
        return values.isEmpty() ? Double.NaN : values.stream().sorted().toList().get(values.size() / 2);
    }
}
