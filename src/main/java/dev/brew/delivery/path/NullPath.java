package dev.brew.delivery.path;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.recipient.Pause;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.Verdict;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A path without a transport: the sender's thread calls each recipient's handler, one after another. It measures the
 * floor of the harness, and the tests of the harness use it.
 */
public final class NullPath implements DeliveryPath {

    private final List<Recipient> recipients;
    private final NanoClock clock;

    public NullPath(List<Recipient> recipients, NanoClock clock) {
        this.recipients = List.copyOf(recipients);
        this.clock = clock;
    }

    @Override
    public String name() {
        return PathKind.NULL.toString();
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        long started = clock.nanos();
        List<SendReport.Outcome> outcomes = new ArrayList<>(recipients.size());
        for (Recipient recipient : recipients) {
            int before = outcomes.size();
            recipient.handle(event, Pause.blocking(), verdict -> outcomes.add(outcome(recipient, verdict)));
            if (outcomes.size() == before) { // an interrupted pause gives no answer
                outcomes.add(new SendReport.Outcome(recipient.name(), "CANCELLED", false, "interrupted", 0));
            }
        }
        return CompletableFuture.completedFuture(new SendReport(started, clock.nanos(), outcomes));
    }

    private static SendReport.Outcome outcome(Recipient recipient, Verdict verdict) {
        return new SendReport.Outcome(recipient.name(), verdict.code().name(), verdict.accepted(), verdict.reason(), 0);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of();
    }

    @Override
    public OptionalLong wireBytes() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        // there is nothing to close
    }
}
