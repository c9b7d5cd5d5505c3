package dev.brew.delivery.jvm;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line and the process of a child JVM of this JDK. */
public final class ChildJvm {

    /** Since then a JVM warns of libraries that load native code; the jar's manifest grants it for {@code -jar} only. */
    private static final int WARNS_OF_NATIVE_ACCESS = 24;

    private static final Set<String> NOT_STARTED = Set.of("Error occurred during initialization of VM",
            "Error: Could not create the Java Virtual Machine.", "Error: A fatal exception has occurred. Program will exit.");

    private ChildJvm() {
    }

    /**
     * A command line.
     *
     * @param jvm       flags and properties
     * @param classPath see {@link #classPath}
     */
    public static List<String> command(List<String> jvm, String classPath, String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return command;
    }

    /** Flags that keep warnings of the JVM itself out of a child's standard error, and change nothing else. */
    public static List<String> quiet() {
        return Runtime.version().feature() < WARNS_OF_NATIVE_ACCESS ? List.of() : List.of("--enable-native-access=ALL-UNNAMED");
    }

    /** A process for {@code command}, which has all that the user says of JVMs: the child does not read it again. */
    public static ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(JvmArguments.VARIABLES);
        return builder;
    }

    /**
     * Why a JVM did not start, in its own words: it writes some of them to standard output, some to standard error.
     *
     * @param lines what it wrote to either
     * @return empty if they do not say that it did not start
     */
    public static Optional<String> whyNotStarted(List<String> lines) {
        if (lines.stream().noneMatch(NOT_STARTED::contains)) {
            return Optional.empty();
        }
        String why = lines.stream().filter(line -> !line.isBlank() && !NOT_STARTED.contains(line)
                && !line.contains("Picked up ")).collect(Collectors.joining("; "));
        return Optional.of("its JVM did not start" + (why.isEmpty() ? "" : ": " + why));
    }

    /** This JVM's own class path, absolute. */
    public static String classPath() {
        return entries().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** True if no directory is on this JVM's class path, as a test's has. */
    public static boolean runsFromJars() {
        return entries().allMatch(Files::isRegularFile);
    }

    private static Stream<Path> entries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath());
    }
}
