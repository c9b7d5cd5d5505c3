package dev.brew.delivery.broker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.brew.delivery.text.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests to a container engine over its socket; each is answered in milliseconds or fails after two seconds. It is
 * not docker-java, which the jar carries for Testcontainers: that needs about twice the time for the first answer,
 * since it loads an HTTP client and a second Jackson. Testcontainers itself may need minutes to notice that there is no
 * engine.
 */
final class ContainerEngine {

    private static final String SCHEME = "unix://";
    private static final String DEFAULT_SOCKET = "/var/run/docker.sock";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration REMOVAL = Duration.ofSeconds(20);
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path socket;

    private ContainerEngine(Path socket) {
        this.socket = socket;
    }

    /**
     * The engine of this machine.
     *
     * @param environment {@code DOCKER_HOST} names another socket
     * @throws IOException if none answers; the message names the socket and the reason
     */
    static ContainerEngine find(Map<String, String> environment) throws IOException {
        String host = environment.getOrDefault("DOCKER_HOST", SCHEME + DEFAULT_SOCKET);
        if (!host.startsWith(SCHEME)) {
            throw new IOException("DOCKER_HOST=" + host + " is not a socket of this machine (unix://…)");
        }
        Path socket = Path.of(host.substring(SCHEME.length()));
        if (!Files.exists(socket)) {
            throw new IOException("there is no container engine: " + socket + " does not exist");
        }
        ContainerEngine engine = new ContainerEngine(socket);
        Answer ping = engine.ask("GET", "/_ping", PATIENCE);
        if (ping.status != OK) {
            throw new IOException("the container engine at " + socket + " answers with status " + ping.status);
        }
        return engine;
    }

    /** True if the image is on this machine. */
    boolean hasImage(String image) throws IOException {
        Answer answer = ask("GET", "/images/" + image + "/json", PATIENCE);
        if (answer.status != OK && answer.status != NOT_FOUND) {
            throw new IOException("the container engine at " + socket + " answers " + answer.status
                    + " to a question for image " + image);
        }
        return answer.status == OK;
    }

    /** All containers with a label, running or not, and the label's value. */
    List<Labelled> labelled(String label) throws IOException {
        String filter = URLEncoder.encode("{\"label\":[\"" + label + "\"]}", StandardCharsets.UTF_8);
        Answer answer = ask("GET", "/containers/json?all=1&filters=" + filter, PATIENCE);
        if (answer.status != OK) {
            throw new IOException("the container engine at " + socket + " answers " + answer.status
                    + " to a question for containers");
        }
        List<Labelled> found = new ArrayList<>();
        for (JsonNode container : MAPPER.readTree(answer.body)) {
            found.add(new Labelled(container.get("Id").textValue(), container.at("/Labels").path(label).asText()));
        }
        return found;
    }

    /**
     * A container.
     *
     * @param value of the label
     */
    record Labelled(String id, String value) {
    }

    /** CPU time that a container's processes have used so far; empty if it is not running. */
    Optional<Duration> cpuTime(String id) throws IOException {
        Answer answer = ask("GET", "/containers/" + id + "/stats?stream=false&one-shot=true", PATIENCE);
        if (answer.status != OK) {
            return Optional.empty();
        }
        long nanos = MAPPER.readTree(answer.body).at("/cpu_stats/cpu_usage/total_usage").asLong();
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos)); // 0: it is not counted
    }

    /** Ends and removes a container with its volumes; a container that is gone already is no failure. */
    void remove(String id) throws IOException {
        Answer answer = ask("DELETE", "/containers/" + id + "?force=1&v=1", REMOVAL);
        if (answer.status != NO_CONTENT && answer.status != NOT_FOUND
                && answer.status != 409) { // 409: another process removes it
            throw new IOException("container " + id + " could not be removed: the engine answers " + answer.status
            + " " + answer.body);
        }
    }

    Path socket() {
        return socket;
    }

    private record Answer(int status, String body) {
    }

    /** Uses HTTP/1.0, so that the answer ends with the connection and is not chunked. */
    private Answer ask(String method, String path, Duration patience) throws IOException {
        String request = method + " " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
        long end = System.nanoTime() + patience.toNanos();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            while (true) {
                long left = end - System.nanoTime();
                if (left <= 0 || selector.select(Math.max(1, left / 1_000_000)) == 0) {
                    throw new IOException("the container engine at " + socket + " does not answer within "
                            + patience.toMillis() + " ms");
                }
                selector.selectedKeys().clear();
                if (channel.read(buffer.clear()) < 0) {
                    return parse(bytes.toString(StandardCharsets.UTF_8));
                }
                bytes.write(buffer.array(), 0, buffer.position());
            }
        } catch (IOException e) {
            throw e.getMessage() != null && e.getMessage().startsWith("the container engine") ? e
                    : new IOException("the container engine at " + socket + " cannot be asked: " + Reason.of(e), e);
        }
    }

    private static Answer parse(String text) throws IOException {
        Optional<String> status = text.lines().findFirst().filter(line -> line.matches("HTTP/1\\.\\d \\d{3}.*"));
        int body = text.indexOf("\r\n\r\n");
        if (status.isEmpty() || body < 0) {
            throw new IOException("the container engine answers with something that is not HTTP");
        }
        return new Answer(Integer.parseInt(status.get().substring(9, 12)), text.substring(body + 4));
    }
}
