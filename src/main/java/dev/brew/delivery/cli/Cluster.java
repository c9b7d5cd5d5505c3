package dev.brew.delivery.cli;

import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.text.HostPort;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Which Kafka, and which topic there. */
final class Cluster {

    /** For each request. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT,…", converter = Bootstrap.class,
            defaultValue = "127.0.0.1:19092,127.0.0.1:19093,127.0.0.1:19094",
            description = "Kafka's brokers. Default: ${DEFAULT-VALUE}, where 'sandbox' and compose.yaml have them")
    private String bootstrap;

    @Option(names = "--topic", paramLabel = "TOPIC", defaultValue = "customer-events",
            converter = Converters.Name.class, description = "Default: ${DEFAULT-VALUE}")
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

    /** How a topic is made. */
    static final class TopicShape {

        private static final int MAX_REPLICATION = 100;

        @Option(names = "--partitions", paramLabel = "N", defaultValue = "3", converter = Converters.Count.class,
                description = "Of a topic that is made. Default: ${DEFAULT-VALUE}")
        private int partitions;

        @Option(names = "--replication", paramLabel = "N", converter = Converters.Count.class,
                description = "Copies of each partition of a topic that is made. Default: the cluster's own default")
        private Integer replication;

        int partitions() {
            return partitions;
        }

        Optional<Short> replication() {
            return Optional.ofNullable(replication).map(n -> (short) Math.min(n, MAX_REPLICATION));
        }
    }

    /** Checks each address, and keeps the list as it was given. */
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
