package dev.brew.delivery.cli;

import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.text.HostPort;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** A Kafka cluster and a topic in it. */
final class Cluster {

    /** Timeout of each request. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT,…", converter = Bootstrap.class,
            defaultValue = "127.0.0.1:19092,127.0.0.1:19093,127.0.0.1:19094",
            description = "Brokers of the cluster. Default: ${DEFAULT-VALUE}, the addresses of 'sandbox' and compose.yaml")
    private String bootstrap;

    @Option(names = "--topic", paramLabel = "TOPIC", defaultValue = "customer-events",
            converter = Converters.Name.class, description = "Name of the topic. Default: ${DEFAULT-VALUE}")
    private String topic;

    String bootstrap() {
        return bootstrap;
    }

    String topic() {
        return topic;
    }

    KafkaAdmin admin() {
        return new KafkaAdmin(bootstrap, PATIENCE);
    }

    /** Partitions and replication of a new topic. */
    static final class TopicShape {

        private static final int MAX_REPLICATION = 100;

        @Option(names = "--partitions", paramLabel = "N", defaultValue = "3", converter = Converters.Count.class,
                description = "Partitions of a new topic. Default: ${DEFAULT-VALUE}")
        private int partitions;

        @Option(names = "--replication", paramLabel = "N", converter = Converters.Count.class,
                description = "Replicas of each partition of a new topic. Default: the cluster's default")
        private Integer replication;

        int partitions() {
            return partitions;
        }

        Optional<Short> replication() {
            return Optional.ofNullable(replication).map(n -> (short) Math.min(n, MAX_REPLICATION));
        }
    }

    /** Checks each address of a list. */
    static final class Bootstrap implements picocli.CommandLine.ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                return HostPort.list(text).stream().map(HostPort::toString).collect(Collectors.joining(","));
            } catch (IllegalArgumentException e) {
                throw new picocli.CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }
}
