package dev.brew.delivery.report;

import dev.brew.delivery.results.Environment;
import dev.brew.delivery.results.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the rows that were measured before their JVMs had settled, by the length of their warm-up: a comparison of the two
 * halves of a measurement does not show it, since both are equally cold. Such rows are shown and not ranked.
 */
public final class WarmUpNotice {

    /** On two cores a fresh JVM and broker got faster for 30 to 60 s under ten recipients (docs/checks.md). */
    private static final Duration SEVERAL_RECIPIENTS = Duration.ofSeconds(60);
    /** The default warm-up of calls; one recipient does not get faster after it. */
    private static final Duration ONE_RECIPIENT = Duration.ofSeconds(4);
    private static final String MILLIS = "warm-up.ms";
    private static final String NONE = "-1";

    private WarmUpNotice() {
    }

    /** True if the row's warm-up was too short for its figures to be compared with those of other rows. */
    static boolean isWarmingUp(Environment environment, Summary.Row row) {
        Map<String, String> settings = environment.settings().getOrDefault(row.stem(), Map.of());
        long millis = Long.parseLong(settings.getOrDefault(MILLIS, NONE));
        return millis < (recipients(row) > 1 ? SEVERAL_RECIPIENTS : ONE_RECIPIENT).toMillis();
    }

    /** One paragraph about the rows that are still warming up; empty if there are none. */
    public static Optional<String> of(Environment environment, List<Summary.Row> rows) {
        List<Summary.Row> cold = rows.stream()
                .filter(row -> recipients(row) > 0 && !row.params().containsKey("rate") && !row.path().equals("null"))
                .filter(row -> isWarmingUp(environment, row)).toList();
        return cold.isEmpty() ? Optional.empty() : Optional.of(text(cold));
    }

    private static String text(List<Summary.Row> cold) {
        String numbers = cold.stream().map(WarmUpNotice::recipients).distinct().sorted().map(String::valueOf)
                .collect(Collectors.joining(", ")).replaceFirst(", (\\d+)$", " and $1");
        return "Rows with N = " + numbers + " are still warming up: they are shown, and not ranked. After a warm-up of "
                + "60 s on 2 cores, Kafka took 1.5 × as long as parallel fan-out at N = 3, and 0.76 to 1.22 × "
                + "at N = 10 (four comparisons of one trial each: no visible difference). To measure it here: "
                + "java -jar target/benchmarks.jar 'FanOutBenchmark|ProduceToConsumeBenchmark' -f 1 -Ddelivery.warmup=60";
    }

    private static int recipients(Summary.Row row) {
        return Integer.parseInt(row.params().getOrDefault("recipients", "0"));
    }
}
