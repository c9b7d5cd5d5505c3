package dev.brew.delivery.bench;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcRemote;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.tls.Tls;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Checks the benchmarks' parameters, so that a run with a wrong value fails before any process starts. */
public final class Parameters {

    /**
     * The longest time for a fresh JVM to settle, in seconds. It is a JVM property because it is no parameter of a comparison.
     */
    public static final String WARM_UP = "delivery.warmup";

    private static final int MAX_WARM_UP_SECONDS = 3600;

    private Parameters() {
    }

    /**
     * @throws IllegalArgumentException if {@code value} does not fit the parameter {@code name}; the message says why
     */
    public static void check(String name, String value) {
        switch (name) {
            case "recipients" -> Recipient.names(wholeNumber(value));
            case "payloadBytes" -> Events.requirePayload(wholeNumber(value));
            case "delay" -> DelayPlan.parse(value);
            case "transport" -> GrpcTransport.parse(value);
            case "executor" -> GrpcExecutor.parse(value);
            case "acks" -> KafkaOptions.requireAcks(value);
            case "broker" -> Brokers.require(value);
            case "brokers" -> Brokers.requireNodes(wholeNumber(value));
            case "tls" -> Tls.Mode.parse(value);
            case OpenLoad.RATE -> OpenLoad.rate(value);
            case "arrivals" -> Arrivals.Process.parse(value);
            case "maxInFlight" -> OpenLoop.requireInFlight(wholeNumber(value));
            case "seed" -> wholeNumber(value);
            default -> { } // a parameter of an external benchmark
        }
    }

    /**
     * The canonical form of {@code value}, which must have passed {@link #check}: {@code 1} for {@code 01},
     * {@code fixed:1ms} for {@code all@fixed:1000us}. Equal values then share one row, within a run and across runs.
     */
    public static String canonical(String name, String value) {
        return switch (name) {
            case "recipients", "payloadBytes", "brokers", "maxInFlight", "seed" -> Integer.toString(wholeNumber(value));
            case "delay" -> DelayPlan.parse(value).toString();
            case OpenLoad.RATE -> new BigDecimal(value).stripTrailingZeros().toPlainString();
            default -> value;
        };
    }

    /**
     * The value of {@value #WARM_UP}, or {@code otherwise} if it is not set.
     *
     * @throws IllegalArgumentException if the value is not a whole number of seconds from 0 to 3600
     */
    public static Duration warmUp(Properties system, Duration otherwise) {
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
        Brokers.requireFit(definitions);
        KafkaOptions.of("all", definitions).requireFit(Brokers.client(definitions));
        GrpcRemote.addresses(definitions);
    }

    /**
     * @throws IllegalArgumentException if values contradict each other, such as a delay for a recipient that is absent
     */
    public static void checkTogether(Map<String, String> params) {
        if (params.containsKey("delay") && params.containsKey("recipients")) {
            DelayPlan.parse(params.get("delay")).of(0, Recipient.names(wholeNumber(params.get("recipients"))));
        }
    }

    /**
     * The reason why a combination of values is impossible, such as a container of three nodes; empty if it is
     * possible.
     */
    public static Optional<String> impossible(Map<String, String> params, Properties system) {
        try {
            if (params.containsKey("broker")) {
                Brokers.Wanted.of(params).requirePossible();
            }
            if (params.containsKey("transport") && params.containsKey("tls")) {
                GrpcOptions.requireFit(GrpcTransport.parse(params.get("transport")), Tls.Mode.parse(params.get("tls")));
            }
            List<String> remote = GrpcRemote.addresses(system);
            if (params.containsKey("transport") && !remote.isEmpty()) {
                requireFitForRemote(params, remote.size());
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * External listeners fix the number of recipients and their delays, and TLS certificates cannot be made for them.
     */
    private static void requireFitForRemote(Map<String, String> params, int listeners) {
        requireSame(params, "recipients", Integer.toString(listeners), "that many are named");
        requireSame(params, "delay", "none", "the listeners have their own");
        requireSame(params, "tls", "off", "certificates are made for listeners of this JVM");
        if (params.get("transport").equals("inprocess")) {
            throw new IllegalArgumentException("transport=inprocess cannot be with -D" + GrpcRemote.TARGETS);
        }
    }

    private static void requireSame(Map<String, String> params, String name, String value, String why) {
        if (!value.equals(params.get(name))) {
            throw new IllegalArgumentException(name + "=" + params.get(name) + " cannot be with -D" + GrpcRemote.TARGETS
                    + ", only " + name + "=" + value + ": " + why);
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
