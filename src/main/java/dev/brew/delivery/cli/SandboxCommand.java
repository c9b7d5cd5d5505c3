package dev.brew.delivery.cli;

import dev.brew.delivery.broker.ProcessBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Real Kafka for machines without Docker. */
@Command(name = "sandbox", mixinStandardHelpOptions = true, description = {
    "Real Kafka in child processes on fixed ports of 127.0.0.1, until Ctrl-C; its data goes with it.",
    "Three nodes: replication 3, min.insync.replicas 2, as in compose.yaml."})
final class SandboxCommand implements Callable<Integer> {

    private static final String HEAP = "256m";

    @Option(names = "--brokers", paramLabel = "N", defaultValue = "3", converter = Converters.Count.class,
            description = "How many nodes, 1..9. Default: ${DEFAULT-VALUE}")
    private int brokers;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "19092", converter = Converters.Port.class,
            description = "The first node's port; the others have the next ones. 0: any free ones. "
                    + "Default: ${DEFAULT-VALUE}")
    private int port;

    @Override
    public Integer call() throws Exception {
        ProcessBroker.Options options;
        try {
            options = new ProcessBroker.Options(HEAP, Map.of(), Duration.ofMinutes(1),
                    IntStream.range(0, Math.min(brokers, 10)).map(i -> port == 0 ? 0 : port + i).boxed().toList());
        } catch (IllegalArgumentException e) {
            return Commands.usage("--brokers=" + brokers + ": " + e.getMessage());
        }
        System.out.println("starting " + Lines.count(brokers, "node") + " …");
        try (ProcessBroker broker = ProcessBroker.start(options)) {
            System.out.println("Kafka " + broker.settings().get("broker.version") + " at " + broker.bootstrap()
                    + " (replication "
                    + options.replication() + ", min.insync.replicas " + options.minInSync() + "); Ctrl-C stops it");
            return untilStoppedOrDead(broker);
        } catch (IOException e) {
            return Commands.failed(new IOException(e.getMessage().lines().findFirst().orElse("it did not start"), e));
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
