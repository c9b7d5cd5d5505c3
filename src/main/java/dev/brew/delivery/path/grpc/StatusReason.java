package dev.brew.delivery.path.grpc;

import com.google.common.base.Throwables;
import dev.brew.delivery.text.Reason;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Turns a failed call's status into a reason that people understand. A status that gRPC's client creates describes
 * gRPC's internals, so this class rewords it. A recipient's own description is kept.
 */
final class StatusReason {

    /** Matches the description that gRPC 1.85 gives for its own deadlines; a recipient's description does not match. */
    private static final Pattern OWN_DEADLINE = Pattern.compile(
            "(?is).*((CallOptions|Context).*deadline|deadline (CallOptions|Context)).*");
    private static final Pattern UNKNOWN_HOST = Pattern.compile("Unable to resolve host (\\S+)");
    private static final Pattern HTTP_STATUS = Pattern.compile("(?s)HTTP status code (\\d+).*");

    private StatusReason() {
    }

    /**
     * The reason in words, on one line.
     *
     * @param deadline  deadline of the call
     * @param connected true if the channel of the call is connected
     */
    static String of(Status status, Duration deadline, boolean connected) {
        String description = status.getDescription() == null ? "" : status.getDescription();
        boolean own = description.isEmpty() || OWN_DEADLINE.matcher(description).matches();
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED && own) {
            return connected ? "no answer within " + millis(deadline) : notConnected(deadline);
        }
        String reason = ofCause(status.getCause()).or(() -> ofDescription(description)).orElse(description);
        return reason.replaceAll("\\s+", " ").strip();
    }

    static String notConnected(Duration deadline) {
        return "no connection within " + millis(deadline);
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%,d ms", time.toMillis());
    }

    private static Optional<String> ofCause(Throwable cause) {
        if (cause == null) {
            return Optional.empty();
        }
        Throwable root = Throwables.getRootCause(cause);
        if (root instanceof UnknownHostException) {
            return Optional.of("unknown host");
        }
        String message = Reason.of(root);
        if (message.contains("Connection refused")) { // epoll's message also names a system call
            return Optional.of("connection refused");
        }
        if (root instanceof Http2Exception && message.startsWith("First received frame was not SETTINGS")) {
            return Optional.of("not a gRPC server: it does not speak HTTP/2");
        }
        if (root instanceof NotSslRecordException) {
            return Optional.of("it does not speak TLS");
        }
        if (root instanceof SSLException || cause instanceof SSLException) {
            return Optional.of("TLS: " + message);
        }
        return Optional.of(lowerCase(message));
    }

    private static Optional<String> ofDescription(String description) {
        Matcher http = HTTP_STATUS.matcher(description);
        if (http.matches()) {
            return Optional.of("not a gRPC server: it answers with HTTP status " + http.group(1));
        }
        if (UNKNOWN_HOST.matcher(description).find()) {
            return Optional.of("unknown host");
        }
        if (description.startsWith("Method not found: ")) {
            return Optional.of("it does not serve " + description.substring("Method not found: ".length()));
        }
        if (description.startsWith("Network closed for unknown reason")) {
            return Optional.of("the connection was closed before a gRPC server answered");
        }
        return Optional.empty();
    }

    private static String lowerCase(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
