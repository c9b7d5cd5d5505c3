package dev.brew.delivery.cli;

import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Runs real Kafka on machines without Docker. */
@Command(name = "sandbox", mixinStandardHelpOptions = true, description = {
    "Run real Kafka in child processes on fixed ports of 127.0.0.1 until Ctrl-C; its data is deleted at the end.",
    "Three nodes have replication 3 and min.insync.replicas 2, as in compose.yaml."})
final class SandboxCommand implements Callable<Integer> {

    private static final String HEAP = "256m";
    private static final int MAX_PORT = 65_535;

    @Option(names = "--brokers", paramLabel = "N", defaultValue = "3", converter = Nodes.class,
            description = "Number of nodes, 1..9. Default: ${DEFAULT-VALUE}")
    private int brokers;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "19092", converter = Converters.Port.class,
            description = "Port of the first node; the others get the next ones. 0: any free ports. "
                    + "Default: ${DEFAULT-VALUE}")
    private int port;

    @Override
    public Integer call() throws Exception {
        int last = port + brokers - 1;
        if (port > 0 && last > MAX_PORT) {
            return Exit.usage("--port=" + port + ": " + Lines.count(brokers, "node") + " would need ports up to " + last
                    + ", and there are ports up to " + MAX_PORT);
        }
        List<Integer> ports = IntStream.range(0, brokers).map(i -> port == 0 ? 0 : port + i).boxed().toList();
        for (int each : ports) {
            requireFree(each);
        }
        ProcessBroker.Options options = new ProcessBroker.Options(HEAP, Map.of(), Duration.ofMinutes(1), ports);
        System.out.println("starting " + Lines.count(brokers, "node") + " …");
        try (ProcessBroker broker = ProcessBroker.start(options)) {
            System.out.println("Kafka " + broker.settings().get("broker.version") + " at " + broker.bootstrap()
                    + " (replication "
                    + options.replication() + ", min.insync.replicas " + options.minInSync() + "); Ctrl-C stops it");
            return untilStoppedOrDead(broker);
        } catch (IOException e) {
            return Exit.failed(new IOException(e.getMessage().lines().findFirst().orElse("it did not start"), e));
        }
    }

    /** Checked before the start: a node whose port is taken needs seconds to fail, and does not name the port. */
    private static void requireFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", port));
        } catch (BindException e) {
            throw new IOException("--port: port " + port + " of 127.0.0.1 cannot be used: " + Reason.of(e), e);
        }
    }

    /** A number of nodes. */
    static final class Nodes implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("[1-9]")) {
                throw new TypeConversionException("must be 1..9, got '" + text + "'");
            }
            return Integer.valueOf(text);
        }
    }

    private static int untilStoppedOrDead(ProcessBroker broker) throws Exception {
        List<ProcessHandle> nodes = broker.handles();
        String[] addresses = broker.bootstrap().split(",");
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch alive = new CountDownLatch(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            String address = addresses[i];
            nodes.get(i).onExit().thenRun(() -> {
                alive.countDown();
                if (stopped.getCount() > 0) {
                    System.out.println("the node on " + address + " has ended");
                }
                if (alive.getCount() == 0) {
                    stopped.countDown();
                }
            });
        }
        return Foreground.run(stopped::countDown, () -> {
            stopped.await();
            boolean dead = alive.getCount() == 0;
            broker.close();
            System.out.println(dead ? "no node is left" : "stopped");
            return dead ? 1 : 0;
        });
    }
}
