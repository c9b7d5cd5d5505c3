package dev.brew.delivery.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettlingTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long BUSY = SECOND / 5;
    private static final long QUIET = BUSY - 1;

    private final Settling settling = new Settling(Duration.ofSeconds(10));

    @Test
    void threeQuietLooksInARowThatAreNoFasterThanTheThreeBeforeSettleIt() {
        add(600, BUSY, 4 * BUSY, BUSY);
        add(620, QUIET, 0);
        assertThat(settling.isOver()).isFalse();
        add(650, QUIET); // 630 on average, a twentieth above 600
        assertThat(settling.isSettled()).isTrue();
        assertThat(settling.isOver()).isTrue();
        assertThat(settling.took()).isEqualTo(Duration.ofSeconds(6));
        assertThat(settling.rate()).isEqualTo(630);
    }

    @Test
    void aCompilationBetweenThemBeginsTheCountAgain() {
        add(100, BUSY, QUIET, QUIET, BUSY, QUIET, QUIET);
        assertThat(settling.isOver()).isFalse();
        add(100, QUIET);
        assertThat(settling.isSettled()).isTrue();
    }

    @Test
    void aRateThatStillGrowsHasNotSettledHoweverQuietTheCompilerIs() {
        add(600, QUIET, QUIET, QUIET);
        add(631, QUIET, QUIET, QUIET); // a broker's own compiler is at work
        assertThat(settling.isOver()).isFalse();
        add(631, QUIET);
        assertThat(settling.isSettled()).isTrue();
    }

    @Test
    void aCompilerThatIsNeverDoneEndsWithItsTime() {
        add(100, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY);
        assertThat(settling.isOver()).isFalse();
        add(100, BUSY);
        assertThat(settling.isOver()).isTrue();
        assertThat(settling.isSettled()).isFalse();
    }

    @Test
    void busyIsAShareOfWhatHasPassed() {
        settling.add(1, 1, 0);
        settling.add(1, 1, 0);
        settling.add(1, 1, BUSY);
        for (int i = 0; i < 3; i++) {
            settling.add(1, 2 * SECOND, BUSY); // half of what would be busy
        }
        assertThat(settling.isSettled()).isTrue();
    }

    private void add(double rate, long... compiled) {
        for (long nanos : compiled) {
            settling.add(rate, SECOND, nanos);
        }
    }
}
