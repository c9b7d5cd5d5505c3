package dev.brew.delivery.bench;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.jvm.JitCompilers;
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
import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A loopback connection, and a thread that echoes every message. */
final class TcpRow implements Row {

    private static final long STOP_MILLIS = 5_000;
    private static final double NANOS_PER_MICRO = 1000.0;

    private final NanoClock clock = NanoClock.system();
    private final byte[] message;
    private final Trial trial;
    private final Socket near;
    private final DataInputStream in;
    private final Thread echo;
    private volatile IOException echoFailure;
    private TrialRecorder recorder;
    private long sent;
    private long warmUpTrips;
    private long previousEnd;
    private long previousNanos;

    private TcpRow(int payloadBytes, Socket near, Socket far) throws IOException {
        this.message = new byte[Events.requirePayload(payloadBytes)];
        this.near = near;
        near.setOption(StandardSocketOptions.TCP_NODELAY, true);
        far.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.in = new DataInputStream(near.getInputStream());
        this.trial = new Trial(new TrialRecorder(Series.COMPLETED_ONLY), Map.of("path", "tcp", "load", "closed-loop",
                "payload.bytes", Integer.toString(payloadBytes)), clock);
        this.recorder = trial.recorder();
        this.echo = new Thread(() -> echo(far), "tcp-echo");
        echo.setDaemon(true);
        echo.start();
    }

    static TcpRow connect(int payloadBytes) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Socket near = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
            return new TcpRow(payloadBytes, near, server.accept());
        }
    }

    private void echo(Socket far) {
        byte[] buffer = new byte[message.length];
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
    }

    /** The sender waits for each echo, so there is no load with several senders: one sender is the load. */
    @Override
    public void load(Duration time) throws IOException {
        look(time);
    }

    @Override
    public double look(Duration time) throws IOException {
        recorder = new TrialRecorder(Series.COMPLETED_ONLY);
        recorder.start(clock.nanos());
        sent = 0;
        long end = clock.nanos() + time.toNanos();
        while (clock.nanos() < end) {
            roundTrip();
        }
        recordPrevious();
        warmUpTrips += sent;
        Histogram all = new Histogram(3);
        recorder.stop(clock.nanos()).forEach(all::add);
        recorder = trial.recorder();
        return all.getValueAtPercentile(50) / NANOS_PER_MICRO;
    }

    @Override
    public boolean isFloor() {
        return true;
    }

    @Override
    public long compilerMillis() {
        return JitCompilers.millis();
    }

    @Override
    public boolean isHot() {
        return warmUpTrips >= JitCompilers.callsUntilHot();
    }

    @Override
    public Trial trial() {
        return trial;
    }

    void start() {
        sent = 0;
        trial.startIteration();
    }

    void stop(boolean measured) {
        recordPrevious();
        trial.stopIteration(measured, sent);
    }

    /** Records the previous round trip within the next operation, as {@link dev.brew.delivery.load.ClosedLoop} does. */
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

    @Override
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
}
