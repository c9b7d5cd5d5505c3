package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuringJvmTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Error occurred during initialization of VM/Too small maximum heap                 | Too small maximum heap",
        "Picked up JAVA_TOOL_OPTIONS: -Da=b/Unrecognized VM option 'NoSuch'/Error: Could not create the Java Virtual Machine. "
                + "| Unrecognized VM option 'NoSuch'",
        "Error: Could not create the Java Virtual Machine./Error: A fatal exception has occurred. Program will exit. "
                + "| it ends with exit code 1",
        "OpenJDK 64-Bit Server VM warning: Option X was deprecated//Unrecognized option: -Xnone | Unrecognized option: -Xnone",
        "'' | it ends with exit code 1"})
    void theJvmsOwnLineIsTheReason(String said, String reason) {
        assertThat(MeasuringJvm.problem(said.replace('/', '\n'), 1)).contains(reason);
    }

    @Test
    void anOlderJvmAndWhatIsNoJvmAreNamed() {
        assertThat(MeasuringJvm.problem("    java.specification.version = 1.8\n", 0))
                .contains("it is Java 8, and the benchmarks need 17 or newer");
        assertThat(MeasuringJvm.problem("    java.specification.version = 11\n", 0))
                .contains("it is Java 11, and the benchmarks need 17 or newer");
        assertThat(MeasuringJvm.problem("    java.specification.version = 17\n", 0)).isEmpty();
        assertThat(MeasuringJvm.problem("    java.specification.version = 25\n", 0)).isEmpty();
        assertThat(MeasuringJvm.problem("hello\n", 0)).contains("it is no JVM: it prints no version");
    }
}
