package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The open loop's sender, offered more than it can send, against Kafka's ProducerPerformance: same broker, topic, record
 * size, acks, linger and batch size, no recipients, each measurement in a JVM of its own, in turn, and of each only what
 * comes after {@value #WARM_UP_SECONDS} seconds of warm-up. See {@code scripts/producer-performance.sh}.
 */
final class ProducerComparison {

    private static final int BYTES = 256;
    private static final String TOPIC = "producer";
    private static final int WARM_UP_SECONDS = 4;
    private static final Pattern OURS = Pattern.compile("records/s: ([\\d.]+)");
    private static final Pattern THEIRS = Pattern.compile("steady state records sent, ([\\d.]+) records/sec");

    private ProducerComparison() {
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("ours")) {
            System.out.printf("records/s: %.1f%n", ours(arguments[1], Integer.parseInt(arguments[2])));
        } else {
            compare(arguments[0], Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        }
    }

    private static void compare(String tools, int seconds, int alternations) throws Exception {
        List<Double> ratios = new ArrayList<>();
        try (ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard());
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
            double rate = theirs(tools, broker, 500_000, 500_000); // warms the broker up, and says how many make a second
            for (int i = 1; i <= alternations; i++) {
                double ours = EndToEndComparison.run(OURS, List.of(EndToEndComparison.JAVA, "-cp",
                        System.getProperty("java.class.path"), ProducerComparison.class.getName(), "ours",
                        broker.bootstrap(), Integer.toString(seconds)));
                double theirs = theirs(tools, broker, Math.round(rate * WARM_UP_SECONDS),
                        Math.round(rate * seconds));
                ratios.add(ours / theirs);
                System.out.printf("%d: ours %,.0f records/s, ProducerPerformance %,.0f records/s, ratio %.2f%n", i, ours,
                        theirs, ours / theirs);
            }
        }
        ratios.sort(null);
        System.out.printf("median ratio of %d: %.2f%n", ratios.size(), ratios.get(ratios.size() / 2));
    }

    private static double theirs(String tools, ProcessBroker broker, long warmUp, long records) throws Exception {
        return EndToEndComparison.run(THEIRS, List.of(EndToEndComparison.JAVA, "-cp", tools + "/*",
                "org.apache.kafka.tools.ProducerPerformance", "--topic", TOPIC, "--num-records",
                Long.toString(warmUp + records), "--warmup-records", Long.toString(warmUp), "--record-size", Integer.toString(BYTES), "--throughput", "-1",
                "--producer-props", "bootstrap.servers=" + broker.bootstrap(), "acks=all", "enable.idempotence=true",
                "linger.ms=0", "batch.size=16384", "compression.type=none", "receive.buffer.bytes=-1", "send.buffer.bytes=-1"));
    }

    /** Acks a second, by the instants at which they came; the last interval is no whole second. */
    private static double ours(String bootstrap, int seconds) throws Exception {
        NanoClock clock = NanoClock.system();
        DeliveryTracker tracker = new DeliveryTracker(List.of(), 0, BYTES, clock);
        TrialRecorder recorder = new TrialRecorder(Series.of(List.of()));
        KafkaOptions options = KafkaOptions.of("all", new Properties());
        try (KafkaSender sender = new KafkaSender(bootstrap, options, TOPIC, clock)) {
            DeliveryTracker.Phase phase = tracker.beginUnordered("m1");
            recorder.start(clock.nanos());
            OpenLoop.Outcome outcome = new OpenLoop(phase, sender, recorder, clock,
                    Arrivals.Process.CONSTANT.at(Arrivals.MAX_RATE, 0), OpenLoop.MAX_IN_FLIGHT)
                    .run(Duration.ofSeconds(WARM_UP_SECONDS + seconds + 1), Duration.ZERO);
            if (!outcome.failures().isEmpty()) {
                throw new IllegalStateException("events failed: " + outcome.failures());
            }
            return recorder.stop(clock.nanos()).stream().filter(interval -> interval.getTag() == null)
                    .skip(WARM_UP_SECONDS).limit(seconds).mapToLong(Histogram::getTotalCount).average().orElseThrow();
        }
    }
}
