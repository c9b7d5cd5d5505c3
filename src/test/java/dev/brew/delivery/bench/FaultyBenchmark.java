package dev.brew.delivery.bench;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The null path with a fault built in, to see that each fault makes a run fail. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FaultyBenchmark {

    /** What is wrong. */
    public enum Fault {
        NONE, DROPS_ONE_IN_1000, DELIVERS_ONE_TWICE, STAMPS_THE_FUTURE, THROWS_IN_SETUP, THROWS_WHEN_SENDING,
        DIES, THROWS_AT_THE_END, HANGS_AT_THE_END
    }

    /** The faulty path. */
    @State(Scope.Benchmark)
    public static class Path extends DeliveryState {

        @Param("NONE")
        public Fault fault;

        @Override
        protected DeliveryPath open(List<Recipient> to, NanoClock clock, DeliveryTracker tracker) {
            if (fault == Fault.THROWS_IN_SETUP) {
                throw new IllegalStateException("the setup is broken");
            }
            return new FaultyPath(fault, new NullPath(to, clock),
                    new NullPath(to.subList(0, to.size() - 1), clock));
        }

        @Override
        protected Duration longestWarmUp() {
            return Duration.ZERO; // the fault belongs to the measurement
        }

        @Override
        protected Duration eventDeadline() {
            return Duration.ofMillis(200);
        }
    }

    @Benchmark
    public void event(Path path) throws InterruptedException {
        path.deliverOne();
    }

    private static final class FaultyPath implements DeliveryPath {

        private final Fault fault;
        private final DeliveryPath healthy;
        private final DeliveryPath allButOne;
        private long events;

        FaultyPath(Fault fault, DeliveryPath healthy, DeliveryPath allButOne) {
            this.fault = fault;
            this.healthy = healthy;
            this.allButOne = allButOne;
        }

        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
            return ++events % 1000 == 0 ? deliverBadly(event) : healthy.deliver(event);
        }

        private CompletionStage<SendReport> deliverBadly(CustomerSignedUp event) {
            switch (fault) {
                case DROPS_ONE_IN_1000:
                    return allButOne.deliver(event);
                case DELIVERS_ONE_TWICE:
                    healthy.deliver(event);
                    return healthy.deliver(event);
                case STAMPS_THE_FUTURE:
                    CustomerSignedUp.Builder future = event.toBuilder();
                    future.getSignedUpAtBuilder().setSeconds(event.getSignedUpAt().getSeconds() + 60);
                    return healthy.deliver(future.build());
                case THROWS_WHEN_SENDING:
                    throw new IllegalStateException("the path is broken");
                case DIES:
                    Runtime.getRuntime().halt(3);
                    return null;
                default:
                    return healthy.deliver(event);
            }
        }

        @Override
        public Map<String, String> settings() {
            return Map.of();
        }

        @Override
        public OptionalLong wireBytes() {
            return healthy.wireBytes();
        }

        @Override
        public void close() {
            if (fault == Fault.THROWS_AT_THE_END) {
                throw new IllegalStateException("the end is broken");
            }
            while (fault == Fault.HANGS_AT_THE_END) {
                LockSupport.park();
            }
        }
    }
}
