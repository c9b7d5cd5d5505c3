package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command lines of the lesson's programs: bad usage and help, in this JVM. */
class LessonUsageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "grpc-broadcast --targets a:1,b:2,a:1 | --targets=a:1,b:2,a:1: 'a:1' is given twice",
        "grpc-broadcast --targets a:1,,b:2    | --targets=a:1,,b:2: not host:port: ''",
        "grpc-broadcast --targets ::1:80      | --targets=::1:80: not host:port: '::1:80' (an IPv6 address stands in brackets, "
                + "such as [::1]:50061)",
        "grpc-broadcast --targets a:0         | --targets=a:0: not host:port: 'a:0' (a port to connect to is 1..65535)",
        "grpc-broadcast --targets a:99999     | --targets=a:99999: not host:port: 'a:99999'",
        "grpc-broadcast --targets a:1 --users 0 | Invalid value for option '--users': must be 1..10000000, got '0'",
        "grpc-broadcast --targets a:1 --timeout 3 | Invalid value for option '--timeout': not a duration: '3' (a whole "
                + "number and ns, us, ms or s, at most 3600s)",
        "grpc-listener --delay soon           | Invalid value for option '--delay': not a delay: 'soon' (none, fixed:20ms, "
                + "uniform:1ms:5ms, exp:2ms, lognormal:2ms:0.8 or bimodal:1ms:50ms:1%)",
        "grpc-listener --fail OK@10%          | Invalid value for option '--fail': not a failure: 'OK@10%' (OK is neither a "
                + "gRPC status code of an error nor REJECTED)",
        "grpc-listener --nosuch               | Unknown option: '--nosuch'",
        "kafka-listener --group a/b     | --group must be 1..249 letters, digits, '.', '_' or '-', got 'a/b'",
        "kafka-listener --group a --topic ä | Invalid value for option '--topic': must be 1..249 letters, digits, '.', '_' or "
                + "'-', got 'ä'",
        "kafka-broadcast --bootstrap here | Invalid value for option '--bootstrap': not host:port: 'here'",
        "kafka-broadcast --partitions 0 | Invalid value for option '--partitions': must be 1..10000000, got '0'",
        "sandbox --brokers 10           | Invalid value for option '--brokers': must be 1..9, got '10'",
        "sandbox --brokers 0            | Invalid value for option '--brokers': must be 1..9, got '0'",
        "sandbox --port 65535 --brokers 3 | --port=65535: 3 nodes would need ports up to 65537, and there are ports up to 65535",
        "sandbox --port 70000           | Invalid value for option '--port': not a port: '70000'"})
    void badUsageIsOneLineAndExitCode2(String arguments, String line) {
        Typed typed = Typed.run(arguments.split(" +"));
        assertThat(typed.exitCode()).isEqualTo(2);
        assertThat(typed.err()).containsExactly(line);
        assertThat(typed.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc-listener", "grpc-broadcast", "kafka-listener", "kafka-broadcast", "topic-create",
        "topic-delete", "sandbox"})
    void everyProgramHasHelp(String command) {
        Typed typed = Typed.run(command, "--help");
        assertThat(typed.exitCode()).isZero();
        assertThat(typed.out().get(0)).startsWith("Usage: benchmarks " + command);
    }
}
