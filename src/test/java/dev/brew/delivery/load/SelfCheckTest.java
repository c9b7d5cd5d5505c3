package dev.brew.delivery.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.results.TrialRecorder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SelfCheckTest {

    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void independentCallsInParallelLieAtOne() {
        SelfCheck check = new SelfCheck("grpc-parallel");
        for (int i = 0; i < 200_000; i++) {
            long[] calls = exponential(3);
            check.add(report(LongStream.of(calls).max().orElseThrow(), calls), calls);
        }
        SelfCheck.Findings findings = check.findings();
        assertThat(findings.problems()).isEmpty();
        assertThat(findings.independence().orElseThrow()).isCloseTo(1, within(0.03));
        assertThat(findings.sumOfCalls()).isEmpty();
    }

    @Test
    void callsThatAreSlowTogetherLieBelowOne() {
        SelfCheck check = new SelfCheck("grpc-parallel");
        for (int i = 0; i < 100_000; i++) {
            long shared = exponential(1)[0];
            check.add(report(shared, shared, shared, shared), new long[0]);
        }
        assertThat(check.findings().problems()).isEmpty();
        // exponential: p99 of one against p99 of the largest of three independent ones
        assertThat(check.findings().independence().orElseThrow())
                .isCloseTo(Math.log(1 - 0.99) / Math.log(1 - Math.cbrt(0.99)), within(0.03));
    }

    @Test
    void aWholeThatIsShorterThanItsSlowestCallBreaksTheBound() {
        SelfCheck check = new SelfCheck("grpc-parallel");
        for (int i = 0; i < 1000; i++) {
            check.add(report(i < 500 ? 100_000 : 300_000, 100_000, 400_000), new long[0]);
        }
        assertThat(check.findings().problems()).first().asString()
                .isEqualTo("parallel fan-out: 500 events took longer than 100031 ns, but the calls say at least 1000 and at "
                        + "most 1000");
    }

    @Test
    void aWholeThatIsLongerThanAllItsCallsTogetherBreaksItToo() {
        SelfCheck check = new SelfCheck("grpc-parallel");
        for (int i = 0; i < 1000; i++) {
            check.add(report(i < 600 ? 100_000 : 300_000, 100_000, 100_000), new long[0]);
        }
        assertThat(check.findings().problems()).containsExactly("parallel fan-out: 400 events took longer than 100031 "
                + "ns, but the calls say at least 0 and at most 0");
    }

    @Test
    void aSenderThatGoesOnBeforeEveryRecipientHasProcessedIsFoundOut() {
        SelfCheck check = new SelfCheck("grpc-parallel");
        for (int i = 0; i < 1000; i++) {
            check.add(report(100_000, 90_000, 100_000), new long[] {80_000, TrialRecorder.NONE});
        }
        assertThat(check.findings().problems()).isEmpty();
        for (int i = 0; i < 10; i++) {
            check.add(report(100_000, 90_000, 100_000), new long[] {80_000, 150_000});
        }
        assertThat(check.findings().problems()).first().asString().startsWith("parallel fan-out: 0 events took longer than "
                + "100031 ns, but the calls say at least 10");
    }

    @Test
    void sequentialIsTheSumOfItsCalls() {
        SelfCheck good = new SelfCheck("grpc-sequential");
        SelfCheck bad = new SelfCheck("grpc-sequential");
        for (int i = 0; i < 10_000; i++) {
            long[] calls = exponential(3);
            good.add(report(LongStream.of(calls).sum(), calls), new long[0]);
            bad.add(report(LongStream.of(calls).sum() + 200_000, calls), new long[0]);
        }
        assertThat(good.findings().problems()).isEmpty();
        assertThat(good.findings().sumOfCalls().orElseThrow()).isCloseTo(1, within(0.002));
        assertThat(bad.findings().problems()).first().asString()
                .matches("sequential fan-out: an event takes \\d+ ns on average, its calls \\d+ in all");
    }

    @Test
    void ofFewEventsASendersPauseSaysNothingButCallsLongerThanTheWholeDo() {
        SelfCheck few = new SelfCheck("grpc-sequential");
        SelfCheck wrong = new SelfCheck("grpc-sequential");
        for (int i = 0; i < 999; i++) {
            few.add(report(3_200_000, 1_000_000, 1_000_000, 1_000_000), new long[0]);
            wrong.add(report(2_800_000, 1_000_000, 1_000_000, 1_000_000), new long[0]);
        }
        assertThat(few.findings().problems()).isEmpty();
        assertThat(wrong.findings().problems()).hasSize(1);
        few.add(report(3_200_000, 1_000_000, 1_000_000, 1_000_000), new long[0]);
        assertThat(few.findings().problems()).hasSize(1);
    }

    @Test
    void littlesLawIsHeldAgainstItself() {
        assertThat(new Throughput.Rates(1000, 1000, 2.0, 2e6).obeysLittle()).isTrue();
        assertThat(new Throughput.Rates(1000, 1000, 2.0, 2.09e6).obeysLittle()).isTrue();
        assertThat(new Throughput.Rates(1000, 1000, 2.0, 2.2e6).obeysLittle()).isFalse();
    }

    private long[] exponential(int count) {
        return LongStream.generate(() -> (long) (-1e6 * Math.log1p(-random.nextDouble()))).limit(count).toArray();
    }

    private static SendReport report(long whole, long... calls) {
        List<SendReport.Outcome> outcomes = Arrays.stream(calls)
                .mapToObj(call -> new SendReport.Outcome("x", "OK", true, "", call)).toList();
        return new SendReport(0, whole, outcomes);
    }
}
