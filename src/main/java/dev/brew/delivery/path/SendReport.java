package dev.brew.delivery.path;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of one delivery, complete when the sender may continue.
 *
 * @param startedNanos   when the sender actually started, on the clock of {@link dev.brew.delivery.event.NanoClock}
 * @param unblockedNanos when the sender could continue, on the same clock
 * @param outcomes       one outcome per target, in the order of the targets; over Kafka only the broker's outcome
 */
public record SendReport(long startedNanos, long unblockedNanos, List<Outcome> outcomes) {

    private static final int FEW = 4;

    public SendReport {
        outcomes = List.copyOf(outcomes);
    }

    /** True if every target accepted the event. */
    public boolean accepted() {
        for (int i = 0; i < outcomes.size(); i++) { // no stream, no iterator: this is on the measured path
            if (!outcomes.get(i).accepted()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Describes the targets that did not accept the event. Up to four targets are listed one by one, such as
     * {@code billing UNAVAILABLE: connection refused}. More targets are counted by code, with the first target of each
     * code.
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
     * The answer of one target.
     *
     * @param target        an object whose {@code toString} names the target: a recipient's name or address, or
     *                      {@code topic-partition@offset}. The text is built on demand, outside the measured path
     * @param code          {@code OK}, or the error's name: a gRPC status code, or a Kafka exception's simple name
     * @param accepted      true if the code is {@code OK} and the recipient did not reject the event in its reply
     * @param reason        why the target did not accept the event; empty if it did
     * @param durationNanos from the start of this target's call to its answer; in parallel fan-out, which calls all
     *                      targets at once, from the start of the event
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
