package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import java.time.Duration;
import java.util.Map;

/** The settings of every experiment, unless the experiment varies one of them. */
public final class Defaults {

    /** The benchmarks' options, with a commit interval of 200 ms that is short enough to observe the lag. */
    public static final KafkaOptions KAFKA = new KafkaOptions("all", 3, (short) 1, Map.of(),
            Map.of("auto.commit.interval.ms", "200"));
    public static final GrpcOptions GRPC = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL);
    public static final int PAYLOAD_BYTES = 256;
    /** The time limit for one event, or for the start of a process. */
    public static final Duration DEADLINE = Duration.ofSeconds(30);

    private Defaults() {
    }
}
