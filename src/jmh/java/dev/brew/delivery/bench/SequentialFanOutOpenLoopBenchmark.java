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
 * Events due at a rate, each to N gRPC listeners; each listener is called after the previous listener has answered.
 * Compare it with the closed loop of {@link SequentialFanOutBenchmark}, which offers no rate. JMH's score is the
 * achieved rate. Ignore the latencies of a row that is marked saturated.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(3)
@Threads(1)
@Warmup(iterations = 1, time = 2)
@Measurement(iterations = 1, time = 10)
public class SequentialFanOutOpenLoopBenchmark {

    @Benchmark
    public void event(SequentialFanOutBenchmark.Listeners listeners, OpenLoad load) throws InterruptedException {
        listeners.awaitNext(load);
    }
}
