package dev.brew.delivery.bench;

import dev.brew.delivery.event.Events;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import java.util.Map;
import java.util.function.Consumer;

/** What the benchmarks' parameters may be, so that a wrong one is found before anything has started. */
public final class Parameters {

    private static final Map<String, Consumer<String>> CHECKS = Map.of(
            "recipients", value -> Recipient.names(wholeNumber(value)),
            "payloadBytes", value -> Events.requirePayload(wholeNumber(value)),
            "delay", DelayPlan::parse,
            "transport", GrpcTransport::parse,
            "executor", GrpcExecutor::parse,
            "acks", KafkaOptions::requireAcks,
            "broker", Parameters::requireBroker);

    private Parameters() {
    }

    /** @throws IllegalArgumentException if {@code value} does not fit the parameter {@code name}; the message says why */
    public static void check(String name, String value) {
        CHECKS.getOrDefault(name, anything -> { }).accept(value);
    }

    /** @throws IllegalArgumentException if the values do not fit each other: a delay for a recipient that is not there */
    public static void checkTogether(Map<String, String> params) {
        if (params.containsKey("delay") && params.containsKey("recipients")) {
            DelayPlan.parse(params.get("delay")).of(0, Recipient.names(wholeNumber(params.get("recipients"))));
        }
    }

    private static void requireBroker(String value) {
        if (!value.equals("process")) {
            throw new IllegalArgumentException("broker must be process, got '" + value + "'");
        }
    }

    private static int wholeNumber(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number: '" + value + "'");
        }
    }
}
