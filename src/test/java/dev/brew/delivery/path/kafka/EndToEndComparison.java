package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.ClosedLoop;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.HistogramFiles;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Our closed loop with one consumer group against Kafka's EndToEndLatency: same broker, record size, acks and partition
 * count, each measurement in a JVM of its own, in turn; both averages contain their JVM's warm-up. See
 * {@code scripts/end-to-end-latency.sh}.
 */
final class EndToEndComparison {

    private static final int BYTES = 256;
    private static final String TOPIC = "end-to-end";
    static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Pattern OURS = Pattern.compile("mean us: ([\\d.]+)");
    private static final Pattern THEIRS = Pattern.compile("Avg latency: ([\\d.]+) ms");

    private EndToEndComparison() {
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("ours")) {
            System.out.printf("mean us: %.1f%n", ours(arguments[1], Integer.parseInt(arguments[2])));
        } else {
            compare(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
        }
    }

    private static void compare(String tools, String records, int alternations) throws Exception {
        List<Double> ratios = new ArrayList<>();
        try (ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard());
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
            theirs(tools, broker, records); // warms the broker up
            for (int i = 1; i <= alternations; i++) {
                double ours = run(OURS, List.of(JAVA, "-cp", System.getProperty("java.class.path"),
                        EndToEndComparison.class.getName(), "ours", broker.bootstrap(), records));
                double theirs = 1000 * theirs(tools, broker, records);
                ratios.add(ours / theirs);
                System.out.printf("%d: ours %.1f us, EndToEndLatency %.1f us, ratio %.2f%n", i, ours, theirs,
                        ours / theirs);
            }
        }
        ratios.sort(null);
        System.out.printf("median ratio of %d: %.2f%n", ratios.size(), ratios.get(ratios.size() / 2));
    }

    private static double theirs(String tools, Broker broker, String records) throws Exception {
        return run(THEIRS, List.of(JAVA, "-cp", tools + "/*", "org.apache.kafka.tools.EndToEndLatency",
                "--bootstrap-server", broker.bootstrap(), "--topic", TOPIC, "--num-records", records,
                "--producer-acks", "all", "--record-size", Integer.toString(BYTES)));
    }

    static double run(Pattern figure, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher found = figure.matcher(output);
        if (process.waitFor() != 0 || !found.find()) {
            throw new IOException(command + " failed: " + output);
        }
        return Double.parseDouble(found.group(1));
    }

    private static double ours(String bootstrap, int records) throws Exception {
        NanoClock clock = NanoClock.system();
        List<String> names = Recipient.names(1);
        DeliveryTracker tracker = new DeliveryTracker(names, 100, BYTES, clock);
        TrialRecorder recorder = new TrialRecorder(Series.of(names));
        KafkaOptions options = new KafkaOptions("all", 1, (short) 1, Map.of(), Map.of());
        try (KafkaPath path = KafkaPath.open(at(bootstrap), options,
                Recipient.all(names, DelayPlan.parse("none"), clock, tracker), clock, tracker.run(), tracker::fail)) {
            DeliveryTracker.Phase phase = tracker.begin("m1");
            ClosedLoop loop = new ClosedLoop(phase, path, recorder, clock, Duration.ofSeconds(30));
            recorder.start(clock.nanos());
            for (int i = 0; i < records; i++) {
                loop.deliverOne();
            }
            loop.flush();
            phase.requireBalance();
            return HistogramFiles.mergeBySeries(recorder.stop(clock.nanos())).get("completed").getMean() / 1000;
        }
    }

    private static Broker at(String bootstrap) {
        return new Broker() {
            @Override
            public String bootstrap() {
                return bootstrap;
            }

            @Override
            public Map<String, String> settings() {
                return Map.of();
            }

            @Override
            public void close() {
                // it belongs to the other process
            }
        };
    }
}
