package dev.brew.delivery.bench;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Map;
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

        private static final long STOP_MILLIS = 5_000;

        @Param("256")
        public int payloadBytes;

        private final NanoClock clock = NanoClock.system();
        private byte[] message;
        private Socket near;
        private DataInputStream in;
        private Thread echo;
        private volatile IOException echoFailure;
        private TrialRecorder recorder;
        private Trial trial;
        private long sent;
        private long previousEnd;
        private long previousNanos;

        @Setup(Level.Trial)
        public void connect() throws IOException {
            ForkGuard.watchHost();
            Trial.forget();
            message = new byte[Events.requirePayload(payloadBytes)];
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try (ServerSocket server = new ServerSocket()) {
                server.bind(new InetSocketAddress(loopback, 0));
                near = new Socket(loopback, server.getLocalPort());
                near.setOption(StandardSocketOptions.TCP_NODELAY, true);
                in = new DataInputStream(near.getInputStream());
                startEcho(server.accept());
            }
            recorder = new TrialRecorder(Series.COMPLETED_ONLY);
            trial = Trial.begin(recorder, Map.of("path", "tcp", "load", "closed-loop",
                    "payload.bytes", Integer.toString(payloadBytes)), clock);
        }

        @Setup(Level.Iteration)
        public void start() {
            sent = 0;
            trial.startIteration();
        }

        @TearDown(Level.Iteration)
        public void stop(IterationParams iteration) {
            recordPrevious();
            trial.stopIteration(iteration.getType() == IterationType.MEASUREMENT, sent);
        }

        @TearDown(Level.Trial)
        public void close() throws IOException, InterruptedException {
            near.close();
            echo.join(STOP_MILLIS);
            if (echo.isAlive()) {
                throw new IOException("the echo thread has not ended");
            }
            if (echoFailure != null) {
                throw echoFailure;
            }
            trial.end();
        }

        /**
         * Records the previous round trip within the next operation, as {@link dev.brew.delivery.load.ClosedLoop} does.
         */
        private void recordPrevious() {
            if (sent > 0) {
                recorder.record(previousEnd, new long[] {previousNanos});
            }
        }

        void roundTrip() throws IOException {
            long start = clock.nanos();
            recordPrevious();
            near.getOutputStream().write(message);
            in.readFully(message);
            sent++;
            previousEnd = clock.nanos();
            previousNanos = previousEnd - start;
        }

        private void startEcho(Socket far) throws IOException {
            far.setOption(StandardSocketOptions.TCP_NODELAY, true);
            byte[] buffer = new byte[payloadBytes];
            echo = new Thread(() -> {
                try (far; DataInputStream from = new DataInputStream(far.getInputStream())) {
                    while (true) {
                        from.readFully(buffer);
                        far.getOutputStream().write(buffer);
                    }
                } catch (EOFException e) {
                    // the near end is closed: the trial is over
                } catch (IOException e) {
                    echoFailure = e;
                }
            }, "tcp-echo");
            echo.setDaemon(true);
            echo.start();
        }
    }

    @Benchmark
    public void event(Connection connection) throws IOException {
        connection.roundTrip();
    }
}
