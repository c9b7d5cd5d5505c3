package dev.brew.delivery.rig;

import com.sun.management.OperatingSystemMXBean;
import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.compare.PairedRatio;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.text.Median;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * What idle neighbours cost: p50 of a row beside the eight other rows of a block, and alone in the same JVM, in turn. Not a
 * test: it takes eight minutes and measures this machine. {@code scripts/neighbours.sh} runs it.
 */
public final class NeighbourComparison {

    private static final Duration SLICE = Duration.ofMillis(300);
    private static final int SLICES = 10;
    private static final Duration REST = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int WARM_UPS = 6;
    private static final List<Integer> RECIPIENTS = List.of(1, 3, 10);

    private static final Brokers.Wanted BROKER = Brokers.Wanted.of(Map.of("broker", "process", "brokers", "1", "tls", "off"));

    private final Broker broker;

    private NeighbourComparison(Broker broker) {
        this.broker = broker;
    }

    /** @param arguments the number of rounds */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        try (Broker broker = Brokers.start(BROKER, new Properties(), System.getenv())) {
            NeighbourComparison comparison = new NeighbourComparison(broker);
            comparison.idle();
            for (PathKind kind : PathKind.WITH_TRANSPORT) {
                comparison.compare(kind, 10, rounds);
            }
            comparison.compare(PathKind.GRPC_PARALLEL, 1, rounds);
        }
    }

    /**
     * The time that idle rows take from a core. One event after another is under way, so they cannot delay the events of a
     * second by more than that.
     */
    private void idle() throws Exception {
        List<Rig> rows = neighbours(null, 0);
        for (int i = 0; i < WARM_UPS; i++) {
            for (Rig each : rows) {
                each.load(Duration.ofSeconds(1), Rig.EVENT_DEADLINE);
            }
        }
        double open = busy();
        close(rows);
        System.out.printf(Locale.ROOT, "cores busy in this JVM and in the broker: nine idle rows %.4f, no row %.4f%n", open, busy());
    }

    private double busy() throws InterruptedException {
        Thread.sleep(REST.toMillis());
        long cpu = cpuNanos();
        long began = System.nanoTime();
        Thread.sleep(IDLE.toMillis());
        return (double) (cpuNanos() - cpu) / (System.nanoTime() - began);
    }

    private long cpuNanos() throws InterruptedException {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()
                + broker.cpuTime().orElseThrow().toNanos();
    }

    private void compare(PathKind kind, int recipients, int rounds) throws Exception {
        double[] beside = new double[rounds];
        double[] alone = new double[rounds];
        try (Rig row = open(kind, recipients)) {
            settle(row, neighbours(kind, recipients));
            for (int i = 0; i < rounds; i++) { // in turn, each side is the later one: a row may still get faster
                boolean last = i % 2 == 0;
                alone[i] = last ? Double.NaN : alone(row);
                beside[i] = beside(row, kind, recipients);
                alone[i] = last ? alone(row) : alone[i];
                System.out.printf(Locale.ROOT, "%s N = %d, %d: beside eight rows %.1f us, alone %.1f us, ratio %.3f%n", kind,
                        recipients, i + 1, beside[i] / 1e3, alone[i] / 1e3, beside[i] / alone[i]);
            }
        }
        PairedRatio ratio = PairedRatio.of(beside, alone);
        System.out.printf(Locale.ROOT, "%s N = %d: beside ÷ alone, %d rounds: %.3f [%.3f, %.3f]%n", kind, recipients, rounds,
                ratio.estimate(), ratio.lower(), ratio.upper());
    }

    private static void settle(Rig row, List<Rig> neighbours) throws Exception {
        for (int i = 0; i < 12; i++) {
            for (Rig each : neighbours) {
                each.load(Duration.ofMillis(300), Rig.EVENT_DEADLINE);
            }
            row.load(Duration.ofSeconds(1), Rig.EVENT_DEADLINE);
        }
        close(neighbours);
    }

    private double beside(Rig row, PathKind kind, int recipients) throws Exception {
        List<Rig> neighbours = neighbours(kind, recipients);
        double p50 = alone(row);
        close(neighbours);
        return p50;
    }

    private static double alone(Rig row) throws InterruptedException {
        Thread.sleep(REST.toMillis()); // what opening and closing rows has left to do
        return p50(row);
    }

    private static double p50(Rig row) throws InterruptedException {
        List<Double> medians = new ArrayList<>();
        for (int i = 0; i < SLICES; i++) {
            medians.add(row.closedLoop(SLICE).p50("completed"));
        }
        return Median.upper(medians);
    }

    private List<Rig> neighbours(PathKind kind, int recipients) throws Exception {
        List<Rig> rigs = new ArrayList<>();
        for (PathKind other : PathKind.WITH_TRANSPORT) {
            for (int n : RECIPIENTS) {
                if (other != kind || n != recipients) {
                    rigs.add(open(other, n));
                }
            }
        }
        return rigs;
    }

    private Rig open(PathKind kind, int recipients) throws Exception {
        PathSpec spec = PathSpec.of(kind, new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL),
                BROKER, KafkaOptions.of("all", new Properties()));
        return Rig.open(new Rig.Settings(spec, recipients, DelayPlan.NONE, 256), NanoClock.system(),
                spec.broker().isPresent() ? broker : null);
    }

    private static void close(List<Rig> rigs) throws Exception {
        for (Rig rig : rigs) {
            rig.close();
        }
    }
}
