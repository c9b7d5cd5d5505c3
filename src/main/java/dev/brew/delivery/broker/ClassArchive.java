package dev.brew.delivery.broker;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The JVM's class-data archive of a Kafka node: with it a node is ready a third sooner, and nothing else changes. Made
 * once for each jar and JDK, by a node that is started for it and ended again, and kept in the user's cache directory
 * ({@code $XDG_CACHE_HOME} or {@code ~/.cache}), which holds a few of them at most. Several processes may make the
 * same one at once: each has a file of its own, and renames it when it is whole.
 */
final class ClassArchive {

    private static final int KEPT = 3;
    private static final String SUFFIX = ".jsa";
    private static final String UNFINISHED = ".tmp";
    private static final int NAME_BYTES = 8;

    private final Path directory;
    private final Path file;

    private ClassArchive(Path directory, String name) {
        this.directory = directory;
        this.file = directory.resolve("broker-" + name + SUFFIX);
    }

    /**
     * The archive for this JVM's own class path and JDK; it may not have been made yet.
     *
     * @return empty where there cannot be one: with a directory on the class path, or without a writable cache
     */
    static Optional<ClassArchive> here(Map<String, String> environment) {
        List<Path> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                .toList();
        Path cache = Path.of(environment.getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"))
                .resolve("delivery-benchmarks");
        return of(jars, cache);
    }

    static Optional<ClassArchive> of(List<Path> jars, Path cache) {
        if (!jars.stream().allMatch(Files::isRegularFile)) {
            return Optional.empty();
        }
        try {
            Files.createDirectories(cache);
            return Files.isWritable(cache) ? Optional.of(new ClassArchive(cache, name(jars))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // a read-only home, say: starts are slower there, and that is all
        }
    }

    /** A jar that was built again has another time or size. */
    private static String name(List<Path> jars) throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("java.home") + System.getProperty("java.vm.version"));
        for (Path jar : jars) {
            text.append('\n').append(jar.toAbsolutePath()).append(' ').append(Files.size(jar)).append(' ')
                    .append(Files.getLastModifiedTime(jar).toMillis());
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    boolean exists() {
        return Files.isRegularFile(file);
    }

    /** What a JVM that uses it is told. */
    String use() throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // so that those of old jars are the oldest
        return "-XX:SharedArchiveFile=" + file;
    }

    /** A JVM that makes it, told what makes it do so, from its start to its end. */
    @FunctionalInterface
    interface Maker {
        void run(String jvmOption) throws IOException, InterruptedException;
    }

    /** Makes it; if that JVM has left none (it was too slow to end, say), there is none, and a later start tries anew. */
    void make(Maker maker) throws IOException, InterruptedException {
        removeUnfinished();
        Path unfinished = Path.of(file + "." + ProcessHandle.current().pid() + UNFINISHED);
        try {
            maker.run("-XX:ArchiveClassesAtExit=" + unfinished);
            if (Files.exists(unfinished)) {
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
        removeOldest();
    }

    /** What a process that is no more has begun. */
    private void removeUnfinished() throws IOException {
        for (Path path : list(UNFINISHED)) {
            String[] parts = path.getFileName().toString().split("\\.");
            if (ProcessHandle.of(Long.parseLong(parts[parts.length - 2])).isEmpty()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void removeOldest() throws IOException {
        List<Path> newestFirst = list(SUFFIX).stream()
                .sorted(Comparator.comparing(ClassArchive::lastUsed).reversed()).toList();
        for (Path path : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
            Files.deleteIfExists(path);
        }
    }

    private List<Path> list(String end) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.getFileName().toString().startsWith("broker-") && path.toString().endsWith(end))
                    .toList();
        }
    }

    private static FileTime lastUsed(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (NoSuchFileException e) {
            return FileTime.fromMillis(0); // another process was quicker
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
