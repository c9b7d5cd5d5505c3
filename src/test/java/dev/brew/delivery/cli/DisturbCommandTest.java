package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbCommandTest {

    @TempDir
    private Path files;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--path null          | Invalid value for option '--path' (PATH): must be any of grpc-sequential, "
                + "grpc-parallel, kafka, got 'null'",
        "--path kafka,,kafka  | Invalid value for option '--path' (PATH): must be any of grpc-sequential, "
                + "grpc-parallel, kafka, got ''",
        "--rate NaN           | --rate must be above 0 and at most 1000000 events/s, got NaN",
        "--rate -5            | --rate must be above 0 and at most 1000000 events/s, got -5.0",
        "--recipients 2000    | Invalid value for option '--recipients': must be 1..1024, got '2000'",
        "--recipients 0       | Invalid value for option '--recipients': must be 1..1024, got '0'",
        "--slow none          | --slow must be a delay above none; without --slow the recipient gives no answer",
        "--before 0s          | Invalid value for option '--before': must be above 0, got '0s'",
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
}
