package dev.brew.delivery.regress;

import dev.brew.delivery.results.Versions;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.BlockJvm;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.openjdk.jmh.runner.BenchmarkList;

/**
 * A jar of this suite, of any revision. None of its classes is loaded.
 *
 * @param sha256     of its bytes
 * @param versions   of its parts
 * @param benchmarks the benchmarks in it
 * @param blockProtocol the version of what its blocks and their host say to each other; empty if it knows no blocks that are
 *                   asked for their slices
 * @param broker     what its broker is made of: equal for jars whose brokers are alike
 */
record JarUnderTest(Path path, String sha256, Map<String, String> versions, BenchmarkList benchmarks,
                    Optional<String> blockProtocol, String broker) {

    private static final int SHORT_COMMIT = 10;
    private static final Pattern BROKER = Pattern.compile("dev/brew/delivery/(broker|jvm|tls)/|kafka/|org/apache/kafka/|scala/");

    /**
     * Reads a jar.
     *
     * @param option the option that names it, for messages
     * @throws UsageException if there is no such jar, or it is not a jar of this suite
     */
    static JarUnderTest read(String option, Path path) throws UsageException, IOException {
        if (!Files.isRegularFile(path)) {
            throw new UsageException(option + " " + path + ": there is no such jar");
        }
        try (ZipFile jar = new ZipFile(path.toFile())) {
            ZipEntry list = jar.getEntry(BenchmarkList.BENCHMARK_LIST.substring(1));
            ZipEntry versions = jar.getEntry(Versions.ENTRY);
            if (list == null || versions == null) {
                throw new UsageException(option + " " + path + ": not a jar of this suite");
            }
            String benchmarks = new String(jar.getInputStream(list).readAllBytes(), StandardCharsets.UTF_8);
            return new JarUnderTest(path.toAbsolutePath().normalize(), hash(path),
                    Versions.read(jar.getInputStream(versions)), BenchmarkList.fromString(benchmarks), protocol(jar), broker(jar));
        } catch (ZipException e) {
            throw new UsageException(option + " " + path + ": not a jar (" + Reason.of(e) + ")");
        }
    }

    private static Optional<String> protocol(ZipFile jar) throws IOException {
        ZipEntry entry = jar.getEntry(BlockJvm.PROTOCOL_ENTRY);
        if (entry == null) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        properties.load(jar.getInputStream(entry));
        return Optional.ofNullable(properties.getProperty("protocol"));
    }

    /** The checksums of all that a broker's JVM may load: Kafka, its libraries, and this suite's own classes for it. */
    private static String broker(ZipFile jar) {
        return jar.stream().filter(entry -> !entry.isDirectory() && BROKER.matcher(entry.getName()).lookingAt())
                .map(entry -> entry.getName() + "=" + entry.getCrc()).sorted().collect(Collectors.joining(","));
    }

    /** As {@link #broker}, of the jar that this program runs from; empty if it does not run from a jar. */
    static Optional<String> brokerOfThisProgram() throws IOException {
        Path self = Path.of(System.getProperty("java.class.path"));
        if (!Files.isRegularFile(self)) {
            return Optional.empty();
        }
        try (ZipFile jar = new ZipFile(self.toFile())) {
            return Optional.of(broker(jar));
        }
    }

    private static String hash(Path path) throws IOException {
        try (InputStream in = new DigestInputStream(Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** True if the file still has the bytes that were read. */
    boolean isUnchanged() throws IOException {
        return Files.isRegularFile(path) && hash(path).equals(sha256);
    }

    /** File name and commit. */
    String title() {
        String commit = versions.getOrDefault("git.commit", "unknown");
        return path.getFileName() + " (commit " + commit.substring(0, Math.min(SHORT_COMMIT, commit.length()))
                + ("true".equals(versions.get("git.dirty")) ? ", changed" : "") + ")";
    }
}
