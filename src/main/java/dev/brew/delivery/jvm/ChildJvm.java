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

/** Command line and environment of a child JVM, which has the JDK of this one; {@link ChildProcess} starts it. */
public final class ChildJvm {

    /**
     * From this version on, a JVM warns of libraries that load native code; the jar's manifest permits it for {@code
     * -jar} only.
     */
    private static final int WARNS_OF_NATIVE_ACCESS = 24;

    private static final Set<String> NOT_STARTED = Set.of("Error occurred during initialization of VM",
            "Error: Could not create the Java Virtual Machine.", "Error: A fatal exception has occurred. Program will exit.");

    private ChildJvm() {
    }

    /**
     * A JVM with any flags and class path. The variables that every JVM reads are not in its environment: their content
     * is among {@link JvmArguments}, and the caller passes the flags for this child.
     *
     * @param flags and properties
     * @param main  name of the main class
     */
    public static ProcessBuilder of(List<String> flags, String classPath, String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(JvmArguments.VARIABLES);
        return builder;
    }

    /** As {@link #of}, with this JVM's class path and without warnings of the JVM itself on standard error. */
    public static ProcessBuilder of(List<String> flags, Class<?> main, List<String> arguments) {
        boolean warns = Runtime.version().feature() >= WARNS_OF_NATIVE_ACCESS;
        Stream<String> quiet = warns ? Stream.of("--enable-native-access=ALL-UNNAMED") : Stream.of();
        return of(Stream.concat(quiet, flags.stream()).toList(),
                classPath().map(Path::toString).collect(Collectors.joining(File.pathSeparator)), main.getName(), arguments);
    }

    /**
     * As {@link #of(List, Class, List)}, for a JVM that measures nothing: {@code flags} follow {@link
     * JvmArguments#forHelpers}.
     */
    public static ProcessBuilder helper(List<String> flags, Class<?> main, List<String> arguments) {
        return of(Stream.concat(JvmArguments.ofThisJvm().forHelpers().stream(), flags.stream()).toList(), main, arguments);
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

    /** True if this JVM's class path has jars only; a test's class path has directories. */
    public static boolean runsFromJars() {
        return classPath().allMatch(Files::isRegularFile);
    }

    private static Stream<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath());
    }
}
