package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcLoopback;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.rig.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The resources that all experiments of a run share: a clock, random numbers, a directory, and a broker that no
 * experiment breaks. It also opens the rigs of experiments. Every method except {@link #close} may be called from any
 * thread.
 */
public final class ExperimentContext implements AutoCloseable {

    private final long seed;
    private final Path files;
    private final NanoClock clock;
    private final Map<String, String> settings = new TreeMap<>();
    private ProcessBroker broker;
    private int directories;

    /** @param files an existing directory for the files of processes; the caller deletes it */
    public ExperimentContext(long seed, Path files, NanoClock clock) {
        this.seed = seed;
        this.files = files;
        this.clock = clock;
    }

    public NanoClock clock() {
        return clock;
    }

    /** The random numbers of one experiment. They depend only on the seed and the name of the claim. */
    public SplittableRandom random(Claim claim) {
        return new SplittableRandom(seed * 31 + claim.name().hashCode());
    }

    /** A fresh directory for an experiment's files. */
    public synchronized Path directory(String name) throws IOException {
        return Files.createDirectory(files.resolve(name + "-" + ++directories));
    }

    /** The shared broker: one node, started by the first call. */
    public synchronized Broker broker() throws IOException, InterruptedException {
        if (broker == null) {
            broker = ProcessBroker.start(ProcessBroker.Options.standard());
            settings.putAll(broker.settings());
        }
        return broker;
    }

    /** The processes of the shared broker, so that a test can suspend them. */
    public synchronized List<ProcessHandle> brokerProcesses() throws IOException, InterruptedException {
        broker();
        return broker.handles();
    }

    /** Every setting that moves the figures, as read back from the paths and the broker. */
    public synchronized Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    synchronized void addSettings(Map<String, String> more) {
        settings.putAll(more);
    }

    /** Opens the path of an experiment. */
    @FunctionalInterface
    public interface Opener {
        /** @param tracker the tracker of the rig; it follows some of {@code recipients} */
        DeliveryPath open(ExperimentContext context, PathKind kind, List<Recipient> recipients, DeliveryTracker tracker)
                throws Exception;
    }

    /** Opens the same path that the benchmarks measure, with {@link Defaults}. */
    public DeliveryPath standard(PathKind kind, List<Recipient> recipients, DeliveryTracker tracker) throws Exception {
        return kind == PathKind.KAFKA
                ? KafkaPath.open(broker(), Defaults.KAFKA, recipients, clock, tracker.run(), tracker::fail)
                : GrpcLoopback.open(kind == PathKind.GRPC_SEQUENTIAL ? GrpcFanOut.Mode.SEQUENTIAL
                        : GrpcFanOut.Mode.PARALLEL, Defaults.GRPC, recipients, clock);
    }

    /**
     * Opens a rig.
     *
     * @param followed  the number of recipients that the rig's tracker follows; they have no delay
     * @param untracked other recipients, which a sequential fan-out calls first
     */
    public Rig open(PathKind kind, int followed, List<Recipient> untracked, Opener opener) throws Exception {
        PathSpec path = new PathSpec.Custom(kind, (recipients, rigClock, tracker) ->
                opener.open(this, kind, recipients, tracker));
        Rig rig = Rig.open(new Rig.Settings(path, followed, DelayPlan.NONE, Defaults.PAYLOAD_BYTES, 0),
                untracked, clock);
        addSettings(rig.path().settings());
        return rig;
    }

    /** The Kafka path of a rig, or the Kafka path that a {@link BorrowedPath} of the rig wraps. */
    public static KafkaPath kafka(Rig rig) {
        return (KafkaPath) (rig.path() instanceof BorrowedPath borrowed ? borrowed.behind() : rig.path());
    }

    @Override
    public void close() throws IOException {
        if (broker != null) {
            broker.close();
        }
    }
}
