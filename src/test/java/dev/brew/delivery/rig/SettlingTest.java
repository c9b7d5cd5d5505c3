package dev.brew.delivery.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.results.WarmUpCurve.Look;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SettlingTest {

    /** Seconds pass only in loads and looks. */
    private long nanos;
    private final List<String> events = new ArrayList<>();

    @Test
    void eightLooksSettleARowWhoseMedianNoLongerFalls() {
        assertThat(looks(0, 1000, 1000, 1000, 1000, 1000, 1000, 1000)).isFalse();
        assertThat(looks(0, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000)).isTrue();
        assertThat(looks(0, 1000, 1000, 1000, 1000, 960, 960, 960, 960)).isTrue();
        assertThat(looks(0, 1000, 1000, 1000, 1000, 940, 940, 940, 940)).isFalse();
        assertThat(looks(0, 900, 900, 900, 900, 1000, 1000, 1000, 1000)).isTrue(); // a slower machine is no warm-up
    }

    @Test
    void aRowThatKeepsFallingSlowlyHasNotSettled() {
        // 4 % from four looks to the next four: Kafka with ten recipients, whose p50 was still 1.2 times its level
        assertThat(looks(0, 1000, 1000, 1000, 1000, 960, 960, 960, 960, 922, 922, 922, 922, 885, 885, 885, 885)).isFalse();
        assertThat(looks(0, 1000, 1000, 1000, 1000, 960, 960, 960, 960, 960, 960, 960, 960, 960, 960, 960, 960)).isTrue();
    }

    @Test
    void oneSlowLookDoesNotCount() {
        assertThat(looks(0, 1000, 1000, 3000, 1000, 990, 2000, 990, 990)).isTrue();
    }

    @Test
    void theRecordedColdRowsHaveNotSettled() {
        // completed p50 of Kafka with ten recipients on two cores, in ms, after 27 s of warm-up for nine rows
        assertThat(looks(0, 3.9, 2.5, 2.5, 1.2, 0.9)).isFalse();
        assertThat(looks(0, 11.6, 6.6, 4.6, 1.32, 1.46, 1.24)).isFalse(); // eight seconds each
        assertThat(looks(0, 4.5, 3.2, 1.9, 1.36, 1.31, 1.33)).isFalse(); // parallel fan-out
        assertThat(looks(0, 4.5, 3.2, 1.9, 1.36, 1.31, 1.33, 1.27, 1.20)).isFalse();
        assertThat(looks(0, 4.5, 3.2, 1.9, 1.36, 1.31, 1.33, 1.27, 1.20, 1.30)).isFalse();
        assertThat(looks(0, 4.5, 3.2, 1.9, 1.36, 1.31, 1.33, 1.27, 1.20, 1.30, 1.28, 1.31)).isTrue();
    }

    @Test
    void aBusyCompilerDelaysIt() {
        assertThat(looks(0.16, 1, 1, 1, 1, 1, 1, 1, 1)).isFalse();
        assertThat(looks(0.14, 1, 1, 1, 1, 1, 1, 1, 1)).isTrue();
    }

    @Test
    void aRowThatWaitsForTheCompilersWaitsUntilNoRowIsFalling() throws Exception {
        Fake waiting = new Fake("waiting", 0.5, 100);
        Fake falling = new Fake("falling", 0, 900, 800, 700, 600, 500, 400, 300, 200, 100);
        Settling.all(List.of(waiting, falling), Duration.ofSeconds(20), new Random(1), () -> nanos,
                watcher(new ArrayList<>()));
        assertThat(falling.loads).isEqualTo(17);
        assertThat(waiting.loads).as("8 + as many as fit after the other row's 17").isBetween(18, 19);
    }

    @Test
    void rowsWarmUpSideBySideUntilEachHasSettled() throws Exception {
        Fake quick = new Fake("quick", 0, 100);
        Fake slow = new Fake("slow", 0, 900, 800, 700, 600, 500, 400, 300, 200, 100);
        List<List<Integer>> left = new ArrayList<>();
        List<WarmUpCurve> curves = Settling.all(List.of(quick, slow), Duration.ofSeconds(60), new Random(1), () -> nanos,
                watcher(left));
        assertThat(curves).extracting(WarmUpCurve::settled).containsExactly(true, true);
        assertThat(curves.get(0).looks()).hasSize(8);
        assertThat(curves.get(1).looks()).hasSize(17); // nine of them on its level
        assertThat(left.get(6)).containsExactlyInAnyOrder(0, 1);
        assertThat(left.get(7)).containsExactly(1);
        assertThat(left.get(16)).isEmpty();
        assertThat(curves.get(0).seconds()).isBetween(9.5, 10.2);
        assertThat(curves.get(1).seconds()).isCloseTo(14.6, within(0.01)); // 25 steps, the first of 1.4 s, most of 0.5 s
    }

    @Test
    void aRowThatNeverSettlesEndsWithTheTime() throws Exception {
        WarmUpCurve curve = Settling.one(new Fake("busy", 0.5, 100), Duration.ofSeconds(10), () -> nanos);
        assertThat(curve.settled()).isFalse();
        assertThat(curve.seconds()).isBetween(10.0, 10.2); // it ends with a look
        assertThat(curve.looks()).hasSize(19);
        assertThat(curve.looks().get(0)).isEqualTo(new Look(1.4, 100, 0.5));
        assertThat(curve.looks().get(1)).as("a quick row needs a short load").isEqualTo(new Look(1.9, 100, 0.5));
    }

    @Test
    void noTimeIsNoWarmUp() throws Exception {
        assertThat(Settling.one(new Fake("any", 0, 100), Duration.ZERO, () -> nanos))
                .isEqualTo(new WarmUpCurve(false, 0, List.of()));
        assertThat(nanos).isZero();
    }

    @Test
    void aRowThatFailsDoesNotStopTheOthers() throws Exception {
        Fake broken = new Fake("broken", 0, 100, 100);
        broken.failsAt = 2;
        List<WarmUpCurve> curves = Settling.all(List.of(broken, new Fake("whole", 0, 100)), Duration.ofSeconds(60),
                new Random(1), () -> nanos, watcher(new ArrayList<>()));
        assertThat(events).containsExactly("0 failed: broken is broken");
        assertThat(curves).extracting(WarmUpCurve::settled).containsExactly(false, true);
        assertThatThrownBy(() -> Settling.one(broken, Duration.ofSeconds(60), () -> nanos)).hasMessage("broken is broken");
    }

    @Test
    void interpretedCodeThatWasNotCalledOftenIsAtRestButHasNotSettled() throws Exception {
        Fake cold = new Fake("cold", 0, 100);
        cold.hotAfter = Integer.MAX_VALUE;
        assertThat(Settling.one(cold, Duration.ofSeconds(60), () -> nanos).settled()).isFalse();
        Fake hotter = new Fake("hotter", 0, 100);
        hotter.hotAfter = 20;
        WarmUpCurve curve = Settling.one(hotter, Duration.ofSeconds(60), () -> nanos);
        assertThat(curve.settled()).isTrue();
        assertThat(curve.looks()).hasSize(20);
    }

    private static boolean looks(double compiling, double... medians) {
        Settling settling = new Settling();
        for (int i = 0; i < medians.length; i++) {
            settling.add(new Look(i, medians[i], compiling), true);
        }
        return settling.isSettled();
    }

    private Settling.Watcher watcher(List<List<Integer>> lefts) {
        return new Settling.Watcher() {
            @Override
            public void round(Duration elapsed, List<Integer> left) {
                lefts.add(left);
            }

            @Override
            public void failed(int row, Exception why) {
                events.add(row + " failed: " + why.getMessage());
            }
        };
    }

    /** A row with given medians; the last one stays. Time passes in it and nowhere else. */
    private final class Fake implements Settling.Row {

        private final String name;
        private final double compiling;
        private final Deque<Double> medians = new ArrayDeque<>();
        private int failsAt = Integer.MAX_VALUE;
        private int hotAfter;
        private int loads;
        private double compiledMillis;

        Fake(String name, double compiling, double... medians) {
            this.name = name;
            this.compiling = compiling;
            for (double median : medians) {
                this.medians.add(median);
            }
        }

        @Override
        public void load(Duration time) {
            if (++loads >= failsAt) {
                throw new IllegalStateException(name + " is broken");
            }
            nanos += time.toNanos();
        }

        @Override
        public double look(Duration time) {
            nanos += time.toNanos();
            compiledMillis += compiling * time.toMillis();
            return medians.size() > 1 ? medians.remove() : medians.element();
        }

        @Override
        public long compilerMillis() {
            return Math.round(compiledMillis);
        }

        @Override
        public boolean isHot() {
            return loads >= hotAfter;
        }
    }
}
