package dev.brew.delivery.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettlingTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long BUSY = SECOND / 5;
    private static final long QUIET = BUSY - 1;

    private final Settling settling = new Settling(Duration.ofSeconds(10));

    @Test
    void threeQuietLooksInARowSettleIt() {
        tell(100, BUSY, 4 * BUSY);
        tell(200, QUIET, 0);
        assertThat(settling.isOver()).isFalse();
        tell(600, QUIET);
        assertThat(settling.isSettled()).isTrue();
        assertThat(settling.isOver()).isTrue();
        assertThat(settling.took()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settling.rate()).isEqualTo((200 + 200 + 600) / 3.0);
    }

    @Test
    void aCompilationBetweenThemBeginsTheCountAgain() {
        tell(100, QUIET, QUIET, BUSY, QUIET, QUIET);
        assertThat(settling.isOver()).isFalse();
        tell(100, QUIET);
        assertThat(settling.isSettled()).isTrue();
    }

    @Test
    void aCompilerThatIsNeverDoneEndsWithItsTime() {
        tell(100, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY);
        assertThat(settling.isOver()).isFalse();
        tell(100, BUSY);
        assertThat(settling.isOver()).isTrue();
        assertThat(settling.isSettled()).isFalse();
    }

    @Test
    void busyIsAShareOfWhatHasPassed() {
        for (int i = 0; i < 3; i++) {
            settling.tell(1, 2 * SECOND, BUSY); // half of what would be busy
        }
        assertThat(settling.isSettled()).isTrue();
    }

    private void tell(double rate, long... compiled) {
        for (long one : compiled) {
            settling.tell(rate, SECOND, one);
        }
    }
}
