package dev.brew.delivery.bench;

import dev.brew.delivery.rig.PathSpec;
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
 * The floor of the harness: creating, handling and recording an event without a transport. Compare it only with the
 * other delivery benchmarks, whose figures all contain this floor. Ignore its percentiles above p99: they are machine
 * noise.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 1, time = 1)
public class NullPathBenchmark {

    /** Recipients and the null path. */
    @State(Scope.Benchmark)
    public static class Path extends DeliveryState {
        @Override
        protected PathSpec path() {
            return new PathSpec.InMemory();
        }
    }

    @Benchmark
    public void event(Path path) throws InterruptedException {
        path.deliverOne();
    }
}
