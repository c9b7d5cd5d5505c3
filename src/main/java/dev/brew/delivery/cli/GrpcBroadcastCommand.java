package dev.brew.delivery.cli;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.text.Few;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A gRPC sender that calls every recipient and prints the outcome of each call. */
@Command(name = "grpc-broadcast", mixinStandardHelpOptions = true, description = {
    "Run a gRPC sender: register customers and call every target for each, sequentially or in parallel.",
    "Exit code 1 if any call failed."})
final class GrpcBroadcastCommand implements Callable<Integer> {

    @Option(names = "--targets", paramLabel = "HOST:PORT,…",
            description = "Addresses to call. Default: $LISTENER_URLS")
    private String targets;

    @Mixin
    private Customers customers;

    @Option(names = "--parallel", description = "Call all targets in parallel")
    private boolean parallel;

    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "3s", converter = Converters.Time.class,
            description = "Deadline of each call. Default: ${DEFAULT-VALUE}")
    private Duration timeout;

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Map<String, Long> failures = new TreeMap<>();
    private long calls;
    private long rejected;
    private long blockedNanos;

    @Override
    public Integer call() throws Exception {
        Lines.oneLineLogs();
        String given = Lines.orEnvironment(targets, "LISTENER_URLS");
        if (given == null) {
            return Exit.usage("no targets: give --targets host:port,… or set LISTENER_URLS");
        }
        List<GrpcFanOut.Target> to;
        try {
            to = HostPort.list(given).stream().map(HostPort::toString)
                    .map(address -> new GrpcFanOut.Target(address, address)).toList();
        } catch (IllegalArgumentException e) {
            return Exit.usage((targets == null ? "LISTENER_URLS" : "--targets") + "=" + given + ": "
                    + e.getMessage());
        }
        broadcast(to);
        return failures.isEmpty() ? 0 : 1;
    }

    private void broadcast(List<GrpcFanOut.Target> to) throws Exception {
        NanoClock clock = NanoClock.system();
        GrpcOptions options = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL, timeout);
        int width = to.stream().mapToInt(target -> target.name().length()).max().orElse(0);
        try (GrpcFanOut fanOut = new GrpcFanOut(
                parallel ? GrpcFanOut.Mode.PARALLEL : GrpcFanOut.Mode.SEQUENTIAL, options, to, clock)) {
            printFailures(fanOut.tryConnect(CONNECT));
            Events events = customers.events(EventId.newRun(), clock);
            for (int i = 0; i < customers.count(); i++) {
                CustomerSignedUp event = events.next();
                System.out.println("event " + event.getEventId() + "  customer_id=" + event.getCustomerId() + " email="
                        + event.getEmail() + " loyalty_tier=" + event.getLoyaltyTier());
                print(fanOut.deliver(event).toCompletableFuture().get(), width);
            }
        }
        summary(to.size());
    }

    /** Connects before the first event, so that no call's deadline includes the connect. */
    private static void printFailures(List<String> notConnected) {
        if (!notConnected.isEmpty()) {
            System.err.println(Few.of(notConnected, "; "));
        }
    }

    private void print(SendReport report, int width) {
        blockedNanos += report.unblockedNanos() - report.startedNanos();
        for (SendReport.Outcome outcome : report.outcomes()) {
            calls++;
            boolean ok = outcome.code().equals("OK");
            if (!ok) {
                failures.merge(outcome.target() + "  " + outcome.code(), 1L, Long::sum);
            } else if (!outcome.accepted()) {
                rejected++;
            }
            String what = ok ? "OK    accepted=" + outcome.accepted() : "FAIL  code=" + outcome.code();
            String why = outcome.accepted() ? "" : (ok ? "  reason=" : "  err=") + outcome.reason();
            System.out.printf("  -> %-" + width + "s  %-22s  dur=%s%s%n", outcome.target(), what,
                    Lines.millis(outcome.durationNanos()), why.replaceAll("\\s+", " ").replaceAll("^ ", "  "));
        }
    }

    private void summary(int targetCount) {
        long failed = failures.values().stream().mapToLong(Long::longValue).sum();
        System.out.println();
        System.out.println(Lines.count(customers.count(), "event") + " to " + Lines.count(targetCount, "target") + ": "
                + Lines.count(calls, "call") + ", " + (calls - failed) + " OK"
                + (rejected > 0 ? " (" + rejected + " of them rejected softly)" : "") + ", " + failed + " failed");
        Few.entries(failures.entrySet().stream().map(entry -> "  " + entry.getKey() + "  " + entry.getValue()).toList())
                .forEach(System.out::println);
        System.out.println("the sender was blocked for " + Lines.millis(blockedNanos) + " in all, "
                + Lines.millis(blockedNanos / customers.count()) + " an event");
    }
}
