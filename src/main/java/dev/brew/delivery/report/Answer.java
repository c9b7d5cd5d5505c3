package dev.brew.delivery.report;

import dev.brew.delivery.compare.Crossing;
import dev.brew.delivery.compare.PairedRatio;
import dev.brew.delivery.compare.PathComparison;
import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The result of a run in sentences, for the page and for the terminal. */
public final class Answer {

    /** An interval that contains 1 and reaches beyond these is too wide to call two paths level. */
    private static final double NARROW_BELOW = 1.25;
    private static final double NARROW_ABOVE = 0.8;
    private static final int COLUMNS = 110;

    private final Summary summary;
    private final Environment environment;

    private Answer(Summary summary, Environment environment) {
        this.summary = summary;
        this.environment = environment;
    }

    /** Compares the paths of a run by completed p50, and names the rows that are unsettled or get slower. */
    public static List<String> sentences(Summary summary, Environment environment) {
        return new Answer(summary, environment).sentences();
    }

    /** The sentences, each on a line of its own, wrapped to {@value #COLUMNS} columns. */
    public static List<String> lines(Summary summary, Environment environment) {
        return sentences(summary, environment).stream().flatMap(sentence -> wrapped(sentence).stream()).toList();
    }

    static List<String> wrapped(String sentence) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : sentence.split(" (?!%)")) { // "9 %" stays together
            if (!line.isEmpty() && line.length() + 1 + word.length() > COLUMNS) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** As {@link #sentences(Summary, Environment)}, and the limits of the run. */
    static List<String> sentences(RunView run) {
        List<String> sentences = new ArrayList<>(sentences(
                new Summary(0, "ns", run.rows().stream().map(RunView.Row::summary).toList()), run.environment()));
        sentences.add(limits(run));
        return sentences;
    }

    private List<String> sentences() {
        PathComparison comparison = PathComparison.of(summary, environment);
        List<String> sentences = new ArrayList<>();
        Set<Integer> numbers = new TreeSet<>();
        comparison.pairs().forEach(pair -> numbers.addAll(pair.ratios().keySet()));
        for (int recipients : numbers) {
            comparison.pairs().stream().filter(pair -> pair.ratios().containsKey(recipients))
                    .forEach(pair -> sentences.add(ratio(recipients, pair)));
        }
        if (!comparison.paired() && !numbers.isEmpty()) {
            sentences.add("These ratios have no interval, because the trials of this run are not paired.");
        } else if (numbers.isEmpty() && !comparison.pairs().isEmpty()) {
            sentences.add("Nothing is compared: no two paths have settled rows for the same number of recipients.");
        }
        comparison.pairs().forEach(pair -> pair.crossing().ifPresent(crossing ->
                crossing(pair, crossing).ifPresent(sentences::add)));
        states(sentences);
        return sentences;
    }

    private static String ratio(int recipients, PathComparison.Pair pair) {
        PairedRatio ratio = pair.ratios().get(recipients);
        String first = name(pair.first());
        String second = name(pair.second());
        String figure = String.format(Locale.ROOT, "At %s %s takes %.2f × as long as %s", recipients(recipients), first,
                ratio.estimate(), second);
        if (ratio.hasInterval()) {
            return figure + " [" + bound(ratio.lower()) + ", " + bound(ratio.upper()) + "]: "
                    + conclusion(ratio, first, second) + ".";
        }
        return figure + "." + (ratio.blocks() == 0 ? "" : " " + blocks(ratio.blocks()) + ": no interval (six are needed).");
    }

    private static String conclusion(PairedRatio ratio, String first, String second) {
        if (ratio.lower() > 1 || ratio.upper() < 1) {
            return (ratio.lower() > 1 ? second : first) + " is faster";
        }
        if (ratio.upper() > NARROW_BELOW || ratio.lower() < NARROW_ABOVE) {
            return blocks(ratio.blocks()) + " cannot tell which is faster";
        }
        double most = Math.max(ratio.upper() - 1, 1 - ratio.lower());
        return "no difference above " + Math.max(1, Math.round(100 * most)) + " %";
    }

    /** Two decimals, or three if the value is close to 1: the reader must see on which side of 1 it is. */
    private static String bound(double value) {
        return String.format(Locale.ROOT, Math.abs(value - 1) < 0.005 ? "%.3f" : "%.2f", value);
    }

    /** Empty if one path is ahead at all measured numbers, or if there are too few blocks. */
    private static Optional<String> crossing(PathComparison.Pair pair, Crossing crossing) {
        if (!crossing.hasInterval() || crossing.upper() == 0 || Double.isInfinite(crossing.lower())) {
            return Optional.empty();
        }
        String text = crossing(crossing, name(crossing.firstWins() ? pair.first() : pair.second()),
                name(crossing.firstWins() ? pair.second() : pair.first()));
        return Optional.of(text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1));
    }

    private static String crossing(Crossing crossing, String winner, String loser) {
        String blocks = blocks(crossing.blocks());
        boolean openBelow = crossing.lower() == 0;
        boolean openAbove = Double.isInfinite(crossing.upper());
        if (openBelow && openAbove) {
            return String.format("%s cannot tell from which number of recipients on %s is ahead of %s.", blocks, winner,
                    loser);
        }
        if (openBelow) {
            return String.format(Locale.ROOT, "%s is ahead of %s above %.1f recipients (interpolated); below, %s cannot tell.",
                    winner, loser, crossing.upper(), blocks);
        }
        if (openAbove) {
            return String.format(Locale.ROOT, "%s does not overtake %s below %.1f recipients; %s cannot tell whether it does"
                    + " up to %d.", winner, loser, crossing.lower(), blocks, crossing.largest());
        }
        return String.format(Locale.ROOT, "%s overtakes %s between %.1f and %.1f recipients (interpolated; estimate"
                + " %.1f).", winner, loser, crossing.lower(), crossing.upper(), crossing.estimate());
    }

    private void states(List<String> sentences) {
        List<Summary.Row> rows = summary.rows().stream().filter(row -> PathComparison.isComparable(row, environment))
                .toList();
        String unsettled = rows.stream().filter(Summary.Row::unsettled)
                .map(row -> name(row) + " (" + row.unsettledBecause() + ")").collect(Collectors.joining("; "));
        if (!unsettled.isEmpty()) {
            sentences.add("Trials that had not settled are not compared: " + unsettled + ".");
        }
        rows.stream().filter(row -> row.trend() != null && row.trend().rising()).forEach(row ->
                sentences.add("The latency of " + name(row) + " rises: " + row.trend().print() + "."));
        if (rows.stream().anyMatch(row -> row.trials().stream().anyMatch(trial -> trial.settled() == null))) {
            sentences.add("This run does not record whether all of its trials had settled.");
        }
    }

    private String name(Summary.Row row) {
        return name(PathComparison.variant(row, summary, environment)) + " at "
                + recipients(Integer.parseInt(row.params().get("recipients")));
    }

    private static String name(PathComparison.Variant variant) {
        String path = switch (variant.path()) {
            case "kafka" -> "Kafka";
            case "grpc-sequential" -> "sequential fan-out";
            case "grpc-parallel" -> "parallel fan-out";
            default -> variant.path();
        };
        return path + (variant.params().isEmpty() ? "" : variant.params().entrySet().stream().map(Object::toString)
                .collect(Collectors.joining(", ", " (", ")")));
    }

    private static String recipients(int number) {
        return number + (number == 1 ? " recipient" : " recipients");
    }

    private static String blocks(int number) {
        return number + (number == 1 ? " block" : " blocks");
    }

    private static String limits(RunView run) {
        Map<String, String> machine = run.environment().machine();
        String valid = switch (run.status().state()) {
            case VALID -> "every event was accounted for";
            case RUNNING -> "THE RUN IS NOT FINISHED, these figures are not to be used";
            default -> "THE RUN IS " + run.status().state() + ", these figures are not to be used";
        };
        boolean open = run.rows().stream().anyMatch(row -> row.rate().isPresent());
        String conditions = run.rows().stream().flatMap(row -> run.conditions(row).stream()).distinct()
                .collect(Collectors.joining(", "));
        return (open ? "Some rows are at a given rate, the others are " : "This is ")
                + (conditions.isEmpty() ? "one event at a time on an idle system" : conditions + ": not ranked")
                + ", all on one machine ("
                + machine.getOrDefault("cpu.model", "unknown processor") + ", " + machine.getOrDefault("cpu.count", "?")
                + " processors), without a network; " + valid + ".";
    }
}
