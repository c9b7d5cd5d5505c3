package dev.brew.delivery.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;

/** Records nothing: its metrics do not come, which JMH itself would not mind. */
@BenchmarkMode(Mode.SampleTime)
public class SilentBenchmark {

    @Benchmark
    public void event() {
        // nothing
    }
}
