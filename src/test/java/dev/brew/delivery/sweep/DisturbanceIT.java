package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.sweep.Disturbance.Result;
import dev.brew.delivery.sweep.Disturbance.Sample;
import dev.brew.delivery.sweep.Disturbance.Stage;
import dev.brew.delivery.tls.Tls;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Three recipients, the first of which gives no answer for two seconds; calls are given half a second. */
class DisturbanceIT {

    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final Duration DURING = Duration.ofSeconds(2);
    private static final Duration BEFORE = Duration.ofSeconds(1);
    private static final double RATE = 100;
    private static final int SILENT = 0;
    private static final int BILLING = 2;

    @Test
    void parallelFanOutToldTheSenderAndLeftTheOthersAlone() throws Exception {
        Result result = disturb("grpc-parallel");
        assertThat(result.failures().keySet()).containsExactly("DEADLINE_EXCEEDED");
        assertThat(result.problems()).isEmpty();
        assertThat(at(result, Stage.DURING, "sender").max()).isGreaterThanOrEqualTo(DEADLINE.toNanos());
        assertThat(lag(result, BILLING)).as("the others get what is under way to the silent one")
                .isLessThan(lag(result, SILENT) / 2);
        assertThat(result.covers(Stage.DURING, "analytics")).as("most calls were given up").isFalse();
        assertThat(result.backlog()).as("what was given up is nobody's backlog").isLessThan(fallenBehind());
        assertThat(result.steadyMillis()).isNotNegative();
    }

    @Test
    void sequentialFanOutLetEverybodyBehindItWait() throws Exception {
        Result result = disturb("grpc-sequential");
        assertThat(result.failures().keySet()).containsExactly("DEADLINE_EXCEEDED");
        assertThat(at(result, Stage.DURING, "billing").p50()).isGreaterThanOrEqualTo(DEADLINE.toNanos() / 2);
        assertThat(lag(result, BILLING)).isGreaterThan(lag(result, SILENT) / 2);
        assertThat(result.problems()).isEmpty();
    }

    @Test
    void kafkaFailedNothingAndOnlyTheOneGroupFellBehindAndCaughtUp() throws Exception {
        Result result = disturb("kafka");
        assertThat(result.failures()).isEmpty();
        assertThat(result.problems()).isEmpty();
        assertThat(result.backlog()).isGreaterThan(fallenBehind());
        assertThat(result.steadyMillis()).isNotNegative();
        assertThat(at(result, Stage.DURING, "analytics").p99()).isGreaterThan(DURING.toNanos() / 2);
        assertThat(lag(result, BILLING)).isLessThan(lag(result, SILENT) / 2);
        assertThat(at(result, Stage.DURING, "sender").p50()).isLessThan(at(result, Stage.DURING, "analytics").p50());
        Sample last = result.samples().get(result.samples().size() - 1);
        assertThat(last.lag().get(0)).isLessThanOrEqualTo(10);
    }

    private static long fallenBehind() {
        return (long) (RATE * DURING.toSeconds() / 2);
    }

    /**
     * Over all samples while one recipient was silent, in events: other than milliseconds, a busy machine moves it for
     * all.
     */
    private static long lag(Result result, int who) {
        return result.samples().stream().filter(sample -> sample.millis() > BEFORE.toMillis()
                && sample.millis() < BEFORE.plus(DURING).toMillis()).mapToLong(sample -> sample.lag().get(who)).sum();
    }

    private static Quantiles at(Result result, Stage stage, String series) {
        return result.stages().get(stage).get(series);
    }

    private static Result disturb(String path) throws Exception {
        GrpcOptions grpc = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL, DEADLINE, Tls.of(Tls.Mode.OFF));
        Rig.Settings settings = new Rig.Settings(path, 3, DelayPlan.parse("none"), 256, grpc,
                new Brokers.Wanted("process", 1, Tls.Mode.OFF), KafkaOptions.of("all", new Properties()));
        try (Rig rig = Rig.open(settings, NanoClock.system(), new Properties(), Map.of())) {
            rig.warmUp(Duration.ofSeconds(2));
            return new Disturbance(rig, NanoClock.system(), new Disturbance.Script(SILENT, null, RATE, BEFORE,
                    DURING, Duration.ofSeconds(30))).run();
        }
    }
}
