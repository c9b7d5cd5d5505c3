package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.ClosedLoop;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.load.WarmUp;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcLoopback;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One way of delivering, with recipients in this JVM that a tracker follows, and maybe others beside them that nobody
 * waits for. For one thread.
 */
public final class Stage implements AutoCloseable {

    /** As everywhere in this project, but committed often enough that lag can be watched. */
    public static final KafkaOptions KAFKA = new KafkaOptions("all", 3, (short) 1, Map.of(),
            Map.of("auto.commit.interval.ms", "200"));
    public static final GrpcOptions GRPC = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL);
    public static final int PAYLOAD_BYTES = 256;
    public static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Lab lab;
    private final DeliveryTracker tracker;
    private final List<String> series;
    private final DeliveryPath path;
    private int phases;
    private long warmUpEvents;

    private Stage(Lab lab, DeliveryTracker tracker, List<String> series, DeliveryPath path) {
        this.lab = lab;
        this.tracker = tracker;
        this.series = series;
        this.path = path;
    }

    /** Makes a path to recipients. */
    @FunctionalInterface
    public interface Opener {
        /** @param run of the events; for names */
        public DeliveryPath open(Lab lab, Way way, List<Recipient> recipients, DeliveryTracker tracker) throws Exception;
    }

    /** The paths as everybody has them. */
    public static DeliveryPath standard(Lab lab, Way way, List<Recipient> recipients, DeliveryTracker tracker)
            throws Exception {
        return way == Way.KAFKA
                ? KafkaPath.open(lab.broker(), KAFKA, recipients, lab.clock(), tracker.run(), tracker::fail)
                : GrpcLoopback.open(way.mode(), GRPC, recipients, lab.clock());
    }

    /**
     * Opens a path to {@code beside}, which are called first where there is an order, and {@code followed} recipients.
     */
    public static Stage open(Lab lab, Way way, int followed, List<Recipient> beside, Opener opener) throws Exception {
        List<String> names = followed == 0 ? List.of() : Recipient.names(followed);
        DeliveryTracker tracker = new DeliveryTracker(names, 0, PAYLOAD_BYTES, lab.clock());
        List<Recipient> all = new ArrayList<>(beside);
        all.addAll(Recipient.all(names, DelayPlan.parse("none"), lab.clock(), tracker));
        DeliveryPath path = opener.open(lab, way, all, tracker);
        lab.tell(path.settings());
        return new Stage(lab, tracker, Series.of(names), path);
    }

    public static Stage open(Lab lab, Way way, int followed) throws Exception {
        return open(lab, way, followed, List.of(), Stage::standard);
    }

    public DeliveryPath path() {
        return path;
    }

    /** The path, where it is Kafka's; or what stands behind another door to it. */
    public KafkaPath kafka() {
        return (KafkaPath) (path instanceof Door door ? door.behind() : path);
    }

    DeliveryTracker tracker() {
        return tracker;
    }

    public void warmUp(Duration time) throws InterruptedException {
        DeliveryTracker.Phase phase = phase();
        WarmUp.run(phase, path, series, lab.clock(), time, DEADLINE);
        warmUpEvents += phase.sent();
    }

    /** How many events the warm-ups took: history to whoever joins later. */
    public long warmUpEvents() {
        return warmUpEvents;
    }

    /** One event after another, for {@code time}. */
    public Measured closed(Duration time) throws InterruptedException {
        DeliveryTracker.Phase phase = phase();
        TrialRecorder recorder = new TrialRecorder(series);
        recorder.start(lab.clock().nanos());
        ClosedLoop loop = new ClosedLoop(phase, path, recorder, lab.clock(), DEADLINE);
        long end = lab.clock().nanos() + time.toNanos();
        while (lab.clock().nanos() < end) {
            loop.deliverOne();
        }
        loop.flush();
        phase.requireBalance();
        return new Measured(recorder.stop(lab.clock().nanos()), 0, null);
    }

    /** Events at {@code rate} a second for {@code time}; what fails or is missing stands in the outcome. */
    public Measured open(double rate, Duration time, Duration drain) throws InterruptedException {
        return open(path, rate, time, drain);
    }

    /** The same through another door to the same recipients. */
    public Measured open(DeliveryPath door, double rate, Duration time, Duration drain) throws InterruptedException {
        Running running = start(door, rate);
        return running.run(time, drain);
    }

    /** An open loop that can be watched. */
    public Running start(DeliveryPath door, double rate) {
        DeliveryTracker.Phase phase = phase();
        TrialRecorder recorder = new TrialRecorder(series);
        OpenLoop loop = new OpenLoop(phase, door, recorder, lab.clock(), Arrivals.Process.CONSTANT.at(rate, 0),
                OpenLoop.MAX_IN_FLIGHT);
        return new Running(phase, recorder, loop);
    }

    private DeliveryTracker.Phase phase() {
        return tracker.beginUnordered("m" + ++phases);
    }

    /** An open loop under way. {@link #run} is called once; the rest from any thread. */
    public final class Running {

        private final DeliveryTracker.Phase phase;
        private final TrialRecorder recorder;
        private final OpenLoop loop;

        private Running(DeliveryTracker.Phase phase, TrialRecorder recorder, OpenLoop loop) {
            this.phase = phase;
            this.recorder = recorder;
            this.loop = loop;
        }

        public OpenLoop loop() {
            return loop;
        }

        DeliveryTracker.Phase phase() {
            return phase;
        }

        public Measured run(Duration time, Duration drain) throws InterruptedException {
            long start = lab.clock().nanos();
            recorder.start(start);
            OpenLoop.Outcome outcome = loop.run(time, drain);
            return new Measured(recorder.stop(lab.clock().nanos()), start, outcome);
        }
    }

    /**
     * What was measured.
     *
     * @param intervals  second by second and series by series
     * @param startNanos when it began
     * @param outcome    null for a closed loop
     */
    public record Measured(List<Histogram> intervals, long startNanos, OpenLoop.Outcome outcome) {

        /** All of one series; {@code completed} is one. */
        public Histogram all(String wanted) {
            return between(wanted, 0, Integer.MAX_VALUE);
        }

        /** One series, events over from the second {@code from} until before the second {@code until}. */
        public Histogram between(String wanted, int from, int until) {
            Histogram sum = new Histogram(3);
            for (Histogram interval : intervals) {
                String tag = interval.getTag() == null ? "completed" : interval.getTag();
                long second = Math.round((interval.getStartTimeStamp() - startNanos / 1_000_000) / 1000.0);
                if (tag.equals(wanted) && second >= from && second < until) {
                    sum.add(interval);
                }
            }
            return sum;
        }

        public double p50(String wanted) {
            return all(wanted).getValueAtPercentile(50);
        }

        public double p99(String wanted) {
            return all(wanted).getValueAtPercentile(99);
        }

        /** The p99 of several recipients' receptions together. */
        public double receivedP99(int from, int until, List<String> recipients) {
            Histogram sum = new Histogram(3);
            recipients.forEach(recipient -> sum.add(between(recipient, from, until)));
            return sum.getValueAtPercentile(99);
        }
    }

    @Override
    public void close() throws Exception {
        path.close();
    }
}
