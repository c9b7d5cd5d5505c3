package dev.brew.delivery.cli;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.Disturbance;
import dev.brew.delivery.load.Disturbance.Result;
import dev.brew.delivery.load.Disturbance.Sample;
import dev.brew.delivery.load.Disturbance.Stage;
import dev.brew.delivery.load.Rig;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.suite.RunLock;
import dev.brew.delivery.text.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one recipient's trouble costs the others and the sender, on each path. */
@Command(name = "disturb", mixinStandardHelpOptions = true, description = {
    "One recipient is slow for a while, or gives no answer at all, while events come at a rate; then it is well again.",
    "Prints what the sender and the other recipients felt, the lag over time, and how long until all was steady.",
    "Exit code 1 if a path lost an event without its sender knowing."})
final class DisturbCommand implements Callable<Integer> {

    @Mixin
    private PathOptions path;

    @Option(names = "--path", split = ",", paramLabel = "PATH", defaultValue = "grpc-sequential,grpc-parallel,kafka",
            description = "Any of grpc-sequential, grpc-parallel, kafka. Default: ${DEFAULT-VALUE}")
    private List<String> paths;

    @Option(names = "--recipients", paramLabel = "N", defaultValue = "3", converter = Converters.Count.class,
            description = "Default: ${DEFAULT-VALUE}; the first of them is disturbed")
    private int recipients;

    @Option(names = "--rate", paramLabel = "RATE", defaultValue = "200",
            description = "In events/s. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(names = "--slow", paramLabel = "DELAY", converter = Converters.Delay.class,
            description = "How long it works on an event: fixed:20ms, exp:50ms, … Default: it gives no answer at all")
    private DelayModel slow;

    @Option(names = "--before", paramLabel = "TIME", defaultValue = "5s", converter = Converters.Time.class,
            description = "How long all is well first. Default: ${DEFAULT-VALUE}")
    private Duration before;

    @Option(names = "--for", paramLabel = "TIME", defaultValue = "10s", converter = Converters.Time.class,
            description = "How long it is disturbed. Default: ${DEFAULT-VALUE}")
    private Duration during;

    @Option(names = "--after", paramLabel = "TIME", defaultValue = "60s", converter = Converters.Time.class,
            description = "How long at most until all is steady again. Default: ${DEFAULT-VALUE}")
    private Duration after;

    @Option(names = "--deadline", paramLabel = "TIME", defaultValue = "3s", converter = Converters.Time.class,
            description = "Of a gRPC call. Default: ${DEFAULT-VALUE}")
    private Duration deadline;

    @Option(names = "--warmup", paramLabel = "TIME", defaultValue = "8s", converter = Converters.Time.class,
            description = "How long a fresh path is warmed up. Default: ${DEFAULT-VALUE}")
    private Duration warmUp;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures and samples there, too")
    private Path json;

    @Override
    public Integer call() throws Exception {
        List<Rig.Settings> all = new ArrayList<>();
        try {
            Arrivals.requireRate(rate);
            for (String one : paths) {
                all.add(path.settings(one, recipients, deadline));
            }
        } catch (IllegalArgumentException e) {
            return Commands.usage(e.getMessage());
        }
        Thread here = Thread.currentThread();
        try (RunLock lock = RunLock.acquire()) {
            return Foreground.run(here::interrupt, () -> run(all));
        } catch (RunLock.TakenException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private int run(List<Rig.Settings> all) throws Exception {
        Disturbance.Script script = new Disturbance.Script(0, slow, rate, before, during, after);
        Map<String, Result> results = new LinkedHashMap<>();
        for (Rig.Settings settings : all) {
            System.out.printf(Locale.ROOT, "%s: %s %s for %.0f s, %.0f events/s …%n", settings.path(),
                    Recipient.names(recipients).get(0), slow == null ? "gives no answer" : "takes " + slow,
                    during.toMillis() / 1000.0, rate);
            try (Rig rig = Rig.open(settings, NanoClock.system(), System.getProperties(), System.getenv())) {
                rig.warmUp(warmUp);
                results.put(settings.path(), new Disturbance(rig, NanoClock.system(), script).run());
            }
            timeline(results.get(settings.path())).forEach(System.out::println);
        }
        System.out.println();
        lines(results).forEach(System.out::println);
        if (json != null) {
            write(results);
        }
        return results.values().stream().allMatch(result -> result.problems().isEmpty()) ? 0 : 1;
    }

    private void write(Map<String, Result> results) throws IOException {
        Path temporary = json.resolveSibling(json.getFileName() + ".tmp");
        Attempt.to("write --json " + json, () -> {
            Files.writeString(temporary, Json.write(results));
            Files.move(temporary, json, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    /** A line for each second. */
    private static List<String> timeline(Result result) {
        List<String> lines = new ArrayList<>();
        lines.add("   second   in flight   failed   lag of each recipient   heap MiB");
        long next = 0;
        for (Sample sample : result.samples()) {
            if (sample.millis() >= next) {
                lines.add(String.format(Locale.ROOT, "   %6.1f   %,9d   %,6d   %-21s   %,8d", sample.millis() / 1000.0,
                        sample.inFlight(), sample.failed(), sample.lag().toString().replaceAll("[\\[\\],]", ""),
                        sample.heapMiB()));
                next = sample.millis() / 1000 * 1000 + 1000;
            }
        }
        return lines;
    }

    private List<String> lines(Map<String, Result> results) {
        List<String> lines = new ArrayList<>();
        lines.add("p99 in ms, by when events were due     sender-blocked    received, healthy    received, disturbed");
        results.forEach((name, result) -> {
            for (Stage stage : Stage.values()) {
                Map<String, Quantiles> series = result.stages().get(stage);
                List<String> names = Recipient.names(recipients);
                lines.add(String.format(Locale.ROOT, "%-16s %-22s %13s    %17s    %19s", name,
                        stage.name().toLowerCase(Locale.ROOT), p99(series.get("sender")),
                        IntStream.range(1, recipients).mapToObj(i -> series.get(names.get(i))).filter(one -> one != null)
                                .mapToLong(Quantiles::p99).max().stream().mapToObj(DisturbCommand::millis).findFirst()
                                .orElse("-"),
                        p99(series.get(names.get(0)))));
            }
        });
        results.forEach((name, result) -> lines.add(recovery(name, result)));
        return lines;
    }

    private static String recovery(String name, Result result) {
        long inFlight = result.samples().stream().mapToLong(Sample::inFlight).max().orElse(0);
        String failures = result.failures().isEmpty() ? "no event failed" : "failed: " + result.failures();
        String steady = result.steadyMillis() < 0 ? "not steady again in time"
                : String.format(Locale.ROOT, "steady again after %.1f s", result.steadyMillis() / 1000.0);
        String predicted = result.predictedMillis() < 0 ? ""
                : String.format(Locale.ROOT, " (backlog %,d, worked off at %,.0f/s: backlog ÷ (μ − λ) = %.1f s)",
                        result.backlog(), result.drainedPerSecond(), result.predictedMillis() / 1000.0);
        return String.format(Locale.ROOT, "%s: %s, at most %,d in flight, %s%s%s", name, failures, inFlight, steady,
                predicted, result.problems().isEmpty() ? ", nothing lost unknown to the sender" : "; " + String.join("; ", result.problems()));
    }

    private static String p99(Quantiles quantiles) {
        return Optional.ofNullable(quantiles).map(one -> millis(one.p99())).orElse("-");
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%,.1f", nanos / 1e6);
    }
}
