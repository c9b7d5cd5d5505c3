package dev.brew.delivery.cli;

import dev.brew.delivery.bench.Parameters;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.tls.Tls;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The benchmarks' parameters, with the same names and values, for commands that measure outside JMH. */
final class PathOptions {

    /** Under load a call may wait for others; a short deadline would turn waiting into loss. */
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(30);

    @Option(names = "-p", paramLabel = "NAME=VALUE", description = {"Parameter of the benchmarks: delay, payloadBytes, "
        + "transport, executor, acks, broker, brokers, tls"})
    private List<String> parameters = new ArrayList<>();

    /**
     * For one path.
     *
     * @throws IllegalArgumentException if a parameter is unknown, or its value out of range; the message names it
     */
    Rig.Settings settings(PathKind path, int recipients) {
        return settings(path, recipients, CALL_DEADLINE);
    }

    /**
     * As {@link #settings(PathKind, int)}.
     *
     * @param deadline of a gRPC call
     */
    Rig.Settings settings(PathKind path, int recipients, Duration deadline) {
        Map<String, String> all = new TreeMap<>(Map.of("delay", "none", "payloadBytes", "256", "transport", "nio",
                "executor", "pool", "acks", "all", "broker", "auto", "brokers", "1", "tls", "off"));
        Set<String> typed = new HashSet<>();
        for (String parameter : parameters) {
            String[] pair = parameter.split("=", 2);
            if (pair.length < 2) {
                throw new IllegalArgumentException("-p " + parameter + ": must be NAME=VALUE");
            }
            if (!all.containsKey(pair[0])) {
                throw new IllegalArgumentException("-p " + pair[0] + ": there are " + String.join(", ", all.keySet()));
            }
            String before = all.put(pair[0], pair[1]);
            if (!typed.add(pair[0]) && !pair[1].equals(before)) {
                throw new IllegalArgumentException("-p " + parameter + ": " + pair[0] + " is " + before
                        + " already; one value at a time here");
            }
        }
        all.forEach((name, value) -> {
            try {
                Parameters.check(name, value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("-p " + name + "=" + value + ": " + e.getMessage(), e);
            }
        });
        Parameters.impossible(all, System.getProperties()).ifPresent(why -> {
            throw new IllegalArgumentException("-p " + why);
        });
        Parameters.checkDefinitions(System.getProperties());
        Tls.Mode tls = Tls.Mode.parse(all.get("tls"));
        GrpcOptions grpc = new GrpcOptions(GrpcTransport.parse(all.get("transport")),
                GrpcExecutor.parse(all.get("executor")), deadline, Tls.of(tls));
        PathSpec spec = PathSpec.of(path, grpc, Brokers.Wanted.of(all),
                KafkaOptions.of(all.get("acks"), System.getProperties()));
        return new Rig.Settings(spec, recipients, DelayPlan.parse(all.get("delay")),
                Integer.parseInt(all.get("payloadBytes")));
    }

    /**
     * Looks for the broker that a Kafka path needs, and prints the client properties that are not used.
     *
     * @throws IllegalArgumentException if there is none; the message gives the reason
     */
    static void requireBroker(List<Rig.Settings> settings, PrintStream out) throws InterruptedException {
        for (Rig.Settings each : settings) {
            if (each.spec() instanceof PathSpec.Kafka kafka) {
                try {
                    Brokers.requireThere(kafka.wanted(), System.getProperties(), System.getenv());
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("-p " + e.getMessage(), e);
                }
                kafka.options().unused(Brokers.client(System.getProperties())).ifPresent(out::println);
                return; // the settings differ in the number of recipients only
            }
        }
    }
}
