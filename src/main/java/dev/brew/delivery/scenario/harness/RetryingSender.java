package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC sender that calls a target again until the target accepts the event, or until the sender is closed. It retries
 * each target separately, after pauses that double from 50 ms to 800 ms. Undelivered events exist only in its memory.
 * At most {@value #MOST_CALLS} calls to a target are in flight, so that the backlog does not overload a recipient that
 * comes back.
 */
public final class RetryingSender implements DeliveryPath {

    static final int MOST_CALLS = 128;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 800;

    private final NanoClock clock;
    private final List<Line> lines = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "retry-timer");
        thread.setDaemon(true);
        return thread;
    });

    public RetryingSender(GrpcOptions options, List<GrpcFanOut.Target> targets, NanoClock clock) {
        this.clock = clock;
        targets.forEach(target -> lines.add(
                new Line(new GrpcFanOut(GrpcFanOut.Mode.PARALLEL, options, List.of(target), clock))));
    }

    @Override
    public String name() {
        return "grpc-parallel with retry";
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        long started = clock.nanos();
        List<CompletableFuture<SendReport.Outcome>> answers = new ArrayList<>();
        for (Line line : lines) {
            CompletableFuture<SendReport.Outcome> answer = new CompletableFuture<>();
            answers.add(answer);
            line.take(new Call(event, started, FIRST_PAUSE_MILLIS, answer));
        }
        return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> new SendReport(started, clock.nanos(),
                        answers.stream().map(CompletableFuture::join).toList()));
    }

    /** One event for one target, and the pause before its next retry. */
    private record Call(CustomerSignedUp event, long started, long pauseMillis,
                        CompletableFuture<SendReport.Outcome> answer) {

        Call later() {
            return new Call(event, started, Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS), answer);
        }
    }

    /** One target, its calls in flight, and the calls that wait for a permit. */
    private final class Line {

        private final GrpcFanOut target;
        private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();
        private final Semaphore places = new Semaphore(MOST_CALLS);

        Line(GrpcFanOut target) {
            this.target = target;
        }

        void take(Call call) {
            waiting.add(call);
            next();
        }

        private void next() {
            while (!waiting.isEmpty() && places.tryAcquire()) {
                Call call = waiting.poll();
                if (call == null) { // another thread has taken the call
                    places.release();
                } else {
                    make(call);
                }
            }
        }

        private void make(Call call) {
            target.deliver(call.event()).whenComplete((report, failure) -> {
                places.release();
                if (timer.isShutdown()) {
                    call.answer().completeExceptionally(new IllegalStateException(name() + " is closed"));
                    return;
                }
                if (failure != null) {
                    call.answer().completeExceptionally(failure);
                } else if (report.accepted()) {
                    call.answer().complete(report.outcomes().get(0));
                } else {
                    timer.schedule(() -> take(call.later()), call.pauseMillis(), TimeUnit.MILLISECONDS);
                }
                timer.execute(this::next); // not on this thread: a call that fails at once would recurse
            });
        }
    }

    @Override
    public Map<String, String> settings() {
        return lines.get(0).target.settings();
    }

    @Override
    public OptionalLong wireBytes() {
        return OptionalLong.of(lines.stream().mapToLong(line -> line.target.wireBytes().orElse(0)).sum());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        lines.forEach(line -> line.target.close());
    }
}
