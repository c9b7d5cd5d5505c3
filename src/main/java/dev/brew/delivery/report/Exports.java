package dev.brew.delivery.report;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brew.delivery.report.RunView.Quantile;
import dev.brew.delivery.report.RunView.Row;
import dev.brew.delivery.results.Quantiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The figures in the formats of other tools. */
final class Exports {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final double NANOS_PER_MICRO = 1000.0;
    private static final String HEAD = "run,path,benchmark,recipients,params,series,count,"
            + "mean_us,p50_us,p90_us,p99_us,p999_us,max_us\n";

    private Exports() {
    }

    /** A line for each row and series, in µs. It includes percentiles without enough samples, beside the count. */
    static String csv(List<RunView> runs) {
        StringBuilder csv = new StringBuilder(HEAD);
        for (RunView run : runs) {
            for (Row row : run.rows()) {
                new TreeMap<>(row.summary().series()).forEach((series, q) -> csv.append(String.format(Locale.ROOT,
                        "%s,%s,%s,%d,%s,%s,%d,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f%n", field(run.name()), field(row.path()),
                        field(row.summary().benchmark()), row.recipients(), field(params(row.summary().params())),
                        field(series),
                        q.count(), q.mean() / NANOS_PER_MICRO, q.p50() / NANOS_PER_MICRO, q.p90() / NANOS_PER_MICRO,
                        q.p99() / NANOS_PER_MICRO, q.p999() / NANOS_PER_MICRO, q.max() / NANOS_PER_MICRO)));
            }
        }
        return csv.toString().replace("\r\n", "\n");
    }

    private static String params(Map<String, String> params) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(params)
                .forEach((name, value) -> text.append(text.isEmpty() ? "" : " ").append(name).append('=')
                .append(value));
        return text.toString();
    }

    private static String field(String text) {
        return text.matches("[^\",\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /** For github-action-benchmark's {@code customSmallerIsBetter}: p50 and p99 of completed and sender-blocked. */
    static String smallerIsBetter(RunView run, Charts charts) {
        ArrayNode all = MAPPER.createArrayNode();
        for (Row row : run.rows()) {
            for (String series : List.of("completed", "sender")) {
                for (Quantile quantile : List.of(Quantile.P50, Quantile.P99)) {
                    double value = row.micros(series, quantile);
                    if (!Double.isNaN(value) && row.doubtful().isEmpty()) {
                        ObjectNode figure = all.addObject();
                        figure.put("name", charts.name(run, row) + (row.recipients() == 0 ? "" : " N=" + row.recipients())
                                + row.rate().map(rate -> " " + Chart.number(rate) + "/s").orElse("") + " " + series
                                + " "
                                + quantile.label);
                        figure.put("unit", "µs").put("value", value).put("range", range(row, series, quantile));
                        figure.put("extra", row.summary().trials().size() + " trials\nfingerprint "
                                + row.summary().fingerprint());
                    }
                }
            }
        }
        return pretty(all);
    }

    /** Half the distance between the highest and the lowest trial. */
    private static String range(Row row, String series, Quantile quantile) {
        double[] trials = row.summary().trials().stream().map(trial -> trial.series().get(series))
                .mapToDouble((Quantiles q) -> quantile.of(q) / NANOS_PER_MICRO).sorted().toArray();
        return "± " + Chart.number((trials[trials.length - 1] - trials[0]) / 2);
    }

    /**
     * JMH's results for jmh.morethan.io, whose menu of metrics offers only names that begin with a middle dot. Copied token
     * by token: a file of ten megabytes would be a tree of hundreds.
     *
     * @throws IOException if the file is not JMH's
     */
    static void visualizer(Path jmh, Path target) throws IOException {
        try (JsonParser from = MAPPER.createParser(jmh.toFile());
             JsonGenerator to = MAPPER.createGenerator(target.toFile(), JsonEncoding.UTF8)) {
            to.useDefaultPrettyPrinter();
            while (from.nextToken() != null) {
                if (from.currentToken() == JsonToken.FIELD_NAME
                        && "secondaryMetrics".equals(from.getParsingContext().getParent().getCurrentName())) {
                    to.writeFieldName("·" + from.getCurrentName());
                } else if (from.currentToken().isNumeric()) { // as it stands: most of the file is numbers
                    to.writeNumber(from.getTextCharacters(), from.getTextOffset(), from.getTextLength());
                } else {
                    to.copyCurrentEvent(from);
                }
            }
        } catch (JsonProcessingException e) {
            throw new IOException(jmh + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String pretty(ArrayNode node) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
