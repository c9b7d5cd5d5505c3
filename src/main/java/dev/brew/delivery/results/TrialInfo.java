package dev.brew.delivery.results;

import java.util.List;
import java.util.Map;

/**
 * What a trial says of itself, beside its histograms.
 *
 * @param benchmark  full name, as JMH has it
 * @param params     JMH's parameters
 * @param trial      its number, from 1
 * @param endedAt    ISO instant
 * @param settings   read back from clients, servers and broker
 * @param iterations how many measured iterations are in its histograms
 * @param sent       measured events
 */
public record TrialInfo(String benchmark, Map<String, String> params, int trial, String endedAt,
                        Map<String, String> settings, int iterations, long sent, List<String> series) {
}
