package dev.brew.delivery.path.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.SendReport.Outcome;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.text.HostPort;
import dev.brew.delivery.tls.Tls;
import dev.brew.delivery.users.v1.CustomerEventServiceGrpc;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import dev.brew.delivery.users.v1.NotifyRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcLoopbackIT {

    private static final List<String> NAMES = List.of("analytics", "notifications", "billing");
    private static final NanoClock CLOCK = NanoClock.system();
    private static final GrpcOptions NIO = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL);

    private final ConcurrentLinkedQueue<String> story = new ConcurrentLinkedQueue<>();
    private final Events events = new Events("run", "m1", 0, 256, CLOCK);

    @ParameterizedTest
    @CsvSource({"SEQUENTIAL,NIO,POOL", "SEQUENTIAL,EPOLL,DIRECT", "SEQUENTIAL,INPROCESS,DIRECT", "PARALLEL,NIO,DIRECT",
        "PARALLEL,EPOLL,POOL", "PARALLEL,INPROCESS,POOL"})
    void everyRecipientGetsEveryEventOnce(GrpcFanOut.Mode mode, GrpcTransport transport, GrpcExecutor executor)
            throws Exception {
        try (GrpcLoopback path = open(mode, new GrpcOptions(transport, executor), "none")) {
            for (int i = 0; i < 20; i++) {
                SendReport report = deliver(path, events.next());
                assertThat(report.accepted()).isTrue();
                assertThat(report.outcomes()).extracting(Outcome::target).containsExactlyElementsOf(NAMES);
                assertThat(report.outcomes()).allMatch(outcome -> outcome.durationNanos() > 0);
            }
            assertThat(story).hasSize(3 * 20 * 2).doesNotHaveDuplicates();
            assertThat(path.settings()).containsEntry("grpc.transport", transport.toString())
                    .containsEntry("grpc.executor", executor.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"ON,NIO", "ON,EPOLL", "MUTUAL,NIO", "MUTUAL,EPOLL"})
    void everyCallIsEncryptedIfItIsAskedFor(Tls.Mode mode, GrpcTransport transport) throws Exception {
        Tls tls = Tls.of(mode);
        GrpcOptions encrypted = new GrpcOptions(transport, GrpcExecutor.POOL, GrpcOptions.DEFAULT_DEADLINE, tls);
        try (GrpcLoopback path = open(GrpcFanOut.Mode.PARALLEL, encrypted, "none")) {
            assertThat(deliver(path, events.next()).accepted()).isTrue();
            assertThat(path.settings()).containsEntry("grpc.tls", mode.toString())
                    .containsEntry("grpc.tls.protocol", "TLSv1.3")
                    .containsEntry("grpc.tls.cipher", "TLS_AES_256_GCM_SHA384");
            assertThat(path.settings().toString()).doesNotContain("BEGIN");
        }
        Recipient recipient = Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer(() -> { })).get(0);
        try (GrpcListener listener = GrpcListener.start(recipient, encrypted)) {
            assertThat(callTo(listener, new GrpcOptions(transport, GrpcExecutor.POOL))).isEqualTo("UNAVAILABLE");
            assertThat(callTo(listener, with(transport, Tls.of(mode)))).isEqualTo("UNAVAILABLE"); // another authority
            assertThat(callTo(listener, with(transport, tls))).isEqualTo("OK");
        }
    }

    @Test
    void mutualTurnsAwayACallerWithoutACertificate() throws Exception {
        Tls tls = Tls.of(Tls.Mode.MUTUAL);
        Recipient recipient = Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer(() -> { })).get(0);
        try (GrpcListener listener = GrpcListener.start(recipient, with(GrpcTransport.NIO, tls))) {
            ManagedChannel nameless = NettyChannelBuilder.forTarget(listener.target()).sslContext(GrpcSslContexts
                    .forClient().trustManager(new ByteArrayInputStream(tls.authority().getBytes(US_ASCII))).build())
                    .build();
            try {
                assertThatThrownBy(() -> CustomerEventServiceGrpc.newBlockingStub(nameless)
                        .withDeadlineAfter(5, TimeUnit.SECONDS)
                        .notify(NotifyRequest.newBuilder().setEvent(events.next()).build()))
                        .hasMessageStartingWith("UNAVAILABLE");
            } finally {
                nameless.shutdownNow();
            }
        }
        assertThat(story).isEmpty();
    }

    private static GrpcOptions with(GrpcTransport transport, Tls tls) {
        return new GrpcOptions(transport, GrpcExecutor.POOL, GrpcOptions.DEFAULT_DEADLINE, tls);
    }

    /** The code of one call's outcome. */
    private String callTo(GrpcListener listener, GrpcOptions options) throws Exception {
        try (GrpcFanOut sender = new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, options,
                List.of(new GrpcFanOut.Target("it", listener.target())), CLOCK)) {
            return sender.deliver(events.next()).toCompletableFuture().get(10, TimeUnit.SECONDS).outcomes().get(0)
                    .code();
        }
    }

    @Test
    void sequentialCallsARecipientOnlyWhenTheOneBeforeHasAnswered() throws Exception {
        try (GrpcLoopback path = open(GrpcFanOut.Mode.SEQUENTIAL, NIO, "fixed:5ms")) {
            deliver(path, events.next());
            assertThat(story).containsExactly("analytics received c-0", "analytics processed c-0",
                    "notifications received c-0", "notifications processed c-0", "billing received c-0",
                    "billing processed c-0");
        }
    }

    @Test
    void aThousandRecipientsInTurnDoNotOverflowTheStack() throws Exception {
        List<Recipient> many = Recipient.all(Recipient.names(Recipient.MAX), DelayPlan.parse("none"), CLOCK,
                observer(() -> { }));
        GrpcOptions inline = new GrpcOptions(GrpcTransport.INPROCESS, GrpcExecutor.DIRECT);
        try (GrpcLoopback path = GrpcLoopback.open(GrpcFanOut.Mode.SEQUENTIAL, inline, many, CLOCK)) {
            assertThat(deliver(path, events.next()).accepted()).isTrue();
            assertThat(story).hasSize(2 * Recipient.MAX);
        }
    }

    @Test
    void parallelHasCalledAllBeforeTheSlowestAnswers() throws Exception {
        CountDownLatch all = new CountDownLatch(NAMES.size());
        RecipientObserver together = observer(() -> {
            all.countDown();
            awaitOrFail(all); // would never open if the calls came one after another
        });
        List<Recipient> recipients = Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, together);
        try (GrpcLoopback path = GrpcLoopback.open(GrpcFanOut.Mode.PARALLEL, NIO, recipients, CLOCK)) {
            assertThat(deliver(path, events.next()).accepted()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcFanOut.Mode.class)
    void aStoppedRecipientFailsAloneAndTheOthersAreServed(GrpcFanOut.Mode mode) throws Exception {
        try (GrpcLoopback path = open(mode, NIO, "none")) {
            path.stop(1);
            SendReport report = deliver(path, events.next());
            assertThat(report.outcomes()).extracting(Outcome::code).containsExactly("OK", "UNAVAILABLE", "OK");
            assertThat(report.accepted()).isFalse();
            assertThat(report.outcomes().get(1).reason()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcFanOut.Mode.class)
    void aRecipientThatIsTooSlowRunsIntoItsDeadlineAlone(GrpcFanOut.Mode mode) throws Exception {
        GrpcOptions hasty = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL, Duration.ofMillis(200));
        try (GrpcLoopback path = open(mode, hasty, "notifications@fixed:60s")) {
            SendReport report = deliver(path, events.next());
            assertThat(report.outcomes()).extracting(Outcome::code).containsExactly("OK", "DEADLINE_EXCEEDED", "OK");
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcFanOut.Mode.class)
    void anInvalidEventIsRefusedByEachWithItsReason(GrpcFanOut.Mode mode) throws Exception {
        try (GrpcLoopback path = open(mode, NIO, "none")) {
            SendReport report = deliver(path, CustomerSignedUp.getDefaultInstance());
            assertThat(report.outcomes()).hasSize(3).allSatisfy(outcome -> {
                assertThat(outcome.code()).isEqualTo("INVALID_ARGUMENT");
                assertThat(outcome.reason()).isEqualTo("customer_id is required");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcExecutor.class)
    void aHandlerThatThrowsAnswersWithItsErrorAlsoAfterADelay(GrpcExecutor executor) throws Exception {
        RecipientObserver throwing = observer(() -> {
            throw new IllegalStateException("the handler is broken");
        });
        RecipientObserver throwingLater = new RecipientObserver() {
            @Override
            public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
                return at -> {
                    throw new IllegalStateException("the handler is broken");
                };
            }

            @Override
            public void invalid(Recipient recipient, String reason) {
                story.add(reason);
            }
        };
        List<Recipient> recipients = List.of(
                new Recipient(0, "now", DelayPlan.parse("none").of(0, NAMES), CLOCK, throwing),
                new Recipient(1, "later", DelayPlan.parse("fixed:1ms").of(0, NAMES), CLOCK, throwingLater));
        try (GrpcLoopback path = GrpcLoopback.open(GrpcFanOut.Mode.SEQUENTIAL,
                new GrpcOptions(GrpcTransport.NIO, executor), recipients, CLOCK)) {
            assertThat(deliver(path, events.next()).outcomes()).hasSize(2).allSatisfy(outcome -> {
                assertThat(outcome.code()).isEqualTo("INTERNAL");
                assertThat(outcome.reason()).contains("the handler is broken");
            });
        }
    }

    @Test
    void aCallInFlightIsAnsweredWhenItsListenerStops() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        List<Recipient> recipients = Recipient.all(List.of("analytics"), DelayPlan.parse("fixed:300ms"), CLOCK,
                observer(received::countDown));
        try (GrpcLoopback path = GrpcLoopback.open(GrpcFanOut.Mode.PARALLEL, NIO, recipients, CLOCK)) {
            var report = path.deliver(events.next()).toCompletableFuture();
            awaitOrFail(received);
            path.stop(0);
            assertThat(report.get(10, TimeUnit.SECONDS).accepted()).isTrue();
        }
    }

    @Test
    void bytesThatDoNotParseAreRefusedAsInvalidAndCounted() throws Exception {
        MethodDescriptor.Marshaller<byte[]> raw = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                return new byte[0];
            }
        };
        Recipient recipient = Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer(() -> { })).get(0);
        GrpcListener listener = GrpcListener.start(recipient, NIO);
        ManagedChannel channel = ManagedChannelBuilder.forTarget(listener.target()).usePlaintext().build();
        try (listener) {
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel,
                    CustomerEventServiceGrpc.getNotifyMethod().toBuilder(raw, raw).build(), CallOptions.DEFAULT,
                    new byte[] {(byte) 0xff, 1, 2}))
                    .hasMessageStartingWith("INVALID_ARGUMENT: not a NotifyRequest: ");
            assertThat(story).singleElement().asString().startsWith("analytics invalid not a NotifyRequest: ");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void nothingIsDeliveredAndNoThreadIsLeftAfterTheEnd() throws Exception {
        GrpcLoopback path = open(GrpcFanOut.Mode.PARALLEL, NIO, "fixed:1ms");
        deliver(path, events.next());
        assertThat(ourThreads()).isNotEmpty();
        path.close();
        noneOfOurThreadsIsLeft();
        assertThatThrownBy(() -> deliver(path, events.next())).hasMessageContaining("grpc-parallel is closed");
    }

    @Test
    void aListenerIsDialledByTheAddressThatItIsBoundToSinceANameMayMeanAnotherOne() throws Exception {
        Recipient recipient = Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer(() -> { })).get(0);
        try (GrpcListener listener = GrpcListener.start(recipient, NIO)) {
            HostPort target = HostPort.parse(listener.target());
            assertThat(target.host()).isEqualTo(HostPort.loopback(0).host());
            assertThat(target.port()).isPositive();
        }
    }

    @Test
    void bytesOfCallsToListenersElsewhereAreCountedAsWell() throws Exception {
        List<Recipient> recipients = Recipient.all(NAMES.subList(0, 1), DelayPlan.parse("none"), CLOCK, observer(() -> { }));
        try (GrpcListener listener = GrpcListener.start(recipients.get(0), NIO);
             GrpcRemote path = GrpcRemote.open(GrpcFanOut.Mode.PARALLEL, NIO, List.of(listener.target()), recipients, CLOCK)) {
            assertThat(path.deliver(events.next()).toCompletableFuture().get(20, TimeUnit.SECONDS).accepted()).isTrue();
            assertThat(path.wireBytes().orElseThrow()).isPositive();
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HostPort address = HostPort.loopback(taken.getLocalPort());
            Recipient recipient = Recipient.all(NAMES, DelayPlan.parse("none"), CLOCK, observer(() -> { })).get(0);
            assertThatThrownBy(() -> GrpcListener.start(recipient, address, NIO, server -> { }))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ");
            noneOfOurThreadsIsLeft();
        }
    }

    @Test
    void aTargetThatIsNotThereIsNamedWhenConnectionsAreAskedFor() throws Exception {
        GrpcFanOut fanOut = new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, NIO,
                List.of(new GrpcFanOut.Target("billing", "127.0.0.1:1")), CLOCK);
        try (fanOut) {
            assertThatThrownBy(() -> fanOut.connect(Duration.ofMillis(300)))
                    .hasMessageStartingWith("billing at 127.0.0.1:1 is not connected: connection refused");
        }
    }

    @Test
    void wordsThatAreNoSettingAreRefused() {
        assertThatThrownBy(() -> GrpcTransport.parse("NIO"))
                .hasMessage("transport must be nio, epoll or inprocess, got 'NIO'");
        assertThatThrownBy(() -> GrpcExecutor.parse("fork")).hasMessage("executor must be pool or direct, got 'fork'");
        assertThatThrownBy(() -> new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL, Duration.ZERO))
                .hasMessage("deadline must be above 0 and at most 1 h, got 0 ms");
    }

    private GrpcLoopback open(GrpcFanOut.Mode mode, GrpcOptions options, String delay) throws Exception {
        return GrpcLoopback.open(mode, options,
                Recipient.all(NAMES, DelayPlan.parse(delay), CLOCK, observer(() -> { })), CLOCK);
    }

    private RecipientObserver observer(Runnable onReceived) {
        return new RecipientObserver() {
            @Override
            public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
                story.add(recipient.name() + " received " + event.getCustomerId());
                onReceived.run();
                return at -> story.add(recipient.name() + " processed " + event.getCustomerId());
            }

            @Override
            public void invalid(Recipient recipient, String reason) {
                story.add(recipient.name() + " invalid " + reason);
            }
        };
    }

    private static SendReport deliver(GrpcLoopback path, CustomerSignedUp event) throws Exception {
        return path.deliver(event).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the others never came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Event loops say that they have ended a moment before their threads have. */
    private static void noneOfOurThreadsIsLeft() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(ourThreads()).isEmpty());
    }

    private static Set<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("listener-") || name.startsWith("sender-"))
                .collect(Collectors.toSet());
    }
}
