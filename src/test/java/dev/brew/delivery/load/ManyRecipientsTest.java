package dev.brew.delivery.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 1,024 recipients is the documented maximum: no message may list them. */
class ManyRecipientsTest {

    private static final int MANY = 1_024;
    private static final int LONGEST = 700;

    private final List<String> names = Recipient.names(MANY);
    private final DeliveryTracker tracker = new DeliveryTracker(names, 0, 256, () -> 1_000_000L);
    private final DeliveryTracker.Phase phase = tracker.beginUnordered("m1");
    private final List<Recipient> recipients = Recipient.all(names, DelayPlan.parse("none"), () -> 1_000_000L, tracker);

    @Test
    void anEventThatMostHaveNotReceivedNamesAFewOfThem() {
        phase.send(new NullPath(recipients.subList(0, 4), () -> 1_000_000L), 1_000_000L);
        assertThat(phase.missing()).containsExactly("event 0: 1,020 of 1,024 recipients have not received it ("
                + String.join(", ", names.subList(4, 7)) + " and 1,017 more)");
    }

    @Test
    void anAccountThatDoesNotBalanceAnywhereNamesAFew() {
        phase.send(new NullPath(List.of(), () -> 1_000_000L), 1_000_000L);
        recipients.forEach(recipient -> recipient.invalid("no id", verdict -> { }));
        assertThatThrownBy(phase::requireBalance).isInstanceOf(DeliveryException.class)
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(2 * LONGEST)
                        .contains(names.get(2) + ": sent 1, received 0, lost 1", " and 1,021 more"));
        assertThat(tracker.problems()).hasSizeLessThan(10);
    }

    @Test
    void anEventThatMostDidNotAcceptCountsThem() {
        SendReport report = new SendReport(1, 2, names.stream()
                .map(name -> new SendReport.Outcome(name, "DEADLINE_EXCEEDED", false, "no answer within 3,000 ms", 1))
                .toList());
        Delivery delivery = new Delivery("x", 1, List.of(), ended -> { });
        delivery.answered(report);
        assertThat(delivery.failure()).hasMessage("not accepted by every target: 1,024 of 1,024 DEADLINE_EXCEEDED (first: "
                + names.get(0) + ": no answer within 3,000 ms)");
    }
}
