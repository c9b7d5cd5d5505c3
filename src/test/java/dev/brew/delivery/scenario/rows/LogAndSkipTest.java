package dev.brew.delivery.scenario.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.scenario.harness.Journal;
import dev.brew.delivery.scenario.rows.LogAndSkip.Absentee;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogAndSkipTest {

    private final AtomicLong now = new AtomicLong(1_000);

    @Test
    void whatTheWarmUpSentAndCameLateDoesNotStandForAnEventThatWasMeasured() throws Exception {
        Absentee absentee = new Absentee(PathKind.KAFKA, new BitSet(), now::get);
        Recipient recipient = new Recipient(0, "analytics", DelayModel.NONE, now::get, absentee);
        Events warmUp = new Events("run", "m1", 0, 256, now::get);
        Events measured = new Events("run", "m2", 0, 256, now::get);
        now.set(2_000);
        absentee.begin();

        absentee.received(recipient, warmUp.next(1_999), 2_001);
        assertThat(absentee.journal().await(1, Duration.ZERO)).isFalse();
        absentee.received(recipient, measured.next(2_000), 2_002);
        assertThat(absentee.journal().await(1, Duration.ZERO)).isTrue();
        assertThat(absentee.journal().distinct()).isEqualTo(1);
    }

    @Test
    void theSameEventTwiceIsOneEvent() throws Exception {
        Journal journal = new Journal();
        Recipient recipient = new Recipient(0, "analytics", DelayModel.NONE, now::get, journal);
        var event = new Events("run", "m1", 0, 256, now::get).next();
        journal.received(recipient, event, 1_000);
        journal.received(recipient, event, 1_000);
        assertThat(journal.size()).isEqualTo(2);
        assertThat(journal.await(2, Duration.ZERO)).isFalse();
    }
}
