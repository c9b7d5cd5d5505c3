package dev.brew.delivery.bench;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.rig.Settling;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * The floor of the machine: a round trip of the same number of bytes over one raw loopback socket, between two threads
 * that block. The overhead of a transport is its figure divided by this figure. One socket serves one JMH thread, so
 * run this benchmark only with {@code -t 1}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Threads(1)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
public class TcpRoundTripBenchmark {

    /** A connection, and a thread that echoes every message. */
    @State(Scope.Benchmark)
    public static class Connection {

        @Param("256")
        public int payloadBytes;

        private TcpRow row;

        /** Called by JMH: connects and warms up; in a block, once for all slices. */
        @Setup(Level.Trial)
        public void connect(BenchmarkParams benchmark) throws Exception {
            ForkGuard.watchHost();
            Trial.forget();
            Optional<OpenRows> block = OpenRows.current();
            if (block.isPresent()) {
                row = (TcpRow) block.get().row(benchmark, () -> TcpRow.connect(payloadBytes));
            } else {
                row = TcpRow.connect(payloadBytes);
                row.trial().warmedUp(Settling.one(row, Parameters.warmUp(Definitions.of(System.getProperties(),
                        List.copyOf(benchmark.getJvmArgs())), Settling.DEFAULT_MOST), NanoClock.system()));
            }
            row.trial().isNext();
        }

        @Setup(Level.Iteration)
        public void start() {
            row.start();
        }

        @TearDown(Level.Iteration)
        public void stop(IterationParams iteration) {
            row.stop(iteration.getType() == IterationType.MEASUREMENT
                    && OpenRows.current().map(OpenRows::isMeasuring).orElse(true));
        }

        @TearDown(Level.Trial)
        public void close() throws IOException, InterruptedException {
            if (OpenRows.current().isEmpty()) {
                row.close();
            }
        }
    }

    @Benchmark
    public void event(Connection connection) throws IOException {
        connection.row.roundTrip();
    }
}
