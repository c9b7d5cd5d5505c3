package dev.brew.delivery.path.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.brew.delivery.recipient.Pause;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.Verdict;
import dev.brew.delivery.users.v1.CustomerEventServiceGrpc;
import dev.brew.delivery.users.v1.NotifyRequest;
import dev.brew.delivery.users.v1.NotifyResponse;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The gRPC service: a thin adapter to a recipient. gRPC calls it on the listener's executor. */
final class NotifyService {

    private static final MethodDescriptor<NotifyRequest, NotifyResponse> NOTIFY =
            CustomerEventServiceGrpc.getNotifyMethod();
    private static final MethodDescriptor<Incoming, NotifyResponse> TOLERANT =
            NOTIFY.toBuilder(new TolerantMarshaller(), NOTIFY.getResponseMarshaller()).build();

    private final Recipient recipient;
    private final ScheduledExecutorService timer;

    NotifyService(Recipient recipient, ScheduledExecutorService timer) {
        this.recipient = recipient;
        this.timer = timer;
    }

    /** The generated service, except that requests that do not parse reach the recipient, which counts them. */
    ServerServiceDefinition definition() {
        ServiceDescriptor generated = CustomerEventServiceGrpc.getServiceDescriptor();
        ServiceDescriptor tolerant = ServiceDescriptor.newBuilder(generated.getName())
                .setSchemaDescriptor(generated.getSchemaDescriptor()).addMethod(TOLERANT).build();
        return ServerServiceDefinition.builder(tolerant)
                .addMethod(TOLERANT, ServerCalls.asyncUnaryCall(this::notify)).build();
    }

    private void notify(Incoming incoming, StreamObserver<NotifyResponse> reply) {
        if (incoming.request() == null) {
            recipient.invalid(incoming.failure(), verdict -> answer(verdict, reply));
            return;
        }
        // without orFail, a caller would wait for its deadline after a failure on the timer's thread
        Pause pause = (nanos, then) -> timer.schedule(() -> orFail(then, reply), nanos, TimeUnit.NANOSECONDS);
        orFail(() -> recipient.handle(incoming.request().getEvent(), pause, verdict -> answer(verdict, reply)), reply);
    }

    private static void orFail(Runnable work, StreamObserver<NotifyResponse> reply) {
        try {
            work.run();
        } catch (RuntimeException e) {
            reply.onError(Status.INTERNAL.withDescription(e.toString()).withCause(e).asRuntimeException());
        }
    }

    private static void answer(Verdict verdict, StreamObserver<NotifyResponse> reply) {
        if (verdict.code() != Status.Code.OK) {
            reply.onError(verdict.code().toStatus().withDescription(verdict.reason()).asRuntimeException());
            return;
        }
        reply.onNext(NotifyResponse.newBuilder().setAccepted(verdict.accepted()).setReason(verdict.reason()).build());
        reply.onCompleted();
    }

    /**
     * A parsed request, or the reason why parsing failed.
     *
     * @param request null if parsing failed
     * @param failure null if parsing succeeded
     */
    private record Incoming(NotifyRequest request, String failure) {
    }

    /**
     * Parses like the generated marshaller, but returns a parse failure instead of throwing it. gRPC would answer a
     * thrown failure with INTERNAL.
     */
    private static final class TolerantMarshaller implements MethodDescriptor.Marshaller<Incoming> {

        @Override
        public InputStream stream(Incoming value) {
            return NOTIFY.streamRequest(value.request());
        }

        @Override
        public Incoming parse(InputStream stream) {
            try {
                return new Incoming(NOTIFY.parseRequest(stream), null);
            } catch (StatusRuntimeException e) {
                if (e.getCause() instanceof InvalidProtocolBufferException cause) {
                    return new Incoming(null, "not a NotifyRequest: " + cause.getMessage());
                }
                throw e;
            }
        }
    }
}
