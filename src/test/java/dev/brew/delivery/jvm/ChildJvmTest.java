package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChildJvmTest {

    @Test
    void flagsStandBeforeTheClassPathAndArgumentsBehindTheMainClass() {
        List<String> command = ChildJvm.of(List.of("-Xmx1g", "-Dx=1"), "a.jar", "Main", List.of("one", "two")).command();
        assertThat(command.get(0)).startsWith(System.getProperty("java.home")).endsWith("java");
        assertThat(command.subList(1, command.size())).containsExactly("-Xmx1g", "-Dx=1", "-cp", "a.jar", "Main", "one", "two");
    }

    @Test
    void aHelperHasThisJvmsClassPathAndItsOwnFlagsBehindTheUsers() {
        List<String> command = ChildJvm.helper(List.of("-Xmx1g"), Parent.class, List.of()).command();
        assertThat(command).contains("-Xmx1g").containsAll(JvmArguments.ofThisJvm().forHelpers())
                .endsWith(Parent.class.getName());
        assertThat(command.get(command.size() - 2)).contains("test-classes");
    }

    @Test
    void whyAJvmDidNotStartIsInItsOwnWordsWhereverItWroteThem() {
        assertThat(ChildJvm.whyNotStarted(List.of("Picked up JAVA_TOOL_OPTIONS: -Xmx1g",
                "Error occurred during initialization of VM", "Multiple garbage collectors selected")))
                .contains("its JVM did not start: Multiple garbage collectors selected");
        assertThat(ChildJvm.whyNotStarted(List.of("Unrecognized VM option 'Foo=1'",
                "Error: Could not create the Java Virtual Machine.",
                "Error: A fatal exception has occurred. Program will exit.")))
                .contains("its JVM did not start: Unrecognized VM option 'Foo=1'");
        assertThat(ChildJvm.whyNotStarted(List.of("java.lang.IllegalStateException: no"))).isEmpty();
    }

    @Test
    void aChildDoesNotReadTheVariablesAgainThatItsCommandLineHasAlready() {
        assertThat(ChildJvm.of(List.of(), "a.jar", "Main", List.of()).environment()).containsKey("PATH")
                .doesNotContainKeys("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");
    }
}
