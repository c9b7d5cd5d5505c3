package dev.brew.delivery.suite;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
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
 * @param option what it was asked for with, for messages
 */
record AskedFile(String option, Path target, ResultFormatType type) {

    private static final Path OUT = Path.of("/dev/stdout");

    /** Empty if none was asked for. */
    static Optional<AskedFile> of(CommandLineOptions jmh) {
        if (!jmh.getResult().hasValue() && !jmh.getResultFormat().hasValue()) {
            return Optional.empty();
        }
        ResultFormatType type = jmh.getResultFormat().orElse(Defaults.RESULT_FORMAT);
        String format = type.toString().toLowerCase(Locale.ROOT);
        return Optional.of(jmh.getResult().hasValue()
                ? new AskedFile("-rff " + jmh.getResult().get(), Path.of(jmh.getResult().get()), type)
                : new AskedFile("-rf " + format, Path.of(Defaults.RESULT_FILE_PREFIX + "." + format), type));
    }

    /**
     * Writes it. A plain file is replaced as a whole; what is a link, a pipe or a device stays one, and is written to.
     *
     * @param scratch a directory for the file while JMH writes it
     * @param out     standard output, which may be the target
     */
    void write(Collection<RunResult> results, Path scratch, PrintStream out) throws IOException {
        Path written = scratch.resolve("asked." + type + ".tmp");
        try {
            ResultFormatFactory.getInstance(type, written.toString()).writeOut(results);
            if (Files.exists(OUT) && Files.exists(target) && Files.isSameFile(target, OUT)) {
                Files.copy(written, out); // opened anew, a file that output goes to would be cut off
                out.flush();
            } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
                try (OutputStream through = Files.newOutputStream(target)) {
                    Files.copy(written, through);
                }
            } else {
                Path beside = target.toAbsolutePath().resolveSibling(target.getFileName() + ".tmp");
                Files.copy(written, beside, StandardCopyOption.REPLACE_EXISTING);
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(written);
        }
    }
}
