package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void progressSaysWhatRunsHowFarAndWhenItEnds() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Case kafka = new Case("a.KafkaBenchmark.event", Map.of("recipients", "3"), 2, true, 10);
        Case tcp = new Case("a.TcpBenchmark.event", Map.of(), 1, true, 5);
        Progress progress = new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), () -> now, ZoneOffset.UTC,
                List.of(kafka, tcp));
        progress.starts(kafka, 1); // 2 x (10 + 3) + 5 + 3
        now = now.plusSeconds(40);
        progress.ended(kafka, "p50 1 µs");
        progress.starts(tcp, 1); // 10 + 30 + 5 + 3
        assertThat(out.toString(StandardCharsets.UTF_8).split("\\R")).containsExactly(
                "[1/3] Kafka recipients=3, trial 1, all done about 12:00:34 … p50 1 µs (40 s)",
                "[2/3] Tcp, trial 1, all done about 12:01:28 … ");
    }
}
