package dev.brew.delivery.rig;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.grpc.GrpcFanOut;
import dev.brew.delivery.path.grpc.GrpcLoopback;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcRemote;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.path.kafka.KafkaPath;
import dev.brew.delivery.recipient.Recipient;
import java.util.List;
import java.util.Optional;

/** The path that a user asks for, as types. Each kind of path has its own record, with the options of that kind alone. */
public sealed interface PathSpec {

    /** The spec of a kind, from the options of all kinds; gRPC listeners are in this JVM. */
    static PathSpec of(PathKind kind, GrpcOptions grpc, Brokers.Wanted broker, KafkaOptions kafka) {
        return switch (kind) {
            case GRPC_SEQUENTIAL -> new Grpc(GrpcFanOut.Mode.SEQUENTIAL, grpc, List.of());
            case GRPC_PARALLEL -> new Grpc(GrpcFanOut.Mode.PARALLEL, grpc, List.of());
            case KAFKA -> new Kafka(broker, kafka);
            case NULL -> new InMemory();
        };
    }

    PathKind kind();

    /** The broker that this path needs; empty if it needs none. */
    default Optional<Brokers.Wanted> broker() {
        return Optional.empty();
    }

    /** True if events of one customer that are in flight at the same time stay in order. */
    default boolean keepsOrderInFlight() {
        return false;
    }

    /** False if the recipients run in other processes: the sender then knows their replies, not their receptions. */
    default boolean seesReceptions() {
        return true;
    }

    /**
     * Opens the path.
     *
     * @param broker a running broker, null if {@link #broker} is empty
     * @throws Exception if it cannot be opened; the message says why, and nothing stays open
     */
    DeliveryPath open(Broker broker, List<Recipient> recipients, NanoClock clock, DeliveryTracker tracker) throws Exception;

    /** No transport. */
    record InMemory() implements PathSpec {

        @Override
        public PathKind kind() {
            return PathKind.NULL;
        }

        @Override
        public DeliveryPath open(Broker broker, List<Recipient> recipients, NanoClock clock, DeliveryTracker tracker) {
            return new NullPath(recipients, clock);
        }
    }

    /**
     * A gRPC fan-out.
     *
     * @param listeners addresses of listeners in other processes, one for each recipient; empty: listeners in this JVM
     */
    record Grpc(GrpcFanOut.Mode mode, GrpcOptions options, List<String> listeners) implements PathSpec {

        @Override
        public PathKind kind() {
            return mode.kind();
        }

        @Override
        public boolean seesReceptions() {
            return listeners.isEmpty();
        }

        @Override
        public DeliveryPath open(Broker broker, List<Recipient> recipients, NanoClock clock, DeliveryTracker tracker)
                throws Exception {
            return listeners.isEmpty() ? GrpcLoopback.open(mode, options, recipients, clock)
                    : GrpcRemote.open(mode, options, listeners, recipients, clock);
        }
    }

    /** A Kafka topic of its own on a broker of its own. */
    record Kafka(Brokers.Wanted wanted, KafkaOptions options) implements PathSpec {

        @Override
        public PathKind kind() {
            return PathKind.KAFKA;
        }

        @Override
        public Optional<Brokers.Wanted> broker() {
            return Optional.of(wanted);
        }

        /** With acks=all: a customer has one partition, one sender and one reader. */
        @Override
        public boolean keepsOrderInFlight() {
            return options.acks().equals("all");
        }

        @Override
        public DeliveryPath open(Broker broker, List<Recipient> recipients, NanoClock clock, DeliveryTracker tracker)
                throws Exception {
            broker.onLoss(tracker::fail);
            return KafkaPath.open(broker, options, recipients, clock, tracker.run(), tracker::fail);
        }
    }

    /** A path that its user opens: an experiment's, or one with a fault built in. */
    record Custom(PathKind kind, Opener opener) implements PathSpec {

        /** Opens a path to recipients. */
        @FunctionalInterface
        public interface Opener {
            DeliveryPath open(List<Recipient> recipients, NanoClock clock, DeliveryTracker tracker) throws Exception;
        }

        @Override
        public DeliveryPath open(Broker broker, List<Recipient> recipients, NanoClock clock, DeliveryTracker tracker)
                throws Exception {
            return opener.open(recipients, clock, tracker);
        }
    }
}
