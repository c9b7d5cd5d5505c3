package dev.brew.delivery.path.grpc;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.text.Few;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.tls.Tls;
import dev.brew.delivery.users.v1.CustomerEventServiceGrpc;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import dev.brew.delivery.users.v1.NotifyRequest;
import dev.brew.delivery.users.v1.NotifyResponse;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Calls every recipient over gRPC, one after the other or all at once. One failure never hides another. Each target has
 * its own channel. The sender is one process, so its channels share its event loops and its executor.
 */
public final class GrpcFanOut implements DeliveryPath {

    /** How the targets are called. */
    public enum Mode {
        /** Each target is called after the previous target has answered or failed. */
        SEQUENTIAL(PathKind.GRPC_SEQUENTIAL),
        /** All targets are called at once. */
        PARALLEL(PathKind.GRPC_PARALLEL);

        private final PathKind kind;

        Mode(PathKind kind) {
            this.kind = kind;
        }

        public PathKind kind() {
            return kind;
        }
    }

    /**
     * A recipient to call.
     *
     * @param name    the recipient's name in reports
     * @param address {@code host:port}, or an in-process name
     */
    public record Target(String name, String address) {

        @Override
        public String toString() {
            return name.equals(address) ? name : name + " at " + address;
        }
    }

    private final Mode mode;
    private final GrpcOptions options;
    private final NanoClock clock;
    private final List<Target> targets;
    /**
     * The smaller of the number of channels and the number of processors, at least 1. gRPC's default is 2 × processors;
     * call deadlines are timers that are spread over all loops, and they would wake loops that are otherwise idle.
     */
    private final int loopThreads;
    private final Optional<EventLoopGroup> loops;
    private final Optional<ExecutorService> executor;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final LongAdder wireBytes = new LongAdder();
    private final ClientStreamTracer.Factory counting = new ClientStreamTracer.Factory() {
        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new WireCounter();
        }
    };
    private volatile boolean closed;

    /** Creates the channels without connecting them. */
    public GrpcFanOut(Mode mode, GrpcOptions options, List<Target> targets, NanoClock clock) {
        this.mode = mode;
        this.options = options;
        this.clock = clock;
        this.targets = List.copyOf(targets);
        this.loopThreads = Math.max(1, Math.min(targets.size(), Runtime.getRuntime().availableProcessors()));
        this.loops = options.transport() == GrpcTransport.INPROCESS ? Optional.empty()
                : Optional.of(options.transport().eventLoops(loopThreads, "sender-loop"));
        this.executor = options.executor().open("sender-pool");
        targets.forEach(target -> channels.add(channel(target)));
    }

    private ManagedChannel channel(Target target) {
        ManagedChannelBuilder<?> builder = options.transport() == GrpcTransport.INPROCESS
                ? InProcessChannelBuilder.forName(target.address()).usePlaintext() : overSocket(target);
        executor.ifPresentOrElse(builder::executor, builder::directExecutor);
        // without this, the figures would include a proxy that the environment names
        return builder.proxyDetector(address -> null).build();
    }

    private ManagedChannelBuilder<?> overSocket(Target target) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(uri(target.address()))
                .eventLoopGroup(loops.orElseThrow()).channelType(options.transport().channel());
        return options.tls().mode() == Tls.Mode.OFF ? builder.usePlaintext()
                : builder.sslContext(GrpcTls.client(options.tls()));
    }

    /** The target URI for gRPC; it escapes brackets, IPv6 scopes and similar characters of the address. */
    private static String uri(String address) {
        try {
            return new URI("dns", "", "/" + HostPort.parse(address), null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("cannot be called: '" + address + "'", e);
        }
    }

    /**
     * Connects all targets at once, so that no measured call includes a connection set-up.
     *
     * @throws IllegalStateException if a target is not connected within {@code timeout}; the message names a few such
     *                               targets with their reasons
     */
    public void connect(Duration timeout) throws InterruptedException {
        List<String> missing = notConnected(new Connecting(timeout, true));
        if (!missing.isEmpty()) {
            throw new IllegalStateException((missing.size() == 1 ? "" : String.format(Locale.ROOT,
                    "%,d of %,d targets are not connected: ", missing.size(), targets.size())) + Few.of(missing, "; "));
        }
    }

    /**
     * Connects all targets at once, until each is connected or has failed. For senders that tolerate unavailable
     * targets: calls to those targets fail at once.
     *
     * @return a text for each target that is not connected, with the reason; empty if all are connected
     */
    public List<String> tryConnect(Duration timeout) throws InterruptedException {
        return notConnected(new Connecting(timeout, false));
    }

    private List<String> notConnected(Connecting connecting) throws InterruptedException {
        List<Optional<String>> reasons = connecting.all(channels);
        return IntStream.range(0, targets.size()).filter(i -> reasons.get(i).isPresent())
                .mapToObj(i -> targets.get(i) + " is not connected: " + reasons.get(i).get()).toList();
    }

    @Override
    public String name() {
        return mode.kind.toString();
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException(name() + " is closed"));
        }
        FanOut fanOut = new FanOut(NotifyRequest.newBuilder().setEvent(event).build());
        if (targets.isEmpty()) {
            fanOut.finish();
        } else if (mode == Mode.SEQUENTIAL) {
            fanOut.callInTurn(0);
        } else {
            for (int i = 0; i < channels.size(); i++) {
                fanOut.call(i);
            }
        }
        return fanOut.report;
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(options.tls().settings("grpc."));
        settings.putAll(Map.of(
                "grpc.transport", options.transport().toString(),
                "grpc.executor", options.executor().toString(),
                "grpc.deadline.ms", Long.toString(options.deadline().toMillis()),
                "grpc.listener.event-loop.threads", loops.map(group -> GrpcListener.EVENT_LOOP_THREADS).orElse(0) + "",
                "grpc.sender.event-loop.threads", loops.map(group -> loopThreads).orElse(0) + ""));
        return settings;
    }

    @Override
    public OptionalLong wireBytes() {
        return OptionalLong.of(wireBytes.sum());
    }

    /** Counts the bytes of each message; gRPC's transport calls it for outgoing and incoming messages. */
    private final class WireCounter extends ClientStreamTracer {
        @Override
        public void outboundWireSize(long bytes) {
            wireBytes.add(bytes);
        }

        @Override
        public void inboundWireSize(long bytes) {
            wireBytes.add(bytes);
        }
    }

    /**
     * @throws IllegalStateException if a channel, the executor or the event loops have not ended; the message names it
     */
    @Override
    public void close() {
        closed = true;
        channels.forEach(ManagedChannel::shutdownNow);
        Shutdown shutdown = new Shutdown(name());
        for (int i = 0; i < channels.size(); i++) {
            shutdown.await("the channel to " + targets.get(i).name(), channels.get(i)::awaitTermination);
        }
        executor.ifPresent(shutdown::executor);
        loops.ifPresent(shutdown::eventLoops);
        shutdown.finish();
    }

    /** One event on its way to all targets. */
    private final class FanOut {

        private final NotifyRequest request;
        private final long startedNanos = clock.nanos();
        private final SendReport.Outcome[] outcomes = new SendReport.Outcome[targets.size()];
        private final AtomicInteger open = new AtomicInteger(targets.size());
        private final AtomicLong lastAnswerNanos = new AtomicLong(startedNanos);
        private final CompletableFuture<SendReport> report = new CompletableFuture<>();

        FanOut(NotifyRequest request) {
            this.request = request;
        }

        /**
         * Calls the targets from {@code first} on while each answers before its call returns. Otherwise the thread of
         * the answer continues with the next target. In-process with the direct executor, every target answers before
         * its call returns, so nested calls instead of this loop would overflow the stack.
         */
        void callInTurn(int first) {
            int next = first;
            while (next < targets.size() && !call(next).isFirst()) {
                next++;
            }
        }

        Reply call(int index) {
            CallOptions call = CallOptions.DEFAULT
                    .withDeadlineAfter(options.deadline().toNanos(), TimeUnit.NANOSECONDS)
                    .withStreamTracerFactory(counting);
            // in parallel mode the duration of each call begins at the event's start
            Reply reply = new Reply(this, index, mode == Mode.PARALLEL ? startedNanos : clock.nanos());
            try {
                ClientCalls.asyncUnaryCall(channels.get(index).newCall(CustomerEventServiceGrpc.getNotifyMethod(),
                        call),
                        request, reply);
            } catch (RuntimeException e) { // gRPC throws some failures, for example if the channel is closed meanwhile
                reply.onError(e);
            }
            return reply;
        }

        void answered(Reply reply, SendReport.Outcome outcome, long atNanos) {
            outcomes[reply.index] = outcome;
            lastAnswerNanos.accumulateAndGet(atNanos, Math::max);
            if (open.decrementAndGet() == 0) {
                finish();
            } else if (mode == Mode.SEQUENTIAL && !reply.isFirst()) {
                callInTurn(reply.index + 1);
            }
        }

        void finish() {
            report.complete(new SendReport(startedNanos, lastAnswerNanos.get(), Arrays.asList(outcomes)));
        }
    }

    /** One target's answer. */
    private final class Reply implements StreamObserver<NotifyResponse> {

        private final FanOut fanOut;
        private final int index;
        private final long calledNanos;
        private NotifyResponse response;
        private boolean answered;
        /**
         * Set by the first of two events, the call's return and its answer; the second continues with the next target.
         */
        private final AtomicBoolean first = new AtomicBoolean();

        Reply(FanOut fanOut, int index, long calledNanos) {
            this.fanOut = fanOut;
            this.index = index;
            this.calledNanos = calledNanos;
        }

        /** Called once when the call has returned and once when it has been answered: true for the first of the two. */
        boolean isFirst() {
            return first.compareAndSet(false, true);
        }

        @Override
        public void onNext(NotifyResponse value) {
            response = value;
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            boolean connected = channels.get(index).getState(false) == ConnectivityState.READY;
            answer(status.getCode().name(), false, StatusReason.of(status, options.deadline(), connected));
        }

        @Override
        public void onCompleted() {
            answer("OK", response.getAccepted(), response.getReason());
        }

        private void answer(String code, boolean accepted, String reason) {
            if (!answered) {
                answered = true;
                long now = clock.nanos();
                fanOut.answered(this, new SendReport.Outcome(targets.get(index).name(), code, accepted, reason,
                        now - calledNanos), now);
            }
        }
    }
}
