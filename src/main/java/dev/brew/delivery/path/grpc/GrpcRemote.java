package dev.brew.delivery.path.grpc;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.ForwardingPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.Pause;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * The fan-out to external listeners. They share no clock with the sender, so their replies are the only information
 * about them. An accepted call counts as processed when its reply arrives.
 */
public final class GrpcRemote extends ForwardingPath {

    /** The property with the listeners' addresses: {@code host:port}, separated by commas, one for each recipient. */
    public static final String TARGETS = "delivery.grpc.targets";

    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final List<Recipient> recipients;

    private GrpcRemote(GrpcFanOut fanOut, List<Recipient> recipients) {
        super(fanOut);
        this.recipients = recipients;
    }

    /**
     * The addresses in the property {@value #TARGETS}; an empty list if it is not set.
     *
     * @throws IllegalArgumentException if an address is not {@code host:port}, or is given twice
     */
    public static List<String> addresses(Properties system) {
        String value = system.getProperty(TARGETS);
        if (value == null) {
            return List.of();
        }
        try {
            return HostPort.list(value).stream().map(HostPort::toString).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("-D" + TARGETS + "=" + value + ": " + e.getMessage(), e);
        }
    }

    /**
     * Connects to every listener.
     *
     * @param addresses  one address for each of {@code recipients}, in the same order
     * @param recipients each handles an event when its listener's reply accepts it; they have no delay
     * @throws IllegalStateException if a listener is not connected within ten seconds; the message names it
     */
    public static GrpcRemote open(GrpcFanOut.Mode mode, GrpcOptions options, List<String> addresses,
                                  List<Recipient> recipients, NanoClock clock) throws InterruptedException {
        List<GrpcFanOut.Target> targets = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            targets.add(new GrpcFanOut.Target(recipients.get(i).name(), addresses.get(i)));
        }
        GrpcFanOut fanOut = new GrpcFanOut(mode, options, targets, clock);
        try {
            fanOut.connect(CONNECT);
            return new GrpcRemote(fanOut, recipients);
        } catch (InterruptedException | RuntimeException e) {
            fanOut.close();
            throw e;
        }
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        return super.deliver(event).thenApply(report -> {
            for (int i = 0; i < recipients.size(); i++) {
                if (report.outcomes().get(i).accepted()) {
                    recipients.get(i).handle(event, Pause.blocking(), verdict -> { });
                }
            }
            return report;
        });
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(super.settings());
        settings.put("grpc.listeners", "external");
        settings.remove("grpc.listener.event-loop.threads"); // unknown for external listeners
        return settings;
    }
}
