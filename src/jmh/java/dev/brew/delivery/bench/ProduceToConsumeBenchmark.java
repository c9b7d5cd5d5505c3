package dev.brew.delivery.bench;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.tls.Tls;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One event written once to a Kafka topic, until the last of N consumer groups has processed it and the broker has
 * acknowledged it. Compare it with both fan-outs. Each trial has a fresh broker, whose first events are several times
 * slower than later events. Ignore rows that are marked unsettled.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 3, time = 2)
public class ProduceToConsumeBenchmark {

    /** A broker, a topic, and a consumer group for each recipient. */
    @State(Scope.Benchmark)
    public static class Topic extends DeliveryState {

        @Param("auto")
        public String broker;

        @Param("1")
        public int brokers;

        @Param("off")
        public String tls;

        @Param("all")
        public String acks;

        @Override
        protected PathSpec path() {
            return new PathSpec.Kafka(new Brokers.Wanted(broker, brokers, Tls.Mode.parse(tls)),
                    KafkaOptions.of(acks, system()));
        }
    }

    @Benchmark
    public void event(Topic topic) throws InterruptedException {
        topic.deliverOne();
    }
}
