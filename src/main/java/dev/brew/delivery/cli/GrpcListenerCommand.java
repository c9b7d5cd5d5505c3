package dev.brew.delivery.cli;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcListener;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.FailureModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.users.v1.CustomerEventServiceGrpc;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A recipient that is called: one gRPC server, one line for each event that it gets. */
@Command(name = "grpc-listener", mixinStandardHelpOptions = true, description = {
    "A recipient over gRPC: serves CustomerEventService and prints each event that it gets, until Ctrl-C.",
    "Server reflection and the standard health service are on."})
final class GrpcListenerCommand implements Callable<Integer> {

    @Option(names = "--addr", paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:50061",
            converter = Converters.Address.class,
            description = "Where it listens; port 0: any free one. Default: ${DEFAULT-VALUE}")
    private HostPort address;

    @Option(names = "--name", paramLabel = "NAME",
            description = "As it calls itself. Default: $LISTENER_NAME, else the address")
    private String name;

    @Option(names = "--delay", paramLabel = "DELAY", defaultValue = "none", converter = Converters.Delay.class,
            description = "How long it works on each event: none, fixed:200ms, exp:2ms … Default: ${DEFAULT-VALUE}")
    private DelayModel delay;

    @Option(names = "--fail", paramLabel = "CODE@SHARE%", defaultValue = "none", converter = Converters.Failure.class,
            description = "Fails a share of the events that it has got, such as UNAVAILABLE@10%%; REJECTED@10%% rejects "
                    + "them softly (accepted=false). Default: ${DEFAULT-VALUE}")
    private FailureModel failures;

    @Override
    public Integer call() throws Exception {
        Lines.oneLineLogs();
        String given = Lines.orEnvironment(name, "LISTENER_NAME");
        String called = given == null ? address.toString() : given;
        Recipient recipient = new Recipient(0, called, delay, NanoClock.system(), new Story());
        recipient.failures(failures);
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus(CustomerEventServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
        GrpcListener listener;
        try {
            listener = GrpcListener.start(recipient, address, new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL),
                    server -> extend(server, health, called));
        } catch (IOException e) {
            System.err.println("--addr: " + e.getMessage());
            return 1;
        }
        System.out.println("[" + called + "] listening on " + listener.target());
        return Foreground.untilStopped(() -> {
            health.enterTerminalState(); // probes learn it before the last call is answered
            listener.close();
            System.out.println("[" + called + "] stopped");
        });
    }

    /** Reflection in both versions: grpcui, ghz and older Postman ask for v1alpha. */
    @SuppressWarnings("deprecation")
    private static void extend(ServerBuilder<?> server, HealthStatusManager health, String name) {
        server.addService(health.getHealthService()).addService(ProtoReflectionServiceV1.newInstance())
                .addService(ProtoReflectionService.newInstance())
                .addStreamTracerFactory(new FailedCalls(name));
    }

    /** A line for each event. */
    private static final class Story implements RecipientObserver {

        @Override
        public Reception received(Recipient to, CustomerSignedUp event, long atNanos) {
            System.out.println("[" + to.name() + "] got customer_id=" + event.getCustomerId() + " email="
                    + event.getEmail()
                    + " loyalty_tier=" + event.getLoyaltyTier());
            return at -> { };
        }

        @Override
        public void invalid(Recipient to, String reason) {
            System.out.println("[" + to.name() + "] turned down: " + reason);
        }
    }

    /** Calls of the service that gRPC itself has ended, such as those that are too large or that the sender gave up. */
    private static final class FailedCalls extends ServerStreamTracer.Factory {

        private final String name;

        FailedCalls(String name) {
            this.name = name;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            if (!method.startsWith(CustomerEventServiceGrpc.SERVICE_NAME + "/")) {
                return new ServerStreamTracer() { }; // health and reflection: a sender or a tool that only looks
            }
            return new ServerStreamTracer() {
                @Override
                public void streamClosed(Status status) {
                    // the sender's cancellation and the server's own timer of the same deadline are a race
                    boolean late = status.getCause() instanceof TimeoutException;
                    switch (late ? Status.Code.CANCELLED : status.getCode()) {
                        case CANCELLED -> System.out.println("[" + name + "] the sender gave up a call of " + method);
                        case RESOURCE_EXHAUSTED -> System.out.println("[" + name + "] refused a call of " + method
                                + ": "
                                + status.getDescription());
                        default -> { }
                    }
                }
            };
        }
    }
}
