package dev.brew.delivery.suite;

import dev.brew.delivery.results.OutputFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * The file of {@code -rf} and {@code -rff}.
 *
 * @param option the typed option, for messages
 */
record ResultFile(String option, Path target, ResultFormatType type) {

    /** Empty if neither option was given. */
    static Optional<ResultFile> of(CommandLineOptions jmh) {
        if (!jmh.getResult().hasValue() && !jmh.getResultFormat().hasValue()) {
            return Optional.empty();
        }
        ResultFormatType type = jmh.getResultFormat().orElse(Defaults.RESULT_FORMAT);
        String format = type.toString().toLowerCase(Locale.ROOT);
        return Optional.of(jmh.getResult().hasValue()
                ? new ResultFile("-rff " + jmh.getResult().get(), Path.of(jmh.getResult().get()), type)
                : new ResultFile("-rf " + format, Path.of(Defaults.RESULT_FILE_PREFIX + "." + format), type));
    }

    /**
     * Writes it, see {@link OutputFile}.
     *
     * @param scratch a directory for the file while JMH writes it
     * @param out     standard output, which may be the target
     */
    void write(Collection<RunResult> results, Path scratch, PrintStream out) throws IOException {
        Path written = scratch.resolve("result." + type + ".tmp");
        try {
            if (type == ResultFormatType.JSON) {
                writeJson(results, written);
            } else {
                ResultFormatFactory.getInstance(type, written.toString()).writeOut(results);
            }
            OutputFile.write(target, Files.readAllBytes(written), out);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    /**
     * Writes what JMH's JSON writer writes, one result after another: it copies its whole text several times, which takes
     * hundreds of megabytes for a run of blocks.
     */
    static void writeJson(Iterable<RunResult> results, Path file) throws IOException {
        try (Writer to = Files.newBufferedWriter(file)) {
            to.append('[');
            String before = "";
            for (RunResult result : results) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ResultFormatFactory.getInstance(ResultFormatType.JSON, new PrintStream(bytes, true, StandardCharsets.UTF_8))
                        .writeOut(List.of(result));
                String array = bytes.toString(StandardCharsets.UTF_8);
                to.append(before).append(array.substring(array.indexOf('[') + 1, array.lastIndexOf(']')).stripTrailing());
                before = ",";
            }
            to.append("\n]\n");
        }
    }
}
