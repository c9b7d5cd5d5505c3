package dev.brew.delivery.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the sender knows when it may go on.
 *
 * @param startedNanos   when the sender really started, on the clock of {@link dev.brew.delivery.event.NanoClock}
 * @param unblockedNanos when it might go on
 * @param outcomes       one a target, in the order of the targets; over Kafka a single one, the broker's
 */
public record SendReport(long startedNanos, long unblockedNanos, List<Outcome> outcomes) {

    private static final int FEW = 4;

    public SendReport {
        outcomes = List.copyOf(outcomes);
    }

    /** True if every target took the event. */
    public boolean accepted() {
        for (int i = 0; i < outcomes.size(); i++) { // no stream, no iterator: this stands on the measured path
            if (!outcomes.get(i).accepted()) {
                return false;
            }
        }
        return true;
    }

    /**
     * The targets that did not accept, in words: each of a few, such as {@code billing UNAVAILABLE: connection refused}; of
     * many, how many had which code, and the first of each.
     */
    public String refusals() {
        List<Outcome> refused = outcomes.stream().filter(outcome -> !outcome.accepted()).toList();
        if (refused.size() <= FEW) {
            return refused.stream().map(Outcome::toString).collect(Collectors.joining("; "));
        }
        Map<String, List<Outcome>> byCode = refused.stream()
                .collect(Collectors.groupingBy(Outcome::verdict, LinkedHashMap::new, Collectors.toList()));
        return byCode.entrySet().stream().map(same -> String.format(Locale.ROOT, "%,d of %,d %s (first: %s%s)",
                same.getValue().size(), outcomes.size(), same.getKey(), same.getValue().get(0).target(),
                same.getValue().get(0).because())).collect(Collectors.joining("; "));
    }

    /**
     * What one target answered.
     *
     * @param target        whose text says who: a recipient's name or address, or {@code topic-partition@offset}; the text is made
     *                      when it is asked for, since nobody asks on the measured path
     * @param code          {@code OK}, or the error's name: a gRPC status code, or a Kafka exception's simple name
     * @param accepted      {@code OK} and not softly rejected
     * @param reason        why not accepted; empty when accepted
     * @param durationNanos from the start of this target's call to its answer; in parallel fan-out, where all are called
     *                      at once, from the event's start
     */
    public record Outcome(Object target, String code, boolean accepted, String reason, long durationNanos) {

        private String verdict() {
            return accepted || !code.equals("OK") ? code : "rejected";
        }

        private String because() {
            return reason.isEmpty() ? "" : ": " + reason;
        }

        @Override
        public String toString() {
            return target + " " + verdict() + (accepted ? "" : because());
        }
    }
}
