package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.tls.Tls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of an engine's answers; the engine is a socket of the test. */
class ContainerEngineTest {

    private static final Brokers.Wanted ONE = new Brokers.Wanted("auto", 1, Tls.Mode.OFF);
    private static final Brokers.Wanted CONTAINER = new Brokers.Wanted("container", 1, Tls.Mode.OFF);

    @TempDir
    private Path folder;
    private Path socket;
    private ServerSocketChannel server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> open = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("engine.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }

    /** Answers each question; null: not at all. */
    private void answer(UnaryOperator<String> answers) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    SocketChannel channel = server.accept();
                    open.add(channel);
                    ByteBuffer question = ByteBuffer.allocate(1000);
                    channel.read(question);
                    String line = new String(question.array(), 0, question.position(), StandardCharsets.US_ASCII)
                            .lines().findFirst()
                            .orElse("");
                    asked.add(line);
                    String answer = answers.apply(line);
                    if (answer != null) {
                        channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                        channel.close();
                    }
                }
            } catch (AsynchronousCloseException e) {
                // the test is over
            } catch (IOException e) {
                asked.add(e.toString());
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static String http(int status, String body) {
        return "HTTP/1.0 " + status + " x\r\nServer: test\r\n\r\n" + body;
    }

    private Map<String, String> environment() {
        return Map.of("DOCKER_HOST", "unix://" + socket);
    }

    @Test
    void anImageThatIsThereMeansAContainer() throws Exception {
        answer(question -> http(200, question.contains("_ping") ? "OK" : "{}"));
        Brokers.Choice choice = Brokers.choose(ONE, new Properties(), environment());
        assertThat(choice.broker()).isEqualTo("container");
        assertThat(asked).containsExactly("GET /_ping HTTP/1.0", "GET /images/apache/kafka:4.4.0/json HTTP/1.0");
        assertThat(Brokers.choose(new Brokers.Wanted("auto", 3, Tls.Mode.OFF), new Properties(), environment()))
                .isEqualTo(new Brokers.Choice("process", "a container is one node"));
    }

    @Test
    void anImageThatIsNotThereMeansTheProcessBrokerAndSaysHowToGetTheOther() throws Exception {
        answer(question -> question.contains("/images/") ? http(404, "") : http(200, "[]"));
        Properties system = new Properties();
        system.setProperty(Brokers.IMAGE, "apache/kafka-native:4.4.0");
        assertThat(Brokers.choose(ONE, system, environment())).isEqualTo(new Brokers.Choice("process",
                "the container engine has no image apache/kafka-native:4.4.0; docker pull it, or -p broker=container with "
                        + "-Ddelivery.kafka.pull=true or -Ddelivery.kafka.image=…"));
        assertThatThrownBy(() -> Brokers.start(CONTAINER, system, environment())).isInstanceOf(IOException.class)
                .hasMessageStartingWith("the container engine has no image apache/kafka-native:4.4.0: docker pull");
    }

    @Test
    void anEngineThatDoesNotAnswerIsGivenTwoSeconds() {
        answer(question -> null);
        String why = "the container engine at " + socket + " does not answer within 2000 ms";
        assertThat(Brokers.choose(ONE, new Properties(), environment()))
                .isEqualTo(new Brokers.Choice("process", why + "; start one for -p broker=container"));
        assertThatThrownBy(() -> Brokers.start(CONTAINER, new Properties(), environment())).hasMessage(why);
    }

    @Test
    void whatIsNoEngineIsSaid() {
        answer(question -> "SSH-2.0-OpenSSH\r\n");
        assertThatThrownBy(() -> ContainerEngine.find(environment()))
                .hasMessage("the container engine answers with something that is not HTTP");
        assertThatThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "unix:///no/such.sock")))
                .hasMessage("there is no container engine: /no/such.sock does not exist");
        assertThatThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "tcp://10.0.0.1:2375")))
                .hasMessage("DOCKER_HOST=tcp://10.0.0.1:2375 is not a socket of this machine (unix://…)");
    }

    @Test
    void containersOfHoldersThatAreNoMoreAreRemoved() throws Exception {
        String mine = ContainerMain.holder(ProcessHandle.current());
        answer(question -> question.startsWith("DELETE") ? http(204, "") : question.contains("_ping") ? http(200, "OK")
                : http(200, "[{\"Id\":\"aa\",\"Labels\":{\"" + ContainerMain.LABEL + "\":\"" + mine + "\"}},"
                        + "{\"Id\":\"bb\",\"Labels\":{\"" + ContainerMain.LABEL + "\":\""
                        + ProcessHandle.current().pid() + "@another time\"}},"
                        + "{\"Id\":\"cc\",\"Labels\":{\"" + ContainerMain.LABEL
                        + "\":\"999999999@2026-01-01T00:00:00Z\"}}]"));
        assertThat(ContainerBroker.removeOrphans(ContainerEngine.find(environment()))).containsExactly("bb", "cc");
        assertThat(asked).endsWith("DELETE /containers/bb?force=1&v=1 HTTP/1.0",
                "DELETE /containers/cc?force=1&v=1 HTTP/1.0");
    }
}
