package dev.brew.delivery.cli;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.OutputFile;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.sweep.Disturbance.Result;
import dev.brew.delivery.sweep.Disturbance.Sample;
import dev.brew.delivery.sweep.Disturbance.Stage;
import dev.brew.delivery.sweep.Disturbance;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one recipient's trouble costs the others and the sender, on each path. */
@Command(name = "disturb", mixinStandardHelpOptions = true, description = {
    "One recipient is slow for a while, or gives no answer at all, while events come at a rate; then it is well again.",
    "Prints what the sender and the other recipients felt, the lag over time, and how long until all was steady.",
    "Exit code 1 if a path lost an event without its sender knowing."})
final class DisturbCommand implements Callable<Integer> {

    /**
     * Not the null path: it calls its recipients on the sender's thread, so a recipient that stops would stop the
     * sender.
     */
    private static final List<String> PATHS = List.of("grpc-sequential", "grpc-parallel", "kafka");

    @Mixin
    private PathOptions path;

    @Option(names = "--path", split = ",", paramLabel = "PATH", defaultValue = "grpc-sequential,grpc-parallel,kafka",
            description = "Any of grpc-sequential, grpc-parallel, kafka. Default: ${DEFAULT-VALUE}")
    private List<String> paths;

    @Option(names = "--recipients", paramLabel = "N", defaultValue = "3", converter = Converters.Recipients.class,
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

    @Option(names = "--json", paramLabel = "FILE", converter = Converters.Output.class,
            description = "Writes all figures and samples there, too")
    private Path json;

    @Override
    public Integer call() throws Exception {
        List<Rig.Settings> all = new ArrayList<>();
        try {
            check();
            for (String one : paths.stream().distinct().toList()) {
                all.add(path.settings(one, recipients, deadline));
            }
            PathOptions.requireBroker(all, System.out);
        } catch (IllegalArgumentException e) {
            return Exit.usage(e.getMessage());
        }
        Thread here = Thread.currentThread();
        AtomicBoolean stopped = new AtomicBoolean();
        return RunLock.during(System.err, () -> Foreground.run(() -> {
            stopped.set(true);
            here.interrupt();
        }, () -> run(all, stopped)));
    }

    private void check() {
        for (String one : paths) {
            if (!PATHS.contains(one)) {
                throw new IllegalArgumentException("--path must be any of " + String.join(", ", PATHS) + ", got '" + one
                        + "'");
            }
        }
        if (!(rate > 0 && rate <= Arrivals.MAX_RATE)) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "--rate must be above 0 and at most %.0f events/s, got %s", Arrivals.MAX_RATE, rate));
        }
        if (slow != null && slow.isNone()) {
            throw new IllegalArgumentException("--slow must be a delay above none; without --slow the recipient gives "
                    + "no answer");
        }
    }

    private int run(List<Rig.Settings> all, AtomicBoolean stopped) throws Exception {
        Disturbance.Script script = new Disturbance.Script(0, slow, rate, before, during, after);
        Map<String, Result> results = new LinkedHashMap<>();
        try {
            for (Rig.Settings settings : all) {
                System.out.printf(Locale.ROOT, "%s: %s %s for %.1f s, %.0f events/s …%n", settings.path(),
                        Recipient.names(recipients).get(0), slow == null ? "gives no answer" : "takes " + slow,
                        during.toMillis() / 1000.0, rate);
                try (Rig rig = Rig.open(settings, NanoClock.system(), System.getProperties(), System.getenv())) {
                    rig.warmUp(warmUp);
                    results.put(settings.path(), new Disturbance(rig, NanoClock.system(), script).run());
                }
                timeline(results.get(settings.path())).forEach(System.out::println);
            }
        } catch (Exception e) { // where the interrupt is noticed, and as what, depends on what was under way
            if (!stopped.get()) {
                throw e;
            }
            Arrays.stream(e.getSuppressed()).map(Reason::of).forEach(System.err::println);
        } finally {
            if (!results.isEmpty()) { // of a run that ends early, what it has
                tell(results);
            }
        }
        if (stopped.get()) {
            System.err.println("INTERRUPTED: " + results.size() + " of " + all.size() + " paths");
            return 1;
        }
        return results.values().stream().allMatch(result -> result.problems().isEmpty()) ? 0 : 1;
    }

    private void tell(Map<String, Result> results) throws IOException {
        System.out.println();
        lines(results, recipients).forEach(System.out::println);
        if (json != null) {
            Attempt.to("write --json " + json, () -> OutputFile.write(json,
                    Json.write(results).getBytes(StandardCharsets.UTF_8), System.out));
        }
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

    /** The table, and a line for each path. */
    static List<String> lines(Map<String, Result> results, int recipients) {
        List<String> lines = new ArrayList<>();
        lines.add("p99 in ms, by when events were due     sender-blocked    received, healthy    received, disturbed");
        List<String> names = Recipient.names(recipients);
        results.forEach((name, result) -> {
            for (Stage stage : Stage.values()) {
                lines.add(String.format(Locale.ROOT, "%-16s %-22s %13s    %17s    %19s", name,
                        stage.name().toLowerCase(Locale.ROOT), p99(result, stage, List.of("sender")),
                        p99(result, stage, names.subList(1, recipients)), p99(result, stage, names.subList(0, 1))));
            }
        });
        lines.add("-: fewer than 99 of 100 events have such a latency. Before: without its last second, whose events may be disturbed");
        results.forEach((name, result) -> lines.add(recovery(name, result)));
        return lines;
    }

    private static String recovery(String name, Result result) {
        long inFlight = result.samples().stream().mapToLong(Sample::inFlight).max().orElse(0);
        String failures = result.failures().isEmpty() ? "no event failed" : "failed: " + result.failures();
        String steady = result.steadyMillis() < 0 ? "not steady again in time"
                : String.format(Locale.ROOT, "steady again after %.1f s", result.steadyMillis() / 1000.0);
        return String.format(Locale.ROOT, "%s: %s, at most %,d in flight, %s%s%s", name, failures, inFlight, steady,
                backlog(result), result.problems().isEmpty() ? ", nothing lost unknown to the sender"
                        : "; " + String.join("; ", result.problems()));
    }

    private static String backlog(Result result) {
        if (result.steadyMillis() == 0) {
            return "";
        }
        String rate = result.drainedPerSecond() == 0 ? ", no rate: half of it was gone in less than half a second, or never"
                : String.format(Locale.ROOT, ", worked off at %,.0f/s", result.drainedPerSecond());
        String predicted = result.predictedMillis() < 0 ? ""
                : String.format(Locale.ROOT, ": backlog ÷ (μ − λ) = %.1f s", result.predictedMillis() / 1000.0);
        return String.format(Locale.ROOT, " (backlog %,d%s%s)", result.backlog(), rate, predicted);
    }

    /** The largest of some series; none where one of them does not cover the stage. */
    private static String p99(Result result, Stage stage, List<String> series) {
        if (series.isEmpty() || !series.stream().allMatch(one -> result.covers(stage, one))) {
            return "-";
        }
        long largest = series.stream().mapToLong(one -> result.stages().get(stage).get(one).p99()).max().orElseThrow();
        return String.format(Locale.ROOT, "%,.1f", largest / 1e6);
    }
}
