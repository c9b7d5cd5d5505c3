package dev.brew.delivery.path;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of path that a user can name. */
public enum PathKind {
    /** One gRPC call after another. */
    GRPC_SEQUENTIAL("grpc-sequential"),
    /** All gRPC calls at once. */
    GRPC_PARALLEL("grpc-parallel"),
    /** One record in a topic, and a consumer group for each recipient. */
    KAFKA("kafka"),
    /** No transport: {@link NullPath}. */
    NULL("null");

    /** The kinds with a transport. */
    public static final List<PathKind> WITH_TRANSPORT = List.of(GRPC_SEQUENTIAL, GRPC_PARALLEL, KAFKA);

    private final String text;

    PathKind(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if {@code text} names no kind; the message lists all of them */
    public static PathKind parse(String text) {
        return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("path must be one of "
                        + Arrays.stream(values()).map(PathKind::toString).collect(Collectors.joining(", "))
                        + ", got '" + text + "'"));
    }

    /** The text that users type and that tables show. */
    @Override
    public String toString() {
        return text;
    }
}
