package dev.brew.delivery.bench;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcLoopback;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcRemote;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.tls.Tls;
import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What both fan-outs share: a gRPC listener for each recipient, in this JVM or where {@value GrpcRemote#TARGETS} says. */
@State(Scope.Benchmark)
public abstract class GrpcState extends DeliveryState {

    @Param("nio")
    public String transport;

    @Param("pool")
    public String executor;

    @Param("off")
    public String tls;

    private final GrpcFanOut.Mode mode;

    GrpcState(GrpcFanOut.Mode mode) {
        this.mode = mode;
    }

    @Override
    protected final DeliveryPath open(List<Recipient> to, NanoClock clock, DeliveryTracker tracker) throws Exception {
        GrpcOptions options = new GrpcOptions(GrpcTransport.parse(transport), GrpcExecutor.parse(executor),
                underLoad() ? eventDeadline() : GrpcOptions.deadline(to.size()), Tls.of(Tls.Mode.parse(tls)));
        List<String> remote = GrpcRemote.addresses(system());
        return remote.isEmpty() ? GrpcLoopback.open(mode, options, to, clock)
                : GrpcRemote.open(mode, options, remote, to, clock);
    }

    @Override
    protected final boolean seesReceptions() {
        return GrpcRemote.addresses(system()).isEmpty();
    }

    @Override
    protected final Duration defaultWarmUp() {
        // JMH's warm-up and the measured events go on warming the code up; with delays there are too few of either
        return DelayPlan.parse(delay).isNone() ? Duration.ofSeconds(4) : Duration.ofSeconds(20);
    }
}
