package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JitCompilersTest {

    /** Prints its figures. */
    static final class Asked {
        public static void main(String[] arguments) {
            System.out.println(JitCompilers.callsUntilHot() + " " + (JitCompilers.millis() == 0));
        }
    }

    @Test
    void aCompilerTakesWhatWasCalledAsOftenAsItsFlagSays() throws Exception {
        assertThat(ask()).isEqualTo("5000 false");
        assertThat(ask("-XX:Tier4InvocationThreshold=7000")).startsWith("7000");
        assertThat(ask("-XX:-TieredCompilation", "-XX:CompileThreshold=200000")).startsWith("200000");
    }

    @Test
    void withoutACompilerNothingGetsHot() throws Exception {
        assertThat(ask("-Xint")).isEqualTo(Long.MAX_VALUE + " true");
    }

    private static String ask(String... flags) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Asked.class.getName()));
        Process jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(jvm.waitFor()).isZero();
        return said;
    }
}
