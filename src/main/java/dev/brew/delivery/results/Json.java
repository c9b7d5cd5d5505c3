package dev.brew.delivery.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.brew.delivery.text.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Converts records to JSON and back. An unknown property is an error: a file of a newer schema must not be read in
 * part.
 */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {
    }

    /** A record as text, indented, keys of maps in order. */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * As {@link #read(Path, Class)}, for files that have a schema.
     *
     * @throws IOException also if the file's schema is not {@code schema}
     */
    public static <T> T read(Path file, Class<T> type, int schema) throws IOException {
        return read(file, type, schema, schema);
    }

    /**
     * As {@link #read(Path, Class, int)}, for files that this program reads in several versions.
     *
     * @throws IOException also if the file's schema is not {@code oldest} to {@code newest}
     */
    static <T> T read(Path file, Class<T> type, int oldest, int newest) throws IOException {
        JsonNode found;
        try {
            found = MAPPER.readTree(text(file)).path("schema");
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!found.isInt() || found.intValue() < oldest || found.intValue() > newest) {
            throw new IOException(file + " has " + (found.isMissingNode() ? "no schema" : "schema " + found)
                    + ", this program reads schema " + (oldest == newest ? "" : oldest + " to ") + newest);
        }
        return read(file, type);
    }

    /** @throws IOException if the file is missing or is not a {@code type}; the message names the file */
    public static <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return MAPPER.readValue(text(file), type);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not a " + type.getSimpleName() + " file: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(Path file) throws IOException {
        return Attempt.to("read " + file, () -> Files.readString(file));
    }
}
