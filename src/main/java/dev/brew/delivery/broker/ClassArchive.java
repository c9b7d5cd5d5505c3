package dev.brew.delivery.broker;

import dev.brew.delivery.text.AtomicFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The JVM's class-data archive of a Kafka node: with it a node is ready a third sooner, and nothing else changes. A
 * node that is started for it makes it once for each jar and JDK, in the user's cache directory
 * ({@code $XDG_CACHE_HOME} or {@code ~/.cache}), which keeps the last few. Several processes may make the same archive
 * at once: each writes a file of its own and renames it when it is complete. Users do not share archives: the writer of
 * an archive decides which code its readers run. A failure of the archive never fails a start.
 */
final class ClassArchive {

    private static final int KEPT = 3;
    private static final String SUFFIX = ".jsa";
    private static final String UNFINISHED = ".tmp";
    private static final Pattern UNFINISHED_OF = Pattern.compile("broker-.*\\.(\\d{1,18})\\.tmp");
    private static final int NAME_BYTES = 8;

    private final Path directory;
    private final Path file;

    private ClassArchive(Path directory, String name) {
        this.directory = directory;
        this.file = directory.resolve("broker-" + name + SUFFIX);
    }

    /**
     * The archive for this JVM's class path and JDK; its file may not exist yet.
     *
     * @return empty if there can be none: with a directory on the class path, or without a writable cache
     */
    static Optional<ClassArchive> here(Map<String, String> environment) {
        try {
            List<Path> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                    .toList();
            return of(jars, cache(environment).resolve("delivery-benchmarks"));
        } catch (InvalidPathException e) {
            return Optional.empty(); // a home that the locale cannot spell
        }
    }

    /** Ignores a relative path, as the XDG base directory specification demands. */
    static Path cache(Map<String, String> environment) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        return named.startsWith("/") ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache");
    }

    static Optional<ClassArchive> of(List<Path> jars, Path cache) {
        if (!jars.stream().allMatch(Files::isRegularFile)) {
            return Optional.empty();
        }
        try {
            Files.createDirectories(cache);
            return Files.isWritable(cache) ? Optional.of(new ClassArchive(cache, name(jars))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // a read-only home, say: starts are slower there
        }
    }

    /** A rebuilt jar has another time or size; the user is in the name, since another user's archive is not trusted. */
    private static String name(List<Path> jars) throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("user.name") + '\n'
                + System.getProperty("java.home") + System.getProperty("java.vm.version"));
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
        return Files.isRegularFile(file) && Files.isReadable(file);
    }

    /** The flag by which a JVM uses it. */
    String use() {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // so that those of old jars are the oldest
        } catch (IOException e) {
            // an old time only makes it one of the first to be deleted
        }
        return "-XX:SharedArchiveFile=" + file;
    }

    /** Deletes it if possible: a JVM that used it has crashed. */
    void discard() {
        delete(file);
    }

    /** Runs a JVM with the flag that makes the archive, until it ends. */
    @FunctionalInterface
    interface Maker {
        void run(String jvmOption) throws IOException, InterruptedException;
    }

    /**
     * Makes it. If that fails, because the JVM does not start or is too slow to end, or the directory cannot be
     * written, there is no archive, and a later start tries again.
     */
    void make(Maker maker) throws InterruptedException {
        try {
            removeUnfinished();
            Path unfinished = Path.of(file + "." + ProcessHandle.current().pid() + UNFINISHED);
            try {
                maker.run("-XX:ArchiveClassesAtExit=" + unfinished);
                if (Files.exists(unfinished)) {
                    AtomicFile.rename(unfinished, file);
                }
            } finally {
                delete(unfinished);
            }
            removeOldest();
        } catch (IOException e) {
            // starts are slower without; if no JVM starts at all, the next one says why
        }
    }

    /** Deletes unfinished files of processes that have ended. */
    private void removeUnfinished() throws IOException {
        for (Path path : list(UNFINISHED)) {
            Matcher of = UNFINISHED_OF.matcher(path.getFileName().toString());
            if (of.matches() && ProcessHandle.of(Long.parseLong(of.group(1))).isEmpty()) {
                delete(path);
            }
        }
    }

    private void removeOldest() throws IOException {
        UserPrincipal owner = Files.getOwner(file);
        List<Path> newestFirst = list(SUFFIX).stream().filter(path -> isOf(owner, path))
                .sorted(Comparator.comparing(ClassArchive::lastUsed).reversed()).toList();
        newestFirst.stream().skip(KEPT).forEach(ClassArchive::delete);
    }

    private static boolean isOf(UserPrincipal owner, Path path) {
        try {
            return Files.getOwner(path).equals(owner);
        } catch (IOException e) {
            return false; // another process was quicker
        }
    }

    /** A file that cannot be deleted stays: it may be another user's. */
    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // it only takes space
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
        } catch (IOException e) {
            return FileTime.fromMillis(0); // another process was quicker
        }
    }
}
