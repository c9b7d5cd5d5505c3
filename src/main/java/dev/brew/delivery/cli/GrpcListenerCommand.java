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

/** A gRPC recipient: one server, one line for each event. */
@Command(name = "grpc-listener", mixinStandardHelpOptions = true, description = {
    "Run a gRPC recipient: serve CustomerEventService and print each event, until Ctrl-C.",
    "Server reflection and the standard health service are on."})
final class GrpcListenerCommand implements Callable<Integer> {

    @Option(names = "--addr", paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:50061",
            converter = Converters.Address.class,
            description = "Address to listen on; port 0: any free port. Default: ${DEFAULT-VALUE}")
    private HostPort address;

    @Option(names = "--name", paramLabel = "NAME",
            description = "Name of the recipient. Default: $LISTENER_NAME, else the address")
    private String name;

    @Option(names = "--delay", paramLabel = "DELAY", defaultValue = "none", converter = Converters.Delay.class,
            description = "Processing time of each event: none, fixed:200ms, exp:2ms … Default: ${DEFAULT-VALUE}")
    private DelayModel delay;

    @Option(names = "--fail", paramLabel = "CODE@SHARE%", defaultValue = "none", converter = Converters.Failure.class,
            description = "Fail a share of the received events, such as UNAVAILABLE@10%%; REJECTED@10%% rejects "
                    + "them softly (accepted=false). Default: ${DEFAULT-VALUE}")
    private FailureModel failures;

    @Override
    public Integer call() throws Exception {
        Lines.oneLineLogs();
        String given = Lines.orEnvironment(name, "LISTENER_NAME");
        String called = given == null ? address.toString() : given;
        Recipient recipient = new Recipient(0, called, delay, NanoClock.system(), new Printer());
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
            health.enterTerminalState(); // probes see it before the last call is answered
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

    /** Prints a line for each event. */
    private static final class Printer implements RecipientObserver {

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

    /** Prints calls that gRPC itself ended: too large, or given up by the sender. */
    private static final class FailedCalls extends ServerStreamTracer.Factory {

        private final String name;

        FailedCalls(String name) {
            this.name = name;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            if (!method.startsWith(CustomerEventServiceGrpc.SERVICE_NAME + "/")) {
                return new ServerStreamTracer() { }; // health and reflection
            }
            return new ServerStreamTracer() {
                @Override
                public void streamClosed(Status status) {
                    // the sender's cancellation and the server's timer of the same deadline race
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
