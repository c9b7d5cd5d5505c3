package dev.brew.delivery.bench;

import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcRemote;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.tls.Tls;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The base state of both fan-outs: a gRPC listener for each recipient, in this JVM or at the addresses in
 * {@value GrpcRemote#TARGETS}.
 */
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
    protected final PathSpec path() {
        GrpcOptions options = new GrpcOptions(GrpcTransport.parse(transport), GrpcExecutor.parse(executor),
                underLoad() ? eventDeadline() : GrpcOptions.deadline(recipients), Tls.of(Tls.Mode.parse(tls)));
        return new PathSpec.Grpc(mode, options, GrpcRemote.addresses(system()));
    }
}
