package dev.brew.delivery.results;

import dev.brew.delivery.jvm.JvmArguments;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * environment.json: every setting that affects a comparison.
 *
 * @param schema      version of this file's form
 * @param fingerprint hash of machine (without the size of its memory), versions and settings; a comparison reports runs
 *                    with different fingerprints
 * @param command     the words of a command that repeats the run in the same directory, from {@code java} on, with the JVM's
 *                    flags and properties, without the values of secrets. Files of older builds have only the words after the
 *                    jar
 * @param startedAt   ISO instant
 * @param machine     the machine
 * @param versions    the versions of the measured parts. They include the commit of this project; the fingerprint does
 *                    not, since a regression check compares commits
 * @param settings    by file stem, as read back from clients, servers, broker and fork
 */
public record Environment(int schema, String fingerprint, List<String> command, String startedAt,
                          Map<String, String> machine, Map<String, String> versions,
                          Map<String, Map<String, String>> settings) {

    static final int SCHEMA = 1;
    private static final int FINGERPRINT_BYTES = 8;
    /** The setting of a trial that says how rows share a JVM; it begins with {@link #BLOCK} in a run of blocks. */
    public static final String DESIGN = "design";
    public static final String BLOCK = "block";
    private static final String JAVA = "java";
    private static final String JAR = "target/benchmarks.jar";
    private static final List<String> UNDER_TEST = List.of("benchmarks", "git.commit", "git.dirty");

    /** The environment of a run in this JVM and its children. */
    public static Environment of(List<String> command, String startedAt, Map<String, Map<String, String>> settings) {
        return of(command, startedAt, Versions.all(), settings);
    }

    /** The environment of trials with these settings, of a build of these versions, on this machine. */
    static Environment of(List<String> command, String startedAt, Map<String, String> measured,
                          Map<String, Map<String, String>> settings) {
        Map<String, String> machine = Machine.describe();
        Map<String, String> versions = new TreeMap<>(measured);
        Map<String, Map<String, String>> sorted = new TreeMap<>();
        settings.forEach((stem, values) -> sorted.put(stem, new TreeMap<>(values)));
        return new Environment(SCHEMA, hash(machine, versions, sorted.toString()),
                whole(java(), JvmArguments.ofThisJvm().recorded(), jar(), command), startedAt, machine, versions, sorted);
    }

    static List<String> whole(String java, List<String> jvm, String jar, List<String> typed) {
        return Stream.of(List.of(java), jvm, List.of("-jar", jar), JvmArguments.withoutSecrets(typed)).flatMap(List::stream)
                .toList();
    }

    /** {@code java} if the shell finds this JVM by that name, else its path. */
    private static String java() {
        Path own = Path.of(System.getProperty("java.home"), "bin", JAVA);
        return onPath(System.getenv().getOrDefault("PATH", "")).filter(found -> isSame(found, own)).map(found -> JAVA)
                .orElse(own.toString());
    }

    private static Optional<Path> onPath(String path) {
        return Arrays.stream(path.split(File.pathSeparator)).map(directory -> Path.of(directory, JAVA))
                .filter(Files::isExecutable).findFirst();
    }

    private static boolean isSame(Path path, Path other) {
        try {
            return Files.isSameFile(path, other);
        } catch (IOException e) {
            return false; // the command then contains the path, which is always correct
        }
    }

    /** The jar as it was named after {@code -jar}; the build's jar if this JVM does not run from one jar. */
    private static String jar() {
        String classPath = System.getProperty("java.class.path");
        return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator) ? classPath : JAR;
    }

    /** {@link #command} in the syntax of a shell. */
    public String commandLine() {
        boolean whole = !command.isEmpty() && Path.of(command.get(0)).endsWith(JAVA);
        return (whole ? command : whole(JAVA, List.of(), JAR, command)).stream().map(Environment::quoted)
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** How the row {@code stem} differs from a trial; see {@link Conditions}. */
    public List<String> conditions(String stem) {
        return Conditions.of(settings.getOrDefault(stem, Map.of()));
    }

    /** True if the trials of the row {@code stem} are blocks, in which all rows are measured side by side. */
    public boolean isOfBlocks(String stem) {
        return settings.getOrDefault(stem, Map.of()).getOrDefault(DESIGN, "").startsWith(BLOCK);
    }

    /** The fingerprint of one benchmark, so that runs with different sets of benchmarks can be compared row by row. */
    public String fingerprintOf(String stem) {
        return hash(machine, versions, new TreeMap<>(settings.get(stem)).toString());
    }

    /** Without the size of memory, which differs a little from boot to boot: a hash has no tolerance. */
    private static Map<String, String> identity(Map<String, String> machine) {
        Map<String, String> identity = new TreeMap<>(machine);
        identity.remove("memory.mib");
        return identity;
    }

    private static String hash(Map<String, String> machine, Map<String, String> versions, String settings) {
        Map<String, String> parts = new TreeMap<>(versions);
        parts.keySet().removeAll(UNDER_TEST);
        String text = identity(machine) + "\n" + parts + "\n" + settings;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }
}
