package dev.brew.delivery.path.grpc;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Connects channels before their first call.
 *
 * @param timeout the time limit for all channels together
 * @param persist true: a channel that fails tries again until the timeout; false: the first failure is final
 */
record Connecting(Duration timeout, boolean persist) {

    /** Deadline of the first call: longer than that call takes on a busy machine. */
    private static final Duration ASK = Duration.ofSeconds(5);

    /** For each channel, in order: the reason why it is not connected; empty if it is connected. */
    List<Optional<String>> all(List<ManagedChannel> channels) throws InterruptedException {
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        for (ManagedChannel channel : channels) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            settled.add(one);
            watch(channel, one);
        }
        try {
            CompletableFuture.allOf(settled.toArray(CompletableFuture[]::new)).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            settled.forEach(one -> one.cancel(false)); // ends the state watches
        } catch (ExecutionException e) {
            throw new IllegalStateException("a channel's state cannot be watched", e);
        }
        List<Optional<ListenableFuture<HealthCheckResponse>>> asked = channels.stream().map(this::ask).toList();
        List<Optional<String>> failures = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            failures.add(failure(channels.get(i), asked.get(i)));
        }
        return failures;
    }

    private void watch(ManagedChannel channel, CompletableFuture<Void> settled) {
        ConnectivityState state = channel.getState(true);
        boolean over = state == ConnectivityState.READY || state == ConnectivityState.SHUTDOWN
                || state == ConnectivityState.TRANSIENT_FAILURE && !persist;
        if (over) {
            settled.complete(null);
        } else if (!settled.isDone()) {
            channel.notifyWhenStateChanged(state, () -> watch(channel, settled));
        }
    }

    /**
     * Makes a first call where it is useful. A failed channel does not expose its failure, but a call on it ends with
     * the reason and is not sent. On a connected channel, a first call loads classes on both sides, which takes longer
     * than a short deadline allows. The call goes to the health service, so that no recipient counts it; a server
     * without that service answers as well.
     */
    private Optional<ListenableFuture<HealthCheckResponse>> ask(ManagedChannel channel) {
        ConnectivityState state = channel.getState(false);
        boolean useful = state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.READY && !persist;
        return useful ? Optional.of(ClientCalls.futureUnaryCall(channel.newCall(HealthGrpc.getCheckMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(ASK.toMillis(), TimeUnit.MILLISECONDS)),
                HealthCheckRequest.getDefaultInstance())) : Optional.empty();
    }

    private Optional<String> failure(ManagedChannel channel, Optional<ListenableFuture<HealthCheckResponse>> asked)
            throws InterruptedException {
        Status status = Status.DEADLINE_EXCEEDED;
        if (asked.isPresent()) {
            try {
                asked.get().get();
            } catch (ExecutionException e) {
                status = Status.fromThrowable(e.getCause());
            }
        }
        if (channel.getState(false) == ConnectivityState.READY) {
            return Optional.empty();
        }
        return Optional.of(status.getCode() == Status.Code.DEADLINE_EXCEEDED ? StatusReason.notConnected(timeout)
                : StatusReason.of(status, ASK, false));
    }
}
