package dev.brew.delivery.results;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What this build is made of: written into the jar by Maven, since a shaded jar has lost its parts' manifests. */
public final class Versions {

    /** Where a jar of this suite has its versions. */
    public static final String ENTRY = "dev/brew/delivery/results/versions.properties";
    private static final String FILE = "versions.properties";
    private static final Map<String, String> ALL = read();

    private Versions() {
    }

    /** By name: {@code grpc}, {@code kafka}, {@code git.commit} …; a value that the build did not know is unknown. */
    public static Map<String, String> all() {
        return ALL;
    }

    private static Map<String, String> read() {
        try (InputStream in = Versions.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the jar");
            }
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of another build, from its {@value #ENTRY}. */
    public static Map<String, String> read(InputStream in) throws IOException {
        Properties properties = new Properties();
        properties.load(in);
        Map<String, String> all = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> {
            String value = properties.getProperty(name);
            all.put(name, value.startsWith("${") ? "unknown" : value);
        });
        return Map.copyOf(all);
    }
}
