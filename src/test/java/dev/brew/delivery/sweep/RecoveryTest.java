package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.sweep.Disturbance.Recovery;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.DisturbanceFile.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private static final double RATE = 200;

    @Test
    void aBacklogWorkedOffAtASteadyRateIsGoneWhenItsFirstHalfSaysSo() {
        // 2,000 behind, 1,000/s done, 200/s coming: 2.5 s
        Recovery recovery = recovery(draining(2000, 1000));
        assertThat(recovery.backlog()).isEqualTo(2000);
        assertThat(recovery.drainedPerSecond()).isBetween(990.0, 1010.0);
        assertThat(recovery.predictedMillis()).isBetween(2450L, 2550L);
        assertThat(recovery.steadyMillis()).isBetween(2400L, 2600L);
    }

    @Test
    void whoIsNotFasterThanWhatComesNeverCatchesUp() {
        Recovery recovery = recovery(draining(2000, 200));
        assertThat(recovery.steadyMillis()).isEqualTo(-1);
        assertThat(recovery.predictedMillis()).isEqualTo(-1);
    }

    @Test
    void aBacklogThatIsGoneInAFewSamplesHasNoRate() {
        Recovery recovery = recovery(draining(2000, 20_200)); // as calls that are all answered at one instant
        assertThat(recovery.backlog()).isEqualTo(2000);
        assertThat(recovery.steadyMillis()).isEqualTo(100);
        assertThat(recovery.drainedPerSecond()).isZero();
        assertThat(recovery.predictedMillis()).isEqualTo(-1);
    }

    @Test
    void anEventThatMayStillBeUnderWayWhenTheDisturbanceBeginsIsNoFigureOfBefore() {
        Disturbance.Script script = new Disturbance.Script(0, null, 200, Duration.ofSeconds(3), Duration.ofSeconds(4),
                Duration.ofSeconds(60));
        assertThat(script.stageAt(1_999_999_999L)).contains(Stage.BEFORE);
        assertThat(script.stageAt(2_000_000_000L)).isEmpty();
        assertThat(script.stageAt(2_999_999_999L)).isEmpty();
        assertThat(script.stageAt(3_000_000_000L)).contains(Stage.DURING);
        assertThat(script.stageAt(7_000_000_000L)).contains(Stage.AFTER);
        Disturbance.Script brief = new Disturbance.Script(0, null, 200, Duration.ofSeconds(1), Duration.ofSeconds(4),
                Duration.ofSeconds(60));
        assertThat(brief.stageAt(499_999_999L)).contains(Stage.BEFORE);
        assertThat(brief.stageAt(500_000_000L)).isEmpty();
    }

    @Test
    void whatTheSenderGivesUpIsNotWorkedOff() {
        // 1,000 behind; each second 700 are given up, 500 are worked off and 200 come
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            samples.add(new Sample(100L * i, 10_000 + 20L * i, 0, 70L * i, 0,
                    List.of(Math.max(3, 1000 - 100L * i)), 100));
        }
        assertThat(recovery(samples).drainedPerSecond()).isBetween(495.0, 505.0);
        List<Sample> onlyGivenUp = samples.stream().map(sample -> new Sample(sample.millis(), sample.sent(), 0,
                sample.millis() * 12 / 10, 0, sample.lag(), 100)).toList();
        assertThat(recovery(onlyGivenUp).drainedPerSecond()).isZero();
        assertThat(recovery(onlyGivenUp).predictedMillis()).isEqualTo(-1);
    }

    @Test
    void aSystemThatWasSteadyAllTheTimeHasNothingToPredict() {
        Recovery recovery = recovery(draining(3, 1000));
        assertThat(recovery.steadyMillis()).isZero();
        assertThat(recovery.predictedMillis()).isEqualTo(-1);
    }

    @Test
    void oneGoodMomentAmongBadOnesIsNotSteady() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            samples.add(sample(i, i % 10 == 5 ? 0 : 500));
        }
        assertThat(recovery(samples).steadyMillis()).isEqualTo(-1);
    }

    private static Recovery recovery(List<Sample> samples) {
        return Recovery.of(samples, sample -> sample.lag().get(0) <= 15, 10, 0, RATE);
    }

    private static List<Sample> draining(long backlog, double perSecond) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            samples.add(sample(i, Math.max(3, Math.round(backlog - i * 0.1 * (perSecond - RATE)))));
        }
        return samples;
    }

    private static Sample sample(int tenth, long lag) {
        return new Sample(100L * tenth, 10_000 + Math.round(tenth * 0.1 * RATE), 0, 0, 0, List.of(lag), 100);
    }
}
