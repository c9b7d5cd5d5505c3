package dev.brew.delivery.results;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * environment.json: everything that moves the comparison.
 *
 * @param schema      version of this file's form
 * @param fingerprint hash of machine (without the size of its memory), versions and settings; runs that differ in it are not compared without a word
 * @param command     what was typed, with which the run can be repeated
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
    private static final List<String> UNDER_TEST = List.of("benchmarks", "git.commit", "git.dirty");

    /** Of this machine and this build, for what runs in this JVM and its children. */
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
        return new Environment(SCHEMA, hash(machine, versions, sorted.toString()), List.copyOf(command), startedAt,
                machine, versions, sorted);
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
