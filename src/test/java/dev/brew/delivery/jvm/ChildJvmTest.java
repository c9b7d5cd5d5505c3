package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChildJvmTest {

    @Test
    void flagsStandBeforeTheClassPathAndArgumentsBehindTheMainClass() {
        List<String> command = ChildJvm.command(List.of("-Xmx1g", "-Dx=1"), "a.jar", "Main", List.of("one", "two"));
        assertThat(command.get(0)).startsWith(System.getProperty("java.home")).endsWith("java");
        assertThat(command.subList(1, command.size())).containsExactly("-Xmx1g", "-Dx=1", "-cp", "a.jar", "Main", "one", "two");
    }

    @Test
    void whyAJvmDidNotStartIsInItsOwnWordsWhereverItWroteThem() {
        assertThat(ChildJvm.whyNotStarted(List.of("Picked up JAVA_TOOL_OPTIONS: -Xmx1g",
                "Error occurred during initialization of VM", "Multiple garbage collectors selected")))
                .contains("its JVM did not start: Multiple garbage collectors selected");
        assertThat(ChildJvm.whyNotStarted(List.of("Unrecognized VM option 'Foo=1'",
                "Error: Could not create the Java Virtual Machine.", "Error: A fatal exception has occurred. Program will exit.")))
                .contains("its JVM did not start: Unrecognized VM option 'Foo=1'");
        assertThat(ChildJvm.whyNotStarted(List.of("java.lang.IllegalStateException: no"))).isEmpty();
    }

    @Test
    void aChildDoesNotReadTheVariablesAgainThatItsCommandLineHasAlready() {
        assertThat(ChildJvm.process(List.of("java")).environment()).containsKey("PATH")
                .doesNotContainKeys("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");
    }
}
