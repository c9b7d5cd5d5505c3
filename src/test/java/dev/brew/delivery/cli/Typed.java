package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A command that was run in this JVM. It replaces {@code System.out} and {@code System.err} meanwhile, so tests that use it
 * must not run concurrently.
 */
record Typed(int exitCode, List<String> out, List<String> err) {

    static Typed run(String... arguments) {
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            return new Typed(Commands.commandLine().execute(arguments), lines(out), lines(err));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    /** The lines on standard error of a command line that is refused with exit code 2. */
    static String refusal(String command, Object... arguments) {
        Typed typed = run(Stream.concat(Stream.of(command), Arrays.stream(arguments)).map(Object::toString)
                .toArray(String[]::new));
        assertThat(typed.exitCode()).isEqualTo(2);
        return String.join("\n", typed.err()) + "\n";
    }

    private static List<String> lines(ByteArrayOutputStream captured) {
        return captured.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
