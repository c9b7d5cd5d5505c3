package dev.brew.delivery.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * The facts about a trial other than its histograms.
 *
 * @param benchmark  JMH's full name of the benchmark
 * @param params     JMH's parameters
 * @param trial      the trial's number, from 1
 * @param endedAt    ISO instant
 * @param settings   read back from clients, servers and broker
 * @param iterations the number of measured iterations in its histograms
 * @param sent       measured events
 * @param series     the names of its series
 * @param scalars    figures other than latencies, by name; see {@code docs/results-format.md}
 * @param warmUp     how the trial was warmed up; null if it was not, and in files of older builds
 */
public record TrialInfo(String benchmark, Map<String, String> params, int trial, String endedAt,
                        Map<String, String> settings, int iterations, long sent, List<String> series,
                        Map<String, Double> scalars,
                        @JsonInclude(JsonInclude.Include.NON_NULL) WarmUpCurve warmUp) {

    public TrialInfo {
        scalars = scalars == null ? Map.of() : Map.copyOf(scalars); // files of older builds have none
    }

    /** A trial that was not warmed up. */
    public TrialInfo(String benchmark, Map<String, String> params, int trial, String endedAt, Map<String, String> settings,
                     int iterations, long sent, List<String> series, Map<String, Double> scalars) {
        this(benchmark, params, trial, endedAt, settings, iterations, sent, series, scalars, null);
    }

    /** False if it was warmed up and had not settled before it was measured. */
    public boolean hasSettled() {
        return warmUp == null || warmUp.settled();
    }
}
