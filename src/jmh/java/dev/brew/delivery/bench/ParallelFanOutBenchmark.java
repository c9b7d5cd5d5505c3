package dev.brew.delivery.bench;

import dev.brew.delivery.path.grpc.GrpcFanOut;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One event to N gRPC listeners, all calls at once. Compare it with {@link SequentialFanOutBenchmark} and, with a
 * delay, with the slowest recipient. With more recipients than cores, it measures the machine more than the fan-out:
 * ignore those figures unless there is a delay.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 2, time = 2)
public class ParallelFanOutBenchmark {

    /** A listener for each recipient. */
    @State(Scope.Benchmark)
    public static class Listeners extends GrpcState {
        public Listeners() {
            super(GrpcFanOut.Mode.PARALLEL);
        }
    }

    @Benchmark
    public void event(Listeners listeners) throws InterruptedException {
        listeners.deliverOne();
    }
}
