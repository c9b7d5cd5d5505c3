package dev.brew.delivery.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Series;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmUpTest {

    private static final List<String> NAMES = List.of("analytics", "billing");

    /** Every reading is a microsecond after the one before, whoever reads. */
    private final AtomicLong now = new AtomicLong();
    private final NanoClock clock = () -> now.addAndGet(1_000);
    private final DeliveryTracker tracker = new DeliveryTracker(NAMES, 10, 256, clock);
    private final List<Recipient> recipients = Recipient.all(NAMES, DelayPlan.parse("none"), clock, tracker);

    @Test
    void sendsUntilTheTimeIsOverAndTheAccountBalances() throws Exception {
        DeliveryTracker.Phase phase = tracker.beginUnordered("w0");
        warmUp(phase, Duration.ofMillis(50), new NullPath(recipients, clock));
        assertThat(now.get()).isGreaterThan(Duration.ofMillis(50).toNanos());
        assertThat(phase.sent()).isGreaterThan(1_000);
        phase.requireBalance();
    }

    @Test
    void sendsNothingInNoTime() throws Exception {
        DeliveryTracker.Phase phase = tracker.beginUnordered("w0");
        warmUp(phase, Duration.ZERO, new NullPath(recipients, clock));
        assertThat(phase.sent()).isZero();
    }

    @Test
    void failsAsItsEventsDo() {
        NullPath forgetful = new NullPath(recipients.subList(0, 1), clock);
        assertThatThrownBy(() -> warmUp(tracker.beginUnordered("w0"), Duration.ofMillis(1), forgetful))
                .isInstanceOf(DeliveryException.class)
                .hasMessageMatching("warm-up: event \\S+ is not over within 20 ms: billing has not received it");
    }

    private void warmUp(DeliveryTracker.Phase phase, Duration time, NullPath path) throws InterruptedException {
        WarmUp.run(phase, path, Series.of(NAMES), clock, time, Duration.ofMillis(20));
    }
}
