package dev.brew.delivery.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Events due at a rate, without a transport: the floor of the open loop itself, with its pacing and its lag. Compare it
 * only with the other open loops, whose figures all contain this floor. JMH's score is the achieved rate. Ignore the
 * latencies of a row that is marked saturated.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(3)
@Threads(1)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 1, time = 10)
public class NullPathOpenLoopBenchmark {

    @Benchmark
    public void event(NullPathBenchmark.Path path, OpenLoad load) throws InterruptedException {
        path.awaitNext(load);
    }
}
