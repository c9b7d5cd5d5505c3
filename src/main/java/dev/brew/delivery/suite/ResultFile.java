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
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.ScalarResult;
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

    /** A sample as JMH writes it, in the place of all samples of an iteration. */
    private static final String STAND_IN = "[ \"NaN\", 1 ]";

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
     * Writes what JMH's JSON writer writes, one result after another, and the samples without it: it copies its whole text
     * some forty times, which for the samples of a run of blocks takes half a gigabyte.
     */
    static void writeJson(Iterable<RunResult> results, Path file) throws IOException {
        try (Writer to = Files.newBufferedWriter(file)) {
            to.append('[');
            String before = "";
            for (RunResult result : results) {
                boolean samples = result.getParams().getMode() == Mode.SampleTime;
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ResultFormatFactory.getInstance(ResultFormatType.JSON, new PrintStream(bytes, true, StandardCharsets.UTF_8))
                        .writeOut(List.of(samples ? new WithStandIns(result) : result));
                String array = bytes.toString(StandardCharsets.UTF_8);
                to.append(before);
                writeSamples(array.substring(array.indexOf('[') + 1, array.lastIndexOf(']')).stripTrailing(),
                        samples ? iterations(result) : Stream.empty(), to);
                before = ",";
            }
            to.append("\n]\n");
        }
    }

    private static Stream<IterationResult> iterations(RunResult result) {
        return result.getBenchmarkResults().stream().flatMap(fork -> fork.getIterationResults().stream());
    }

    /** Writes {@code object} with the samples of {@code iterations} in the place of each one's stand-in. */
    private static void writeSamples(String object, Stream<IterationResult> iterations, Writer to) throws IOException {
        int written = 0;
        for (IterationResult iteration : (Iterable<IterationResult>) iterations::iterator) {
            Iterator<Map.Entry<Double, Long>> samples = samples(iteration);
            if (samples.hasNext()) {
                int at = object.indexOf(STAND_IN, written);
                to.append(object, written, at);
                String indent = object.substring(object.lastIndexOf('\n', at), at);
                for (String between = ""; samples.hasNext(); between = "," + indent) {
                    Map.Entry<Double, Long> sample = samples.next();
                    to.append(between).append("[ ").append(sample.getKey().toString()).append(", ")
                            .append(sample.getValue().toString()).append(" ]");
                }
                written = at + STAND_IN.length();
            }
        }
        to.append(object, written, object.length());
    }

    private static Iterator<Map.Entry<Double, Long>> samples(IterationResult iteration) {
        return iteration.getPrimaryResult().getStatistics().getRawData();
    }

    /** A result whose iterations have one sample each, which is no number, if they have any. */
    @SuppressWarnings("rawtypes") // JMH's signatures
    private static final class WithStandIns extends RunResult {

        private static final long serialVersionUID = 1;

        private final transient RunResult whole;

        WithStandIns(RunResult whole) {
            super(whole.getParams(), whole.getBenchmarkResults().stream().map(fork -> new BenchmarkResult(fork.getParams(),
                    fork.getIterationResults().stream().map(WithStandIns::withStandIn).toList())).toList());
            this.whole = whole;
        }

        private static IterationResult withStandIn(IterationResult iteration) {
            return samples(iteration).hasNext() ? new MergedIteration(iteration, new ScalarResult("stand-in", Double.NaN, "",
                    AggregationPolicy.AVG)) : iteration;
        }

        @Override
        public Result getPrimaryResult() {
            return whole.getPrimaryResult();
        }

        @Override
        public Map<String, Result> getSecondaryResults() {
            return whole.getSecondaryResults();
        }
    }
}
