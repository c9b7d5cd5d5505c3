package dev.brew.delivery.results;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The versions of this build's parts. Maven writes them into the jar, since a shaded jar lacks the parts' manifests. */
public final class Versions {

    /** The entry of a jar of this suite that has its versions. */
    public static final String ENTRY = "dev/brew/delivery/results/versions.properties";
    private static final String FILE = "versions.properties";
    private static final Map<String, String> ALL = read();

    private Versions() {
    }

    /** By name: {@code grpc}, {@code kafka}, {@code git.commit} …; a value that the build does not know is unknown. */
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

    /** The versions of another build, from its {@value #ENTRY}. */
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
