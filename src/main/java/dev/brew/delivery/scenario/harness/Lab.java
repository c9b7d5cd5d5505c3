package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.ProcessBroker;
import dev.brew.delivery.event.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What experiments share: a clock, random numbers, a place for files, and one broker that no experiment breaks. What
 * experiments use is thread-safe.
 */
public final class Lab implements AutoCloseable {

    private final long seed;
    private final Path files;
    private final NanoClock clock;
    private final Map<String, String> settings = new TreeMap<>();
    private ProcessBroker broker;
    private int directories;

    /** @param files a directory for what processes write; it is there, and it is its owner's to delete */
    public Lab(long seed, Path files, NanoClock clock) {
        this.seed = seed;
        this.files = files;
        this.clock = clock;
    }

    public NanoClock clock() {
        return clock;
    }

    /** Random numbers of one experiment: the same for a seed, whichever other rows run. */
    public SplittableRandom random(Claim claim) {
        return new SplittableRandom(seed * 31 + claim.name().hashCode());
    }

    /** A fresh directory for an experiment's files. */
    public synchronized Path directory(String name) throws IOException {
        return Files.createDirectory(files.resolve(name + "-" + ++directories));
    }

    /** The broker that all share: one node, started when it is first asked for. */
    public synchronized Broker broker() throws IOException, InterruptedException {
        if (broker == null) {
            broker = ProcessBroker.start(ProcessBroker.Options.standard());
            settings.putAll(broker.settings());
        }
        return broker;
    }

    /** Its processes, for whoever wants to stop them for a while. */
    public synchronized List<ProcessHandle> brokerProcesses() throws IOException, InterruptedException {
        broker();
        return broker.handles();
    }

    /** What moves the figures, as it was read back from the parts that ran. */
    public synchronized Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    synchronized void tell(Map<String, String> more) {
        settings.putAll(more);
    }

    @Override
    public void close() throws IOException {
        if (broker != null) {
            broker.close();
        }
    }
}
