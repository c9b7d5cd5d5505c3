package dev.brew.delivery.results;

import dev.brew.delivery.jvm.JvmArguments;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * environment.json: everything that moves the comparison.
 *
 * @param schema      version of this file's form
 * @param fingerprint hash of machine (without the size of its memory), versions and settings; runs that differ in it are
 *                    not compared without a word
 * @param command     the words of a command that repeats the run, from {@code java} on, with the JVM's flags and properties;
 *                    without the values of secrets. Files of older builds have only what stood behind the jar
 * @param startedAt   ISO instant
 * @param machine     the machine
 * @param versions    of the parts measured; the commit of this project stands here but not in the fingerprint,
 *                    since it is what a regression check compares
 * @param settings    by file stem, as read back from clients, servers, broker and fork
 */
public record Environment(int schema, String fingerprint, List<String> command, String startedAt,
                          Map<String, String> machine, Map<String, String> versions,
                          Map<String, Map<String, String>> settings) {

    static final int SCHEMA = 1;
    private static final int FINGERPRINT_BYTES = 8;
    private static final String JAVA = "java";
    private static final List<String> FROM_JAR = List.of("-jar", "target/benchmarks.jar");
    private static final List<String> UNDER_TEST = List.of("benchmarks", "git.commit", "git.dirty");

    /** Of this machine, this build and this JVM, for what runs in this JVM and its children. */
    public static Environment of(List<String> command, String startedAt, Map<String, Map<String, String>> settings) {
        return of(command, startedAt, Versions.all(), settings);
    }

    /** Of this machine, of a build of these versions, and of trials with these settings. */
    static Environment of(List<String> command, String startedAt, Map<String, String> measured,
                          Map<String, Map<String, String>> settings) {
        Map<String, String> machine = Machine.describe();
        Map<String, String> versions = new TreeMap<>(measured);
        Map<String, Map<String, String>> sorted = new TreeMap<>();
        settings.forEach((stem, values) -> sorted.put(stem, new TreeMap<>(values)));
        return new Environment(SCHEMA, hash(machine, versions, sorted.toString()),
                whole(JvmArguments.ofThisJvm().recorded(), command), startedAt, machine, versions, sorted);
    }

    static List<String> whole(List<String> jvm, List<String> typed) {
        return Stream.of(List.of(JAVA), jvm, FROM_JAR, JvmArguments.withoutSecrets(typed)).flatMap(List::stream).toList();
    }

    /** {@link #command} as a shell takes it. */
    public String commandLine() {
        boolean whole = !command.isEmpty() && command.get(0).equals(JAVA);
        return (whole ? command : whole(List.of(), command)).stream().map(Environment::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** What sets the row {@code stem} apart; see {@link Conditions}. */
    public List<String> conditions(String stem) {
        return Conditions.of(settings.getOrDefault(stem, Map.of()));
    }

    /** The fingerprint of one benchmark of this run, so that runs of different extent can be compared row by row. */
    public String fingerprintOf(String stem) {
        return hash(machine, versions, new TreeMap<>(settings.get(stem)).toString());
    }

    /** Without the size of memory: it differs a little from boot to boot, and a hash knows no tolerance. */
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
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
