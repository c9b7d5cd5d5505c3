package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.grpc.GrpcExecutor;
import dev.brew.delivery.path.grpc.GrpcOptions;
import dev.brew.delivery.path.grpc.GrpcTransport;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.DisturbanceFile.Stage;
import dev.brew.delivery.tls.Tls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Three recipients, the first of which gives no answer for two seconds; calls have a deadline of one second. The
 * assertions are counts, orders and lower bounds; a slow machine does not change them unless it stalls for a whole deadline.
 */
class DisturbanceIT {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration DURING = Duration.ofSeconds(2);
    private static final Duration BEFORE = Duration.ofSeconds(1);
    /** Samples are a tenth of a second apart, so at most this many are taken before the disturbance. */
    private static final int SAMPLES_BEFORE = 10;
    private static final double RATE = 100;
    private static final int SILENT = 0;
    private static final int BILLING = 2;

    @Test
    void parallelFanOutToldTheSenderAndLeftTheOthersAlone() throws Exception {
        Result result = disturb(PathKind.GRPC_PARALLEL);
        assertThat(result.failures().keySet()).containsExactly("DEADLINE_EXCEEDED");
        assertThat(result.problems()).isEmpty();
        assertThat(at(result, Stage.DURING, "sender").max()).isGreaterThanOrEqualTo(DEADLINE.toNanos());
        assertThat(received(result, "notifications", "billing")).containsOnly(events(result));
        assertThat(result.covers(Stage.DURING, "analytics")).as("most calls were given up").isFalse();
        assertThat(result.failures().get("DEADLINE_EXCEEDED")).as("what it did not receive has failed")
                .isGreaterThanOrEqualTo(events(result) - received(result, "analytics").get(0));
        assertThat(silence(result)).as("the others get events before the silent one")
                .anySatisfy(sample -> assertThat(sample.lag().get(BILLING)).isLessThan(sample.lag().get(SILENT)));
        assertGivenUpIsNobodysBacklog(result.samples());
        assertThat(result.steadyMillis()).isNotNegative();
    }

    @Test
    void sequentialFanOutLetEverybodyBehindItWait() throws Exception {
        Result result = disturb(PathKind.GRPC_SEQUENTIAL);
        assertThat(result.failures().keySet()).containsExactly("DEADLINE_EXCEEDED");
        assertThat(result.problems()).isEmpty();
        assertThat(at(result, Stage.DURING, "billing").p50()).isGreaterThanOrEqualTo(DEADLINE.toNanos() / 2);
        assertThat(lag(result, BILLING)).as("billing waits for the call before its own")
                .isGreaterThan(lag(result, SILENT) / 2);
        assertGivenUpIsNobodysBacklog(result.samples());
    }

    @Test
    void kafkaFailedNothingAndOnlyTheOneGroupFellBehindAndCaughtUp() throws Exception {
        Result result = disturb(PathKind.KAFKA);
        assertThat(result.failures()).isEmpty();
        assertThat(result.problems()).isEmpty();
        assertThat(received(result, "sender", "analytics", "notifications", "billing")).containsOnly(events(result));
        List<Sample> silence = silence(result);
        assertThat(silence).allSatisfy(sample -> {
            assertThat(sample.completed()).as("only events from before the silence").isLessThanOrEqualTo(silence.get(0).sent());
            assertThat(sample.lag().get(SILENT)).as("every event since is its lag")
                    .isGreaterThanOrEqualTo(sample.sent() - silence.get(0).sent() - 1);
        });
        assertThat(silence).as("the others get events before the silent one")
                .anySatisfy(sample -> assertThat(sample.lag().get(BILLING)).isLessThan(sample.lag().get(SILENT)));
        assertThat(result.steadyMillis()).isNotNegative();
        assertThat(at(result, Stage.DURING, "analytics").p99()).isGreaterThan(DURING.toNanos() / 2);
        assertThat(at(result, Stage.DURING, "sender").p50()).isLessThan(at(result, Stage.DURING, "analytics").p50());
        Sample last = result.samples().get(result.samples().size() - 1);
        assertThat(last.lag().get(0)).isLessThanOrEqualTo(10);
    }

    /** The number of events that were due during the disturbance. */
    private static long events(Result result) {
        assertThat(at(result, Stage.DURING, "lag").count()).isBetween((long) (RATE * DURING.toSeconds()) - 1,
                (long) (RATE * DURING.toSeconds()) + 1);
        return at(result, Stage.DURING, "lag").count();
    }

    private static List<Long> received(Result result, String... series) {
        return Stream.of(series).map(name -> at(result, Stage.DURING, name).count()).toList();
    }

    /**
     * The samples that were taken completely while the recipient was silent. A sample reads its time first, so it was
     * complete before the time of the next one.
     */
    private static List<Sample> silence(Result result) {
        List<Sample> all = result.samples();
        return IntStream.range(SAMPLES_BEFORE, all.size() - 1)
                .filter(i -> all.get(i + 1).millis() < BEFORE.plus(DURING).toMillis()).mapToObj(all::get).toList();
    }

    /** An event that has completed or failed is no lag: the three counts are disjoint. One event may not be counted yet. */
    private static void assertGivenUpIsNobodysBacklog(List<Sample> samples) {
        assertThat(samples.get(samples.size() - 1).failed()).isPositive();
        for (int i = 1; i < samples.size(); i++) { // a sample reads lag first, so it is older than the other counts
            Sample before = samples.get(i - 1);
            assertThat(samples.get(i).lag().get(SILENT) + before.failed() + before.completed())
                    .isLessThanOrEqualTo(samples.get(i).sent() + 1);
        }
    }

    /** The sum over the samples of the silence, in events: a slow machine increases it for all recipients. */
    private static long lag(Result result, int who) {
        return silence(result).stream().mapToLong(sample -> sample.lag().get(who)).sum();
    }

    private static Quantiles at(Result result, Stage stage, String series) {
        return result.stages().get(stage).get(series);
    }

    private static Result disturb(PathKind path) throws Exception {
        GrpcOptions grpc = new GrpcOptions(GrpcTransport.NIO, GrpcExecutor.POOL, DEADLINE, Tls.of(Tls.Mode.OFF));
        PathSpec spec = PathSpec.of(path, grpc, new Brokers.Wanted("process", 1, Tls.Mode.OFF),
                KafkaOptions.of("all", new Properties()));
        try (Rig rig = Rig.open(new Rig.Settings(spec, 3, DelayPlan.NONE, 256), NanoClock.system(), new Properties(),
                Map.of())) {
            rig.warmUp(Duration.ofSeconds(2));
            return new Disturbance(rig, NanoClock.system(), new Disturbance.Script(SILENT, null, RATE, BEFORE,
                    DURING, Duration.ofSeconds(30))).run();
        }
    }
}
