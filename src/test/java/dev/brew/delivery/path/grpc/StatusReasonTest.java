package dev.brew.delivery.path.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusReasonTest {

    private static final Duration DEADLINE = Duration.ofMillis(1_500);

    @ParameterizedTest
    @ValueSource(strings = {"", "Deadline CallOptions was exceeded after 0.069131194s waiting for name_resolver",
        "CallOptions deadline exceeded after 0.099878893s. Name resolution delay 0.000000000 seconds. [closed=[], "
                + "open=[[connecting_and_lb_delay=102978964ns, was_still_waiting]]]",
        "ClientCall started after CallOptions deadline was exceeded -0.000021s ago"})
    void aDeadlineOfTheCallSaysHowLongItWasAndWhetherThereWasAConnection(String description) {
        Status status = Status.DEADLINE_EXCEEDED.withDescription(description);
        assertThat(StatusReason.of(status, DEADLINE, true)).isEqualTo("no answer within 1,500 ms");
        assertThat(StatusReason.of(status, DEADLINE, false)).isEqualTo("no connection within 1,500 ms");
    }

    @Test
    void whatARecipientSaysItselfIsKept() {
        assertThat(StatusReason.of(Status.DEADLINE_EXCEEDED.withDescription("failed on purpose"), DEADLINE, true))
                .isEqualTo("failed on purpose");
        assertThat(StatusReason.of(Status.INVALID_ARGUMENT.withDescription("customer_id\nis required"), DEADLINE, true))
                .isEqualTo("customer_id is required");
        assertThat(StatusReason.of(Status.INTERNAL, DEADLINE, true)).isEmpty();
    }

    @Test
    void aFailedConnectionIsNamedByItsRootCauseInPlainWords() {
        assertThat(unavailable("io exception", new IOException("x", new ConnectException("Connection refused"))))
                .isEqualTo("connection refused");
        assertThat(unavailable("io exception", new ConnectException("connect(..) failed with error(-111): Connection refused")))
                .isEqualTo("connection refused");
        assertThat(unavailable("Unable to resolve host nosuch.invalid",
                new RuntimeException(new UnknownHostException("nosuch.invalid: Name or service not known"))))
                .isEqualTo("unknown host");
        assertThat(unavailable("io exception", new IOException("Connection reset by peer")))
                .isEqualTo("connection reset by peer");
        assertThat(unavailable("http2 exception", Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR,
                "First received frame was not SETTINGS. Hex dump for first 5 bytes: 485454502f")))
                .isEqualTo("not a gRPC server: it does not speak HTTP/2");
        assertThat(unavailable("io exception", new SSLHandshakeException("no trusted certificate found")))
                .isEqualTo("TLS: no trusted certificate found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP status code 404 invalid content-type: text/html headers: Metadata(:status=404) | not a gRPC server: it answers "
                + "with HTTP status 404",
        "Method not found: users.v1.CustomerEventService/Notify | it does not serve users.v1.CustomerEventService/Notify",
        "Network closed for unknown reason | the connection was closed before a gRPC server answered"})
    void anotherServerIsCalledThat(String description, String reason) {
        assertThat(StatusReason.of(Status.UNIMPLEMENTED.withDescription(description), DEADLINE, true)).isEqualTo(reason);
    }

    private static String unavailable(String description, Throwable cause) {
        return StatusReason.of(Status.UNAVAILABLE.withDescription(description).withCause(cause), DEADLINE, false);
    }
}
