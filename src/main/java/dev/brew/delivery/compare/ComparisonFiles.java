package dev.brew.delivery.compare;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Markdown;
import dev.brew.delivery.text.Table;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Prints a comparison and writes it as JSON, as Markdown and as a JUnit report. */
public final class ComparisonFiles {

    private ComparisonFiles() {
    }

    /**
     * Writes comparison.json, comparison.md and comparison-junit.xml to {@code directory}, which is created if it does
     * not exist.
     */
    public static void write(Comparison comparison, Path directory) throws IOException {
        Attempt.to("create the comparison's directory " + directory, () -> Files.createDirectories(directory));
        RunDirectory target = RunDirectory.open(directory);
        target.writeJson("comparison.json", comparison);
        target.write("comparison.md", markdown(comparison));
        target.write("comparison-junit.xml", junit(comparison));
    }

    /** The comparison for a terminal; the last line is the verdict. */
    public static List<String> table(Comparison comparison) {
        List<String> lines = new ArrayList<>(figures(comparison).aligned());
        lines.addAll(remarks(comparison));
        lines.add("Base, candidate: median of the trials. Ratio: candidate ÷ base, with the confidence bounds that decide the"
                + " verdict. Could find: the smallest worsening that is detected 8 times in 10.");
        lines.add(headline(comparison));
        return lines;
    }

    private static Table figures(Comparison comparison) {
        Table table = new Table("llrrrrlr", "benchmark", "metric", "base", "candidate", "ratio", "interval", "verdict",
                "could find");
        for (Comparison.Row row : comparison.rows()) {
            for (Judgement judgement : row.metrics()) {
                Metric metric = judgement.metric();
                table.add(comparison.label(row), metric.label(), metric.print(judgement.base()),
                        metric.print(judgement.candidate()), ratio(judgement.ratio().estimate()),
                        interval(judgement.ratio()), judgement.verdict().toString(), detectable(judgement));
            }
            for (Comparison.NotJudged skipped : row.notJudged()) {
                table.add(comparison.label(row), skipped.metric().label(), "-", "-", "-", "-", "not judged", "-");
            }
        }
        return table;
    }

    /** What else is to be said, a line each: metrics that are not judged, differences, notes. */
    public static List<String> remarks(Comparison comparison) {
        List<String> lines = new ArrayList<>();
        for (Comparison.Row row : comparison.rows()) {
            row.notJudged().forEach(skipped -> lines.add("not judged: " + comparison.label(row) + " "
                    + skipped.metric().label() + ": " + skipped.reason()));
            row.metrics().stream().filter(judgement -> judgement.verdict() == Verdict.INCONCLUSIVE && judgement.spread() > 0)
                    .forEach(judgement -> lines.add("undecided: " + comparison.label(row) + " " + judgement.metric().label()
                            + ": single pairs differ by " + percent(judgement.spread()) + " (standard deviation)"
                            + (judgement.pairsNeeded() < Judgement.MANY ? "; at that spread some " + judgement.pairsNeeded()
                            + " pairs decide" : "")));
        }
        comparison.differences().forEach((name, values) ->
                lines.add("differs: " + name + ": " + values.get(0) + " | " + values.get(1)));
        comparison.missing().forEach(stem -> lines.add("missing from the candidate: " + stem));
        comparison.extra().forEach(stem -> lines.add("only in the candidate: " + stem));
        lines.addAll(comparison.notes());
        comparison.failures().forEach(line -> lines.add("candidate failed: " + line));
        return lines;
    }

    /** The verdict and its metrics in one line. */
    public static String headline(Comparison comparison) {
        if (!comparison.failures().isEmpty()) {
            return "REGRESSION: the candidate failed: " + comparison.failures().get(0);
        }
        List<String> names = comparison.named(comparison.verdict());
        String what = switch (comparison.verdict()) {
            case PASS -> "nothing is worse by more than the margin";
            case INCONCLUSIVE -> names.isEmpty() ? "nothing could be judged"
                    : "these trials cannot tell whether it is worse: " + String.join(", ", names);
            default -> String.join(", ", names);
        };
        return comparison.verdict() + ": " + what;
    }

    /** For a pull request, or {@code $GITHUB_STEP_SUMMARY}. */
    static String markdown(Comparison comparison) {
        StringBuilder text = new StringBuilder("### Delivery: ").append(Markdown.text(headline(comparison))).append("\n\n");
        text.append("Base ").append(Markdown.text(comparison.base())).append(", candidate ")
                .append(Markdown.text(comparison.candidate()))
                .append(comparison.seed() == null ? "" : ", seed " + comparison.seed()).append(".\n\n");
        text.append(figures(comparison).markdown()).append('\n');
        remarks(comparison).forEach(line -> text.append("- ").append(Markdown.text(line)).append('\n'));
        return text.toString();
    }

    /**
     * A test case for each metric: a regression is a failure, an undecided metric is skipped; both have the figures as their
     * message. A failure of the candidate and a missing benchmark are further cases.
     */
    static String junit(Comparison comparison) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            int metrics = comparison.rows().stream().mapToInt(row -> row.metrics().size() + row.notJudged().size())
                    .sum();
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "delivery regression");
            xml.writeAttribute("tests", Integer.toString(
                    metrics + comparison.failures().size() + comparison.missing().size()));
            xml.writeAttribute("failures", Integer.toString(
                    comparison.named(Verdict.REGRESSION).size() + comparison.failures().size()));
            xml.writeAttribute("skipped", Integer.toString(comparison.named(Verdict.INCONCLUSIVE).size()
                    + comparison.rows().stream().mapToInt(row -> row.notJudged().size()).sum()
                    + comparison.missing().size()));
            for (Comparison.Row row : comparison.rows()) {
                for (Judgement judgement : row.metrics()) {
                    String element = switch (judgement.verdict()) {
                        case REGRESSION -> "failure";
                        case INCONCLUSIVE -> "skipped";
                        default -> "";
                    };
                    testCase(xml, comparison.label(row), judgement.metric().label(), element, describe(judgement));
                }
                for (Comparison.NotJudged skipped : row.notJudged()) {
                    testCase(xml, comparison.label(row), skipped.metric().label(), "skipped", skipped.reason());
                }
            }
            for (String failure : comparison.failures()) {
                testCase(xml, "candidate", "runs", "failure", failure);
            }
            for (String missing : comparison.missing()) {
                testCase(xml, missing, "present", "skipped", "missing from the candidate");
            }
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e); // a StringWriter does not fail
        }
        return text + "\n";
    }

    private static void testCase(XMLStreamWriter xml, String group, String name, String element, String message)
            throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", group);
        xml.writeAttribute("name", name);
        if (element.isEmpty()) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(message);
            xml.writeEndElement();
        } else {
            xml.writeStartElement(element);
            xml.writeAttribute("message", message);
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** The judgement of one metric in one line. */
    static String describe(Judgement judgement) {
        Metric metric = judgement.metric();
        return judgement.verdict() + ": " + metric.print(judgement.base()) + " to " + metric.print(judgement.candidate())
                + ", ratio " + ratio(judgement.ratio().estimate()) + " " + interval(judgement.ratio()) + ", margin "
                + percent(judgement.margin());
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.3f", ratio);
    }

    private static String interval(Ratio ratio) {
        return "[" + ratio(ratio.lower()) + ", " + (Double.isInfinite(ratio.upper()) ? "∞" : ratio(ratio.upper()))
                + "]";
    }

    private static String detectable(Judgement judgement) {
        return judgement.detectable() < 0 ? "-" : "+" + percent(judgement.detectable());
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
