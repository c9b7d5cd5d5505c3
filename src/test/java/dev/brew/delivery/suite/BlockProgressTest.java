package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BlockProgressTest {

    private static final Case KAFKA = new Case("a.KafkaBenchmark.event", Map.of("recipients", "3", "delay", "none"), 2, true, 10);
    private static final Case TCP = new Case("a.TcpBenchmark.event", Map.of(), 1, true, 5);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Instant now = Instant.parse("2026-11-28T12:00:00Z");

    @Test
    void aBlockSaysWhatSettlesAndWhenTheRunEnds() {
        BlockProgress progress = progress(Duration.ofSeconds(310), OptionalInt.empty());
        assertThat(progress.hasNext()).isTrue();
        progress.starts(1);
        progress.opened(2);
        progress.settling(Duration.ofSeconds(19), List.of(TCP, KAFKA));
        progress.settling(Duration.ofSeconds(21), List.of(TCP, KAFKA));
        progress.settling(Duration.ofSeconds(40), List.of(KAFKA));
        progress.settling(Duration.ofSeconds(60), List.of());
        progress.measuring(0);
        progress.measuring(1);
        now = now.plusSeconds(100);
        progress.ended(List.of());
        assertThat(progress.expected()).isEqualTo(3);
        progress.starts(2);
        assertThat(out.toString(StandardCharsets.UTF_8).split("\\R")).containsExactly(
                "[block 1] opening …",
                "[block 1] 2 rows are open side by side, settling …",
                "[block 1] 21 s, not settled yet: Kafka recipients=3, Tcp",
                "[block 1] all settled after 60 s, measuring 8 slices of each row …",
                "[block 1] done (100 s), all done about 12:05:00",
                "[block 2 of about 3] opening …");
    }

    @Test
    void aBudgetBuysTheBlocksThatFit() {
        BlockProgress progress = progress(Duration.ofSeconds(310), OptionalInt.empty());
        assertThat(blocks(progress, 100, 100, 105)).isEqualTo(3);
        assertThat(blocks(progress(Duration.ofSeconds(310), OptionalInt.empty()), 100, 110, 90)).as("the longest counts")
                .isEqualTo(2);
        assertThat(blocks(progress(Duration.ofSeconds(10), OptionalInt.empty()), 100)).as("one at least").isEqualTo(1);
    }

    @Test
    void aRunWithoutATypedBudgetHasTheBlocksOfAnInterval() {
        BlockProgress progress = progress(Duration.ofSeconds(310), 4, OptionalInt.empty());
        assertThat(progress.expected()).isEqualTo(4);
        assertThat(blocks(progress, 100, 100, 100, 100)).isEqualTo(4);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("[block 2 of about 4]", "all done about 12:06:40");
        assertThat(blocks(progress(Duration.ofSeconds(510), 4, OptionalInt.empty()), 100, 100, 100, 100, 100)).isEqualTo(5);
    }

    @Test
    void aNumberOfBlocksNeedsNoBudget() {
        BlockProgress progress = progress(Duration.ofSeconds(10), OptionalInt.of(2));
        assertThat(progress.expected()).isEqualTo(2);
        assertThat(blocks(progress, 100, 100, 100)).isEqualTo(2);
    }

    @Test
    void aBlockThatFailsSaysWhyAndRowsThatHaveNotSettledAreCounted() {
        BlockProgress progress = progress(Duration.ofSeconds(10), OptionalInt.of(1));
        progress.starts(1);
        progress.settling(Duration.ofSeconds(120), List.of(KAFKA));
        progress.measuring(0);
        progress.ended(List.of("Tcp: it is broken"));
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("[block 1 of 1] opening …",
                "1 NOT SETTLED after 120 s, measuring", "[block 1] FAILED: Tcp: it is broken (0 s)");
    }

    private int blocks(BlockProgress progress, int... seconds) {
        int block = 0;
        while (progress.hasNext()) {
            progress.starts(block + 1);
            now = now.plusSeconds(seconds[block++]);
            progress.ended(List.of());
        }
        return block;
    }

    private BlockProgress progress(Duration budget, OptionalInt blocks) {
        return progress(budget, 1, blocks);
    }

    private BlockProgress progress(Duration budget, int least, OptionalInt blocks) {
        return new BlockProgress(new PrintStream(out, true, StandardCharsets.UTF_8), OutputStream.nullOutputStream(),
                () -> now, ZoneOffset.UTC, budget, least, blocks, 8, List.of(KAFKA, TCP, new Case(TCP.benchmark(),
                Map.of("recipients", "1"), 1, true, 5)));
    }
}
