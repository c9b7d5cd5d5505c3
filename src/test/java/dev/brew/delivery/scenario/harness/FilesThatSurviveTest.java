package dev.brew.delivery.scenario.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesThatSurviveTest {

    @TempDir
    private Path directory;

    @Test
    void anOutboxDeliversAfterARestartWhatWasNotDeliveredBefore() throws Exception {
        Path file = directory.resolve("outbox");
        Events events = new Events("r", "m", 0, 256, () -> 0);
        try (OutboxFile before = OutboxFile.open(file)) {
            before.before(to(new Journal())).deliver(events.next());
            before.before(dead()).deliver(events.next());
            before.before(dead()).deliver(events.next());
        }
        Journal journal = new Journal();
        try (OutboxFile after = OutboxFile.open(file)) {
            after.deliverPending(to(journal));
        }
        assertThat(journal.entries()).extracting(Journal.Entry::sequence).containsExactly(1L, 2L);
        assertThat(OutboxFile.signedUp(file)).containsExactly("r.m.0", "r.m.1", "r.m.2");
    }

    @Test
    void whatIsDeliveredTheSecondTimeIsNotPendingAThirdTime() throws Exception {
        Path file = directory.resolve("outbox");
        try (OutboxFile first = OutboxFile.open(file)) {
            first.before(dead()).deliver(new Events("r", "m", 0, 256, () -> 0).next());
        }
        try (OutboxFile second = OutboxFile.open(file)) {
            second.deliverPending(second.before(to(new Journal())));
        }
        Journal journal = new Journal();
        try (OutboxFile third = OutboxFile.open(file)) {
            third.deliverPending(to(journal));
        }
        assertThat(journal.size()).isZero();
    }

    @Test
    void aLineThatAKillCutShortDoesNotCount() throws Exception {
        Path file = directory.resolve("ids");
        assertThat(IdFile.read(file)).isEmpty();
        IdFile.open(file).add("r.m.0");
        IdFile.open(file).add("r.m.1");
        Files.writeString(file, "r.m", StandardOpenOption.APPEND);
        assertThat(IdFile.read(file)).containsExactly("r.m.0", "r.m.1");
    }

    private static DeliveryPath to(Journal journal) {
        return new NullPath(List.of(new Recipient(0, "analytics", DelayModel.NONE, () -> 0, journal)), () -> 0);
    }

    private static DeliveryPath dead() {
        return new BorrowedPath(to(new Journal())) {
            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                return CompletableFuture.failedFuture(new IllegalStateException("dead"));
            }
        };
    }
}
