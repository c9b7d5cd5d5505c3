package dev.brew.delivery.bench;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;

/** What the benchmarks' parameters may be, so that a wrong one is found before anything has started. */
public final class Parameters {

    /** How long a fresh path is warmed up, in seconds; a JVM property, since it is no parameter of a comparison. */
    public static final String WARM_UP = "delivery.warmup";

    private static final int MAX_WARM_UP_SECONDS = 3600;
    private static final Map<String, Consumer<String>> CHECKS = Map.of(
            "recipients", value -> Recipient.names(wholeNumber(value)),
            "payloadBytes", value -> Events.requirePayload(wholeNumber(value)),
            "delay", DelayPlan::parse,
            "transport", GrpcTransport::parse,
            "executor", GrpcExecutor::parse,
            "acks", KafkaOptions::requireAcks,
            "broker", Brokers::require,
            "brokers", value -> Brokers.requireNodes("process", wholeNumber(value)));

    private Parameters() {
    }

    /** @throws IllegalArgumentException if {@code value} does not fit the parameter {@code name}; the message says why */
    public static void check(String name, String value) {
        CHECKS.getOrDefault(name, anything -> { }).accept(value);
    }

    /**
     * What {@value #WARM_UP} says, or {@code otherwise}.
     *
     * @throws IllegalArgumentException if it is not a whole number of seconds from 0 to 3600
     */
    static Duration warmUp(Properties system, Duration otherwise) {
        String value = system.getProperty(WARM_UP, Long.toString(otherwise.toSeconds()));
        int seconds = value.matches("\\d{1,4}") ? Integer.parseInt(value) : -1;
        if (seconds < 0 || seconds > MAX_WARM_UP_SECONDS) {
            throw new IllegalArgumentException("-D" + WARM_UP + " must be 0.." + MAX_WARM_UP_SECONDS
                    + " seconds, got '" + value + "'");
        }
        return Duration.ofSeconds(seconds);
    }

    /** @throws IllegalArgumentException if a {@code delivery.} property has a value that the forks would refuse */
    public static void checkDefinitions(Properties definitions) {
        warmUp(definitions, Duration.ZERO);
        KafkaOptions.of("all", definitions);
    }

    /** @throws IllegalArgumentException if the values do not fit each other: a delay for a recipient that is not there */
    public static void checkTogether(Map<String, String> params) {
        if (params.containsKey("delay") && params.containsKey("recipients")) {
            DelayPlan.parse(params.get("delay")).of(0, Recipient.names(wholeNumber(params.get("recipients"))));
        }
    }

    /** Why there cannot be such a combination, if so: a container of three nodes. */
    public static Optional<String> impossible(Map<String, String> params) {
        if (params.containsKey("broker") && params.containsKey("brokers")) {
            try {
                Brokers.requireNodes(params.get("broker"), wholeNumber(params.get("brokers")));
            } catch (IllegalArgumentException e) {
                return Optional.of(e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static int wholeNumber(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number: '" + value + "'");
        }
    }
}
