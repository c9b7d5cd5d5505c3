package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.brew.delivery.users.v1.CustomerEventServiceGrpc;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import dev.brew.delivery.users.v1.NotifyRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lesson's experiments over gRPC, each program in a process of its own. */
class GrpcLessonIT {

    private static final List<String> NAMES = List.of("analytics", "notifications", "billing");
    private static final String NOBODY = "127.0.0.1:1";

    private final List<Program> running = new ArrayList<>();

    @AfterEach
    void endAll() {
        running.forEach(Program::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--parallel", "--timeout=3s"})
    void fiveEventsReachThreeListenersInEitherWay(String way) throws Exception {
        List<Program> listeners = listeners();
        Program sender = run("grpc-broadcast", "--targets", targets(listeners), "--users", "5", way);
        assertThat(sender.end()).isZero();
        assertThat(sender.lines("-> ")).hasSize(15).allMatch(line -> line.matches(
                "  -> 127\\.0\\.0\\.1:\\d+ +OK    accepted=true     +dur=[\\d.,]+ms"));
        assertThat(sender.lines()).contains("5 events to 3 targets: 15 calls, 15 OK, 0 failed");
        for (int i = 0; i < listeners.size(); i++) {
            String name = NAMES.get(i);
            assertThat(listeners.get(i).until("got", 5).lines("got")).hasSize(5).first().isEqualTo(
                    "[" + name + "] got customer_id=c-0 email=c-0@brew.example loyalty_tier=bronze");
        }
    }

    @ParameterizedTest
    @CsvSource({"[::1]:0, [::1]", "[0:0:0:0:0:0:0:1]:0, [::1]", "localhost:0, 127.0.0.1", "[::FFFF:127.0.0.1]:0, 127.0.0.1"})
    void theAddressThatAListenerPrintsIsTheOneToCall(String typed, String host) throws Exception {
        Program listener = run("grpc-listener", "--addr", typed, "--name", "billing").until("listening on ");
        assertThat(address(listener)).startsWith(host + ":");
        Program sender = run("grpc-broadcast", "--targets", address(listener), "--users", "1");
        assertThat(sender.end()).isZero();
        assertThat(sender.lines("  -> " + host)).hasSize(1);
    }

    @ConcurrentTest
    void aStoppedListenerFailsAloneAndTheOthersAreServed() throws Exception {
        List<Program> listeners = listeners();
        String targets = targets(listeners);
        listeners.get(1).signal("TERM");
        assertThat(listeners.get(1).lines()).contains("[notifications] stopped");
        Program sender = run("grpc-broadcast", "--targets", targets, "--users", "5");
        assertThat(sender.end()).isEqualTo(1);
        String gone = targets.split(",")[1];
        assertThat(sender.lines("FAIL")).hasSize(5)
                .allMatch(line -> line.contains(gone) && line.contains("code=UNAVAILABLE") && line.contains("err="));
        assertThat(sender.lines()).contains("5 events to 3 targets: 15 calls, 10 OK, 5 failed",
                "  " + gone + "  UNAVAILABLE  5");
        listeners.get(0).until("got", 5);
        listeners.get(2).until("got", 5);
    }

    @ConcurrentTest
    void aSlowListenerHoldsUpASequentialSenderAndOnlyItselfInParallel() throws Exception {
        Program slow = listener("analytics", "--delay", "fixed:200ms");
        Program quick = listener("billing");
        String targets = targets(List.of(slow, quick));
        Program sequential = run("grpc-broadcast", "--targets", targets, "--users", "5");
        assertThat(sequential.end()).isZero();
        assertThat(durations(sequential, slow)).hasSize(5).allMatch(millis -> millis >= 200);
        Program parallel = run("grpc-broadcast", "--targets", targets, "--users", "5", "--parallel");
        assertThat(parallel.end()).isZero();
        for (int i = 1; i < 5; i++) { // the first call of a process also connects
            assertThat(durations(parallel, quick).get(i)).isLessThan(durations(parallel, slow).get(i));
        }
    }

    @ConcurrentTest
    void failuresOnPurposeAreShownAsWhatTheyAre() throws Exception {
        Program rejecting = listener("analytics", "--fail", "REJECTED@100%");
        Program failing = listener("billing", "--fail", "RESOURCE_EXHAUSTED@100%");
        Program sender = run(Map.of("LISTENER_URLS", targets(List.of(rejecting, failing))), "grpc-broadcast", "--users",
                "2");
        assertThat(sender.end()).isEqualTo(1);
        assertThat(sender.lines(address(rejecting))).hasSize(2)
                .allMatch(line -> line.contains("OK    accepted=false") && line.endsWith("reason=failed on purpose"));
        assertThat(sender.lines("code=RESOURCE_EXHAUSTED")).hasSize(2);
        assertThat(sender.lines()).contains(
                "2 events to 2 targets: 4 calls, 2 OK (2 of them rejected softly), 2 failed");
    }

    @ConcurrentTest
    void aCallInFlightIsAnsweredWhenTheListenerIsStopped() throws Exception {
        Program listener = listener("analytics", "--delay", "fixed:1s");
        Program sender = run("grpc-broadcast", "--targets", address(listener), "--users", "1");
        listener.until("got");
        listener.signal("TERM");
        assertThat(sender.end()).isZero();
        assertThat(sender.lines("accepted=true")).hasSize(1);
    }

    @ConcurrentTest
    void aDeadlineIsKeptAndTheListenerLearnsThatItWasGivenUp() throws Exception {
        Program listener = listener("analytics", "--delay", "fixed:60s");
        Program sender = run("grpc-broadcast", "--targets", address(listener), "--users", "1", "--timeout", "500ms");
        assertThat(sender.end()).isEqualTo(1);
        assertThat(sender.lines("code=DEADLINE_EXCEEDED")).hasSize(1);
        listener.until("[analytics] the sender gave up a call of users.v1.CustomerEventService/Notify");
    }

    @ConcurrentTest
    void theNameComesFromTheEnvironmentElseFromTheAddress() throws Exception {
        run(Map.of("LISTENER_NAME", "rewards"), "grpc-listener", "--addr", "127.0.0.1:0")
                .until("[rewards] listening on ");
        run("grpc-listener", "--addr", "127.0.0.1:0").until("[127.0.0.1:0] listening on ");
    }

    @ConcurrentTest
    void probesAndToolsFindHealthAndReflectionAndTheListenerDoesNotTellOfThem() throws Exception {
        Program listener = listener("analytics");
        ManagedChannel channel = channel(listener);
        try {
            assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.newBuilder()
                    .setService("users.v1.CustomerEventService").build()).getStatus()).isEqualTo(ServingStatus.SERVING);
            assertThat(services(channel)).contains("users.v1.CustomerEventService", "grpc.health.v1.Health");
            assertThat(HealthGrpc.newBlockingStub(channel).watch(HealthCheckRequest.getDefaultInstance()).next().getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        } finally {
            channel.shutdownNow(); // gives the watch up
        }
        assertThat(run("grpc-broadcast", "--targets", address(listener), "--users", "1").end()).isZero();
        listener.until("customer_id=");
        assertThat(listener.lines("grpc.health")).isEmpty();
    }

    @ConcurrentTest
    void olderToolsFindReflectionInVersion1AlphaToo() throws Exception {
        ManagedChannel channel = channel(listener("analytics"));
        try {
            CompletableFuture<List<String>> found = new CompletableFuture<>();
            var ask = io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel).serverReflectionInfo(
                    new StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionResponse>() {
                        @Override
                        public void onNext(io.grpc.reflection.v1alpha.ServerReflectionResponse value) {
                            found.complete(value.getListServicesResponse().getServiceList().stream()
                                    .map(io.grpc.reflection.v1alpha.ServiceResponse::getName).toList());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            found.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {
                            // the answer came before
                        }
                    });
            ask.onNext(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder().setListServices("").build());
            assertThat(found.get(20, TimeUnit.SECONDS)).contains("users.v1.CustomerEventService",
                    "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");
            ask.onCompleted();
        } finally {
            channel.shutdownNow();
        }
    }

    @ConcurrentTest
    void aTargetThatCannotBeReachedIsNamedInPlainWordsBeforeTheFirstEvent() throws Exception {
        Program sender = run("grpc-broadcast", "--targets", NOBODY + ",nosuch.invalid:5", "--users", "1", "--timeout",
                "100ms");
        assertThat(sender.end()).isEqualTo(1);
        assertThat(sender.lines()).contains(NOBODY + " is not connected: connection refused; "
                + "nosuch.invalid:5 is not connected: unknown host");
        assertThat(sender.lines("  -> ")).hasSize(2).allMatch(line -> line.matches(
                "  -> (127\\.0\\.0\\.1:1 .*  err=connection refused|nosuch\\.invalid:5 .*  err=unknown host)"));
        assertThat(sender.lines()).noneMatch(line -> line.contains("resolve name") || line.contains("io exception"));
    }

    @ConcurrentTest
    void aTargetThatIsNoGrpcServerIsCalledThat() throws Exception {
        try (ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> answerAsHttp1(http));
            server.start();
            Program sender = run("grpc-broadcast", "--targets", "127.0.0.1:" + http.getLocalPort(), "--users", "1");
            assertThat(sender.end()).isEqualTo(1);
            assertThat(sender.lines("  -> ")).hasSize(1)
                    .allMatch(line -> line.endsWith("  err=not a gRPC server: it does not speak HTTP/2"));
            http.close();
            server.join();
        }
    }

