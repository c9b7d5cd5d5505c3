package dev.brew.delivery.recipient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecipientTest {

    private final List<String> story = new ArrayList<>();
    private final AtomicLong now = new AtomicLong(1_000);
    private final RecipientObserver observer = new RecipientObserver() {
        @Override
        public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
            story.add(recipient.name() + " received " + event.getCustomerId() + " at " + atNanos);
            return at -> story.add("processed at " + at);
        }

        @Override
        public void invalid(Recipient recipient, String reason) {
            story.add(recipient.name() + " invalid: " + reason);
        }
    };
    private final Pause pause = (nanos, then) -> {
        story.add("pause " + nanos);
        now.addAndGet(nanos);
        then.run();
    };
    private final CustomerSignedUp event = new Events("run", "m1", 0, 256, now::get).next();

    @Test
    void notesReceivedPausesNotesProcessedAndAnswersInThisOrder() {
        recipient("fixed:20us").handle(event, pause, verdict -> story.add(verdict.code().name()));
        assertThat(story).containsExactly("analytics received c-0 at 1000", "pause 20000", "processed at 21000",
                "OK");
    }

    @Test
    void doesNotPauseWithoutADelay() {
        recipient("none").handle(event, pause, verdict -> story.add(verdict.code().name()));
        assertThat(story).containsExactly("analytics received c-0 at 1000", "processed at 1000", "OK");
    }

    @Test
    void changesItsDelayForWhatComesLater() {
        Recipient recipient = recipient("none");
        recipient.delay(DelayModel.parse("fixed:5us"));
        recipient.handle(event, pause, verdict -> { });
        assertThat(story).contains("pause 5000");
    }

    @Test
    void aRecipientThatHasStoppedReceivesWhatCameMeanwhileWhenItIsBack() {
        Recipient recipient = recipient("fixed:5us");
        recipient.stopUntil(4_000);
        recipient.handle(event, pause, verdict -> story.add(verdict.code().name()));
        assertThat(story).containsExactly("pause 3000", "analytics received c-0 at 4000", "pause 5000",
                "processed at 9000", "OK");
        story.clear();
        recipient.handle(event, pause, verdict -> { });
        assertThat(story).containsExactly("analytics received c-0 at 9000", "pause 5000", "processed at 14000");
    }

    @Test
    void rejectsAnEventWithoutACustomer() {
        recipient("fixed:20us").handle(event.toBuilder().clearCustomerId().build(), pause,
                verdict -> story.add(verdict.code() + " " + verdict.reason()));
        assertThat(story).containsExactly("analytics invalid: customer_id is required",
                "INVALID_ARGUMENT customer_id is required");
    }

    @Test
    void rejectsBytesThatAreNoEvent() {
        recipient("none").handle(new byte[] {(byte) 0xff, 1, 2}, pause, verdict -> story.add(verdict.code().name()));
        assertThat(story).hasSize(2);
        assertThat(story.get(0)).startsWith("analytics invalid: not a CustomerSignedUp: ");
        assertThat(story.get(1)).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void rejectsATombstone() {
        recipient("none").handle((byte[]) null, pause, verdict -> story.add(verdict.code().name()));
        assertThat(story).containsExactly("analytics invalid: customer_id is required", "INVALID_ARGUMENT");
    }

    @Test
    void readsTheBytesOfAnEvent() {
        recipient("none").handle(event.toByteArray(), pause, verdict -> story.add(verdict.code().name()));
        assertThat(story).endsWith("OK");
    }

    @Test
    void aBlockingPauseEndsEarlyAndWithoutItsWorkWhenInterrupted() {
        Thread.currentThread().interrupt();
        Pause.blocking().run(Long.MAX_VALUE / 2, () -> story.add("worked"));
        assertThat(Thread.interrupted()).isTrue();
        Pause.blocking(() -> true).run(Long.MAX_VALUE / 2, () -> story.add("worked"));
        Thread.currentThread().interrupt();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(story).isEmpty();
    }

    @Test
    void aRecipientThatWasInterruptedIsNoAcceptedOutcomeOfTheNullPath() {
        NullPath path = new NullPath(List.of(recipient("fixed:1s")), now::get);
        Thread.currentThread().interrupt();
        SendReport report = path.deliver(event).toCompletableFuture().join();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.accepted()).isFalse();
        assertThat(report.outcomes()).extracting(SendReport.Outcome::code).containsExactly("CANCELLED");
    }

    @Test
    void namesAreTheLessonsAndThenNumbers() {
        assertThat(Recipient.names(3)).containsExactly("analytics", "notifications", "billing");
        assertThat(Recipient.names(12)).endsWith("recipient-11", "recipient-12").doesNotHaveDuplicates();
        assertThatThrownBy(() -> Recipient.names(0)).hasMessage("recipients must be 1..1024, got 0");
        assertThatThrownBy(() -> Recipient.names(1025)).hasMessage("recipients must be 1..1024, got 1025");
    }

    private Recipient recipient(String delay) {
        return Recipient.all(List.of("analytics"), DelayPlan.parse(delay), now::get, observer).get(0);
    }
}
