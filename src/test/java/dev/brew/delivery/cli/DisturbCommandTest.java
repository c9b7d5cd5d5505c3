package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.sweep.Disturbance.Result;
import dev.brew.delivery.sweep.Disturbance.Sample;
import dev.brew.delivery.sweep.Disturbance.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbCommandTest {

    @TempDir
    private Path files;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--path null          | --path must be any of grpc-sequential, grpc-parallel, kafka, got 'null'",
        "--path kafka,,kafka  | --path must be any of grpc-sequential, grpc-parallel, kafka, got ''",
        "--rate NaN           | --rate must be above 0 and at most 1000000 events/s, got NaN",
        "--rate -5            | --rate must be above 0 and at most 1000000 events/s, got -5.0",
        "--recipients 2000    | Invalid value for option '--recipients': must be 1..1024, got '2000'",
        "--recipients 0       | Invalid value for option '--recipients': must be 1..1024, got '0'",
        "--slow none          | --slow must be a delay above none; without --slow the recipient gives no answer",
        "--before 0s          | Invalid value for option '--before': must be more than nothing, got '0s'",
        "-p foo=1             | -p foo: there are acks, broker, brokers, delay, executor, payloadBytes, tls, transport",
        "-p acks=1 -p acks=all | -p acks=all: acks is 1 already; one value at a time here",
        "-p acks              | -p acks: must be NAME=VALUE",
        "--json /nonexistent/x.json | Invalid value for option '--json': cannot be written: '/nonexistent/x.json': "
                + "there is no directory /nonexistent"})
    void badUsageIsOneLineAndExitCode2(String arguments, String line) {
        assertThat(Typed.refusal("disturb", (Object[]) arguments.split(" +"))).isEqualTo(line + "\n");
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured() throws Exception {
        Path file = Files.createFile(files.resolve("file"));
        assertThat(refusal(files)).isEqualTo("it is a directory, not a file");
        assertThat(refusal(file.resolve("x.json"))).isEqualTo("there is no directory " + file);
        assertThat(refusal(Path.of("/proc/x.json"))).isEqualTo("no permission to write in /proc");
        assertThat(files).isDirectoryNotContaining("glob:**.tmp");
    }

    private String refusal(Path json) {
        String start = "Invalid value for option '--json': cannot be written: '" + json + "': ";
        String line = Typed.refusal("disturb", "--json", json.toString());
        assertThat(line).startsWith(start).hasLineCount(1);
        return line.substring(start.length()).trim();
    }

    @Test
    void aLatencyThatMostEventsDoNotHaveIsADash() {
        Map<String, Quantiles> during = Map.of("sender", of(1000, 3000), "lag", of(1000, 1), "analytics", of(300, 50),
                "notifications", of(1000, 5), "billing", of(990, 6));
        assertThat(lines(during, List.of(sample(0, 600)), 600, 100, 0, -1)).contains(
                "grpc-parallel    during                       3,000.0                  6.0                      -",
                "grpc-parallel: failed: {DEADLINE_EXCEEDED=700}, at most 600 in flight, steady again after 0.1 s "
                        + "(backlog 600, no rate: half of it was gone in less than half a second, or never), nothing lost unknown to the sender");
        Map<String, Quantiles> nobody = Map.of("sender", of(1000, 3000));
        assertThat(lines(nobody, List.of(), 0, 0, 0, -1)).contains(
                "grpc-parallel    during                       3,000.0                    -                      -",
                "grpc-parallel: failed: {DEADLINE_EXCEEDED=700}, at most 0 in flight, steady again after 0.0 s, "
                        + "nothing lost unknown to the sender");
    }

    @Test
    void aBacklogThatIsWorkedOffSlowlyHasARateAndAPrediction() {
        assertThat(lines(Map.of(), List.of(), 2000, 2600, 1000, 2500)).anyMatch(line -> line.contains(
                "steady again after 2.6 s (backlog 2,000, worked off at 1,000/s: backlog ÷ (μ − λ) = 2.5 s)"));
    }

    private static List<String> lines(Map<String, Quantiles> during, List<Sample> samples, long backlog, long steady,
                                      double drained, long predicted) {
        Result result = new Result(Map.of(Stage.BEFORE, Map.of(), Stage.DURING, during, Stage.AFTER, Map.of()),
                Map.of("DEADLINE_EXCEEDED", 700L), samples, backlog, steady, drained, predicted, List.of());
        return DisturbCommand.lines(Map.of("grpc-parallel", result), 3);
    }

    private static Sample sample(long millis, long inFlight) {
        return new Sample(millis, inFlight, 0, 0, inFlight, List.of(inFlight, 0L, 0L), 1);
    }

    private static Quantiles of(long count, long millis) {
        long nanos = millis * 1_000_000;
        return new Quantiles(count, nanos, nanos, nanos, nanos, nanos, nanos, nanos);
    }
}
