package dev.brew.delivery.path.grpc;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.common.base.Throwables;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.text.Reason;
import dev.brew.delivery.tls.Tls;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * One recipient's gRPC server. It has its own event loop, its own executor and its own timer for delays, like a
 * separate process. A delayed call holds no thread.
 */
public final class GrpcListener implements AutoCloseable {

    static final int EVENT_LOOP_THREADS = 1;
    private static final long GRACE_SECONDS = 5;

    private final String name;
    private final String target;
    private final Server server;
    private final Optional<EventLoopGroup> loops;
    private final Optional<ExecutorService> executor;
    private final ScheduledThreadPoolExecutor timer;

    /** Starts a listener on a free port of the loopback interface, or in-process. */
    static GrpcListener start(Recipient recipient, GrpcOptions options) throws IOException {
        return start(recipient, HostPort.loopback(0), options, server -> { });
    }

    /**
     * Starts a listener.
     *
     * @param address the address to bind; port 0 selects any free port; ignored in-process
     * @param more    adds further services to the server, such as health and reflection
     * @throws IOException if the address cannot be bound; the message names it
     */
    public static GrpcListener start(Recipient recipient, HostPort address, GrpcOptions options,
                                     Consumer<ServerBuilder<?>> more) throws IOException {
        return new GrpcListener(recipient, address, options, more);
    }

    private GrpcListener(Recipient recipient, HostPort address, GrpcOptions options,
                         Consumer<ServerBuilder<?>> more) throws IOException {
        this.name = "listener-" + recipient.name();
        boolean inProcess = options.transport() == GrpcTransport.INPROCESS;
        this.loops = inProcess ? Optional.empty()
                : Optional.of(options.transport().eventLoops(EVENT_LOOP_THREADS, name + "-loop"));
        this.executor = options.executor().open(name + "-pool");
        this.timer = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory(name + "-timer", true));
        String inProcessName = inProcess ? UUID.randomUUID().toString() : "";
        ServerBuilder<?> builder = inProcess ? InProcessServerBuilder.forName(inProcessName)
                : onSocket(address, options);
        executor.ifPresentOrElse(builder::executor, builder::directExecutor);
        more.accept(builder);
        this.server = builder.addService(new NotifyService(recipient, timer).definition()).build();
        try {
            server.start();
        } catch (IOException | UnresolvedAddressException e) {
            close();
            throw new IOException("cannot listen on " + address + ": " + why(e), e);
        }
        this.target = inProcess ? inProcessName : HostPort.of(bound()).toString();
    }

    /** The bound IP address. Callers use it because a host name may resolve to another address for them. */
    private InetSocketAddress bound() {
        return (InetSocketAddress) server.getListenSockets().get(0);
    }

    private ServerBuilder<?> onSocket(HostPort address, GrpcOptions options) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address.address())
                .bossEventLoopGroup(loops.orElseThrow()).workerEventLoopGroup(loops.orElseThrow())
                .channelType(options.transport().serverChannel());
        return options.tls().mode() == Tls.Mode.OFF ? builder : builder.sslContext(GrpcTls.server(options.tls()));
    }

    /** The address for callers: {@code host:port}, or an in-process name. */
    public String target() {
        return target;
    }

    /**
     * Answers the calls in flight, for at most five seconds, then stops.
     *
     * @throws IllegalStateException if the server, its timer, executor or event loops have not ended; the message names
     *                               it
     */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_SECONDS, SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        timer.shutdownNow(); // delays that still run belong to calls that were cut off
        Shutdown shutdown = new Shutdown(name).await("its server", server::awaitTermination).executor(timer);
        executor.ifPresent(shutdown::executor);
        loops.ifPresent(shutdown::eventLoops);
        shutdown.finish();
    }

    /** The reason from the root cause, because Netty's own message repeats the address. */
    private static String why(Exception failure) {
        Throwable root = Throwables.getRootCause(failure);
        return root instanceof UnresolvedAddressException ? "unknown host" : Reason.of(root);
    }
}
