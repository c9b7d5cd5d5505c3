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
 * One event to N gRPC listeners, one call after another. Compare it with N times its own figure for one recipient, and
 * with {@link ParallelFanOutBenchmark}. Ignore differences below the spread of the trials. Sender and listeners share
 * the cores of one machine, so these figures contain no network.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 2, time = 2)
public class SequentialFanOutBenchmark {

    /** A listener for each recipient. */
    @State(Scope.Benchmark)
    public static class Listeners extends GrpcState {
        public Listeners() {
            super(GrpcFanOut.Mode.SEQUENTIAL);
        }
    }

    @Benchmark
    public void event(Listeners listeners) throws InterruptedException {
        listeners.deliverOne();
    }
}
