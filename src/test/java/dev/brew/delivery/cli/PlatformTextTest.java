package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Texts as a JVM has them: what it could not read is U+FFFD. */
class PlatformTextTest {

    private static final String ADVICE = ": set LC_ALL to a locale that spells it, such as C.UTF-8";

    @Test
    void anArgumentThatTheLocaleCannotSpellIsNamedWithTheLocale() {
        assertThat(PlatformText.problem(List.of("Null", "-Ddelivery.results=\uFFFD\uFFFD"), system("ANSI_X3.4-1968", "/tmp"),
                Map.of("LC_ALL", "C", "LANG", "de_DE.UTF-8"))).contains("'-Ddelivery.results=??' cannot be read as "
                        + "ANSI_X3.4-1968, which is what the locale says (LC_ALL=C)" + ADVICE);
    }

    @Test
    void soIsAWorkingDirectoryOrAPropertyBeforeTheJar() {
        assertThat(PlatformText.problem(List.of(), system("ANSI_X3.4-1968", "/tmp/\uFFFD"), Map.of("LANG", "C")))
                .contains("the working directory '/tmp/?' cannot be read as ANSI_X3.4-1968, which is what the locale says (LANG=C)"
                        + ADVICE);
        Properties system = system("ANSI_X3.4-1968", "/tmp");
        system.setProperty("java.io.tmpdir", "/\uFFFD");
        assertThat(PlatformText.problem(List.of(), system, Map.of("LC_ALL", "")))
                .contains("-Djava.io.tmpdir='/?' cannot be read "
                + "as ANSI_X3.4-1968, which is what the locale says (neither LC_ALL nor LANG is set)" + ADVICE);
    }

    @Test
    void whatItCanSpellIsNoProblem() {
        assertThat(PlatformText.problem(List.of("ü", "日本"), system("UTF-8", "/tmp/ü"), Map.of())).isEmpty();
        assertThat(PlatformText.problem(List.of("ü"), system("ISO-8859-1", "/tmp"), Map.of())).isEmpty();
        assertThat(PlatformText.problem(List.of("plain"), system("ANSI_X3.4-1968", "/tmp"), Map.of("LC_ALL", "C"))).isEmpty();
    }

    @Test
    void bytesThatAreNotOfTheLocalesEncodingAreAProblemUnderUtf8Too() {
        assertThat(PlatformText.problem(List.of("bad\uFFFD"), system("UTF-8", "/tmp"), Map.of("LANG", "C.UTF-8"))).isPresent();
    }

    private static Properties system(String encoding, String directory) {
        Properties system = new Properties();
        system.setProperty("sun.jnu.encoding", encoding);
        system.setProperty("user.dir", directory);
        return system;
    }
}
