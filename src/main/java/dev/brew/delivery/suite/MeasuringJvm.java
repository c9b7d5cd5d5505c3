package dev.brew.delivery.suite;

import dev.brew.delivery.run.UsageException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** Checks the JVM of {@code -jvm} and {@code -jvmArgs} once, before it would fail in every trial. */
final class MeasuringJvm {

    private static final int OLDEST = 17;
    private static final long PATIENCE_SECONDS = 60;
    private static final Pattern VERSION = Pattern.compile("java\\.specification\\.version = (?:1\\.)?(\\d+)");
    /** Lines of a JVM's output that are not the reason of its failure. */
    private static final Pattern FRAME = Pattern.compile("Picked up .*|.* warning: .*|NOTE: .*"
            + "|Error: Could not create the Java Virtual Machine\\.|Error: A fatal exception has occurred\\..*"
            + "|Error occurred during initialization of .*|");

    private MeasuringJvm() {
    }

    /** @throws UsageException if the typed JVM and flags do not start; the reason is the JVM's own line */
    static void requireStarts(CommandLineOptions jmh) throws UsageException {
        String typed = typed(jmh);
        if (typed.isEmpty()) {
            return; // the program and flags of this JVM
        }
        List<String> command = new ArrayList<>();
        command.add(jmh.getJvm().orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jmh.getJvmArgsPrepend().orElse(List.of()));
        command.addAll(jmh.getJvmArgs().orElse(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        command.addAll(jmh.getJvmArgsAppend().orElse(List.of()));
        command.addAll(List.of("-XshowSettings:properties", "-version"));
        Optional<String> problem = start(command);
        if (problem.isPresent()) {
            throw new UsageException(typed + ": " + problem.get());
        }
    }

    /** The typed options about JVMs; empty if there are none. */
    static String typed(CommandLineOptions jmh) {
        List<String> typed = new ArrayList<>();
        add(typed, "-jvm", jmh.getJvm().hasValue() ? List.of(jmh.getJvm().get()) : List.of());
        add(typed, "-jvmArgs", jmh.getJvmArgs().orElse(List.of()));
        add(typed, "-jvmArgsPrepend", jmh.getJvmArgsPrepend().orElse(List.of()));
        add(typed, "-jvmArgsAppend", jmh.getJvmArgsAppend().orElse(List.of()));
        return String.join(" ", typed);
    }

    private static void add(List<String> typed, String option, Collection<String> values) {
        if (!values.isEmpty()) {
            typed.add(option + " " + String.join(" ", values));
        }
    }

    private static Optional<String> start(List<String> command) throws UsageException {
        try {
            Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
            jvm.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).exceptionally(late -> jvm.destroyForcibly());
            jvm.getOutputStream().close();
            String output = new String(jvm.getInputStream().readAllBytes(), Charset.defaultCharset());
            return problem(output, jvm.waitFor());
        } catch (IOException e) {
            return Optional.of("it cannot be started ("
                    + e.getMessage().replaceFirst("(?s).*error=\\d+, ", "") + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted before it answered");
        }
    }

    /**
     * The reason why a JVM cannot measure; empty if it can.
     *
     * @param output   both streams
     * @param exitCode of {@code java … -XshowSettings:properties -version}
     */
    static Optional<String> problem(String output, int exitCode) {
        Matcher version = VERSION.matcher(output);
        if (exitCode != 0) {
            return Optional.of(output.lines().map(String::strip).filter(line -> !FRAME.matcher(line).matches()).findFirst()
                    .orElse("it ends with exit code " + exitCode));
        }
        if (!version.find()) {
            return Optional.of("it is no JVM: it prints no version");
        }
        return Integer.parseInt(version.group(1)) < OLDEST
                ? Optional.of("it is Java " + version.group(1) + ", and the benchmarks need " + OLDEST + " or newer")
                : Optional.empty();
    }
}
