package dev.brew.delivery.compare;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.brew.delivery.results.Quantiles;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** The compared figures, and which direction is worse. A latency is in nanoseconds, a rate in events a second. */
public enum Metric {
    COMPLETED_P50("completed p50", "completed", 0.5, Quantiles::p50),
    COMPLETED_P99("completed p99", "completed", 0.99, Quantiles::p99),
    SENDER_P50("sender p50", "sender", 0.5, Quantiles::p50),
    SENDER_P99("sender p99", "sender", 0.99, Quantiles::p99),
    /** Measured events ÷ measured time: the throughput of the sender. */
    ACHIEVED_RATE("achieved rate", "completed", 0, quantiles -> {
        throw new IllegalStateException("a rate is not a quantile");
    });

    /** The fewest samples of a trial beyond a percentile that it has measured. */
    static final int SAMPLES_BEYOND = 100;

    private final String label;
    private final String series;
    private final double quantile;
    private final ToLongFunction<Quantiles> value;

    /** @param value reads {@code quantile} */
    Metric(String label, String series, double quantile, ToLongFunction<Quantiles> value) {
        this.label = label;
        this.series = series;
        this.quantile = quantile;
        this.value = value;
    }

    /** Its name in tables and in comparison.json. */
    @JsonValue
    public String label() {
        return label;
    }

    String series() {
        return series;
    }

    /** True if less of it is better. */
    public boolean isLatency() {
        return this != ACHIEVED_RATE;
    }

    /** True for a p99. */
    boolean isTail() {
        return quantile > 0.5;
    }

    /** The number of events that a trial needs for this metric. */
    long eventsNeeded() {
        return Math.round(SAMPLES_BEYOND / (1 - quantile));
    }

    /** The latency of a series in nanoseconds; empty if the trial has too few events. Not for a rate. */
    Optional<Double> of(Quantiles quantiles) {
        if (quantiles.count() < eventsNeeded()) {
            return Optional.empty();
        }
        return Optional.of((double) Math.max(1, value.applyAsLong(quantiles)));
    }

    /** A value with its unit: µs, or events a second. */
    public String print(double value) {
        double shown = isLatency() ? value / 1000 : value;
        return String.format(Locale.ROOT, shown < 100 ? "%,.1f" : "%,.0f", shown) + (isLatency() ? " µs" : "/s");
    }
}