    private static void answerAsHttp1(ServerSocket http) {
        while (!http.isClosed()) {
            try (Socket caller = http.accept()) {
                caller.getOutputStream().write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes());
                caller.getInputStream().readAllBytes(); // until it hangs up
            } catch (java.io.IOException e) {
                // closed by the test, or by the caller
            }
        }
    }

    @ConcurrentTest
    void hostileInputIsALineAndTheListenerServesOn() throws Exception {
        Program listener = listener("analytics");
        ManagedChannel channel = channel(listener);
        try {
            CustomerEventServiceGrpc.CustomerEventServiceBlockingStub stub =
                    CustomerEventServiceGrpc.newBlockingStub(channel);
            assertThatThrownBy(() -> stub.notify(NotifyRequest.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class).hasMessage("INVALID_ARGUMENT: customer_id is required");
            listener.until("[analytics] turned down: customer_id is required");
            CustomerSignedUp huge = CustomerSignedUp.newBuilder().setCustomerId("c")
                    .setPadding(ByteString.copyFrom(new byte[5_000_000])).build();
            assertThatThrownBy(() -> stub.notify(NotifyRequest.newBuilder().setEvent(huge).build()))
                    .hasMessageContaining("RESOURCE_EXHAUSTED");
            listener.until("[analytics] refused a call of users.v1.CustomerEventService/Notify: ");
        } finally {
            channel.shutdownNow();
        }
        try (Socket socket = new Socket("127.0.0.1", port(listener))) {
            socket.getOutputStream().write("this is no HTTP/2, and it is longer than its preface\n".getBytes());
            assertThat(socket.getInputStream().readAllBytes()).isNotNull(); // until it hangs up
        }
        listener.until("HTTP/2 client preface string missing or corrupt");
        assertThat(run("grpc-broadcast", "--targets", address(listener), "--users", "1").end()).isZero();
        assertThat(listener.lines()).noneMatch(line -> line.startsWith("\tat ") || line.contains("java."));
    }

    @ConcurrentTest
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Program listener = run("grpc-listener", "--addr", address);
            assertThat(listener.end()).isEqualTo(1);
            assertThat(listener.lines()).containsExactly("--addr: cannot listen on " + address + ": Address already in use");
        }
    }

    @ParameterizedTest
    @CsvSource({"nosuch.invalid:5, unknown host", "192.0.2.1:5000, Cannot assign requested address"})
    void aHostThatIsNotHereIsNamed(String address, String why) throws Exception {
        Program listener = run("grpc-listener", "--addr", address);
        assertThat(listener.end()).isEqualTo(1);
        assertThat(listener.lines()).containsExactly("--addr: cannot listen on " + address + ": " + why);
    }

    @ConcurrentTest
    void withoutTargetsTheOptionAndTheVariableAreNamed() throws Exception {
        Program program = run("grpc-broadcast");
        assertThat(program.end()).isEqualTo(2);
        assertThat(program.lines()).containsExactly("no targets: give --targets host:port,… or set LISTENER_URLS");
    }

    @ConcurrentTest
    void blanksInATargetListAreNoTrouble() throws Exception {
        Program sender = run("grpc-broadcast", "--targets", " 127.0.0.1:1 , 127.0.0.1:2 ", "--users", "1");
        assertThat(sender.end()).isEqualTo(1);
        assertThat(sender.lines("  -> " + NOBODY)).hasSize(1);
    }

    private List<Program> listeners() throws Exception {
        List<Program> listeners = new ArrayList<>();
        for (String name : NAMES) {
            listeners.add(run("grpc-listener", "--addr", "127.0.0.1:0", "--name", name));
        }
        listeners.forEach(listener -> listener.until("listening on "));
        return listeners;
    }

    private Program listener(String name, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("grpc-listener", "--addr", "127.0.0.1:0", "--name", name));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(new String[0])).until("listening on ");
    }

    private Program run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    private Program run(Map<String, String> environment, String... arguments) throws Exception {
        Program program = Program.start(environment, arguments);
        running.add(program);
        return program;
    }

    private static String targets(List<Program> listeners) {
        return String.join(",", listeners.stream().map(GrpcLessonIT::address).toList());
    }

    private static String address(Program listener) {
        return listener.all("listening on (\\S+)").get(0);
    }

    private static int port(Program listener) {
        return Integer.parseInt(address(listener).split(":")[1]);
    }

    private static List<Double> durations(Program sender, Program target) {
        return sender.all("-> " + address(target) + " .* dur=([\\d.,]+)ms").stream()
                .map(text -> Double.parseDouble(text.replace(",", ""))).toList();
    }

    private static ManagedChannel channel(Program listener) {
        return NettyChannelBuilder.forTarget(address(listener)).usePlaintext().build();
    }

    private static List<String> services(ManagedChannel channel) throws Exception {
        CompletableFuture<List<String>> found = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse value) {
                        found.complete(value.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName).toList());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        found.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        // the answer came before
                    }
                });
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> services = found.get(20, TimeUnit.SECONDS);
        ask.onCompleted();
        return services;
    }
}
