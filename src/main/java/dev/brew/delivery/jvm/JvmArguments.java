package dev.brew.delivery.jvm;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The flags and properties that the user gave a JVM, before {@code -jar} and in the variables that every JVM reads.
 * Child JVMs get them by one rule:
 *
 * <ul>
 * <li>A JVM that measures gets all of them ({@link #forMeasuring}), as the forks of JMH do.
 * <li>A JVM that does not measure (a broker, the holder of a container, a process of the decision matrix) has a pinned
 * collector and heap. It gets the properties, and the flags of the variables, which are meant for every JVM
 * ({@link #forHelpers}).
 * <li>No child gets a flag that only one JVM can have, such as the port of a debugger.
 * </ul>
 */
public final class JvmArguments {

    /**
     * Their content is among a JVM's arguments, which a child gets by its command line, so it must not read them again.
     */
    static final List<String> VARIABLES = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    private static final Pattern COLLECTOR = Pattern.compile("-XX:[+-]Use\\w+GC");
    private static final Pattern HEAP = Pattern.compile("-Xm[nsx].*|-XX:\\w*(HeapSize|NewSize|RAM\\w*)=.*");
    private static final Pattern ONE_JVM_ONLY = Pattern.compile("-agentlib:jdwp.*|-Xrunjdwp.*|-Xdebug"
            + "|-Dcom\\.sun\\.management\\..*");
    /** Each helper has its own log, and none reads the suite's properties. */
    private static final Pattern NOT_FOR_HELPERS = Pattern.compile("-Ddelivery\\..*|-Dorg\\.slf4j\\.simpleLogger\\..*"
            + "|-Xshare:.*|-XX:(SharedArchiveFile|ArchiveClassesAtExit)=.*");
    private static final Pattern SECRET = Pattern.compile(
            "(?i)((?:.*?\\s)?-D[^=\\s]*(?:password|passwd|secret|token|credential|apikey|api\\.key|sasl\\.jaas\\.config)"
                    + "[^=\\s]*=).+");
    static final String HIDDEN = "***";

    private final List<String> arguments;
    private final Set<String> everywhere;

    JvmArguments(List<String> arguments, Map<String, String> environment) {
        this.arguments = arguments.stream().filter(argument -> !ONE_JVM_ONLY.matcher(argument).matches()).toList();
        this.everywhere = new HashSet<>();
        for (String variable : VARIABLES) {
            everywhere.addAll(Arrays.asList(environment.getOrDefault(variable, "").replaceAll("[\"']", "").split("\\s+")));
        }
    }

    /** Those of this JVM. */
    public static JvmArguments ofThisJvm() {
        return new JvmArguments(ManagementFactory.getRuntimeMXBean().getInputArguments(), System.getenv());
    }

    /** For a JVM that measures, in order: a later one wins. */
    public List<String> forMeasuring() {
        return arguments;
    }

    /** For a JVM that measures nothing and whose collector and heap are pinned. */
    public List<String> forHelpers() {
        return arguments.stream()
                .filter(argument -> argument.startsWith("-D") || everywhere.contains(argument))
                .filter(argument -> !matches(argument, COLLECTOR, HEAP, NOT_FOR_HELPERS)).toList();
    }

    /** True if the user has chosen a collector. */
    public boolean chooseCollector() {
        return arguments.stream().anyMatch(argument -> argument.startsWith("-XX:+") && matches(argument, COLLECTOR));
    }

    /** True if the user has chosen a size of the heap or of a part of it. */
    public boolean chooseHeap() {
        return arguments.stream().anyMatch(argument -> matches(argument, HEAP));
    }

    /** For the record of a run: all, with {@code ***} in place of secrets. */
    public List<String> recorded() {
        return withoutSecrets(arguments);
    }

    /** {@code arguments}, with {@code ***} as the value of each property whose name says that it is a secret. */
    public static List<String> withoutSecrets(List<String> arguments) {
        return arguments.stream().map(argument -> {
            Matcher secret = SECRET.matcher(argument);
            return secret.matches() ? secret.group(1) + HIDDEN : argument;
        }).toList();
    }

    /** The value of a property whose name says that it is a secret; empty for any other argument. */
    static Optional<String> secret(String argument) {
        Matcher secret = SECRET.matcher(argument);
        return secret.matches() ? Optional.of(argument.substring(secret.end(1))) : Optional.empty();
    }

    private static boolean matches(String argument, Pattern... patterns) {
        return Arrays.stream(patterns).anyMatch(pattern -> pattern.matcher(argument).matches());
    }
}
