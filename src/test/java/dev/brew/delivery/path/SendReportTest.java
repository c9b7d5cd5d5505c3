package dev.brew.delivery.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SendReportTest {

    @Test
    void aFewThatRefusedAreNamedEach() {
        assertThat(report(outcome("analytics", "OK", true, ""), outcome("billing", "UNAVAILABLE", false, "connection refused"),
                outcome("crm", "OK", false, "unknown customer")).refusals())
                .isEqualTo("billing UNAVAILABLE: connection refused; crm rejected: unknown customer");
    }

    @Test
    void manyThatRefusedAreCountedAndTheFirstIsNamed() {
        List<SendReport.Outcome> outcomes = IntStream.range(0, 1_024).mapToObj(i -> i % 6 == 0
                ? outcome("recipient-" + i, "OK", true, "")
                : outcome("recipient-" + i, i == 7 ? "UNAVAILABLE" : "DEADLINE_EXCEEDED", false, "no answer within 3,000 ms"))
                .toList();
        assertThat(new SendReport(0, 1, outcomes).refusals()).isEqualTo(
                "852 of 1,024 DEADLINE_EXCEEDED (first: recipient-1: no answer within 3,000 ms); "
                + "1 of 1,024 UNAVAILABLE (first: recipient-7: no answer within 3,000 ms)");
    }

    private static SendReport report(SendReport.Outcome... outcomes) {
        return new SendReport(0, 1, List.of(outcomes));
    }

    private static SendReport.Outcome outcome(String target, String code, boolean accepted, String reason) {
        return new SendReport.Outcome(target, code, accepted, reason, 1);
    }
}
