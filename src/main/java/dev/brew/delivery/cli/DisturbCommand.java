package dev.brew.delivery.cli;

import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.sweep.DisturbRun;
import dev.brew.delivery.sweep.Disturbance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the effect of one slow or stopped recipient on the sender and the other recipients. */
@Command(name = "disturb", mixinStandardHelpOptions = true, description = {
    "Make one recipient slow or silent for a while under a constant load, then let it recover.",
    "Prints the latencies of the sender and of the other recipients, the lag over time, and the time to recover.",
    "Exit code 1 if a path lost an event without an error at the sender."})
final class DisturbCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PathOptions path;

    @Option(names = "--path", split = ",", paramLabel = "PATH", defaultValue = "grpc-sequential,grpc-parallel,kafka",
            converter = Converters.Transport.class,
            description = "Any of grpc-sequential, grpc-parallel, kafka. Default: ${DEFAULT-VALUE}")
    private List<PathKind> paths; // not the null path, which calls its recipients on the sender's thread

    @Option(names = "--recipients", paramLabel = "N", defaultValue = "3", converter = Converters.Recipients.class,
            description = "Number of recipients; the first one is disturbed. Default: ${DEFAULT-VALUE}")
    private int recipients;

    @Option(names = "--rate", paramLabel = "RATE", defaultValue = "200",
            description = "Load in events/s. Default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(names = "--slow", paramLabel = "DELAY", converter = Converters.Delay.class,
            description = "Processing time of the disturbed recipient: fixed:20ms, exp:50ms, … Default: it gives no answer")
    private DelayModel slow;

    @Option(names = "--before", paramLabel = "TIME", defaultValue = "5s", converter = Converters.Time.class,
            description = "Duration before the disturbance. Default: ${DEFAULT-VALUE}")
    private Duration before;

    @Option(names = "--for", paramLabel = "TIME", defaultValue = "10s", converter = Converters.Time.class,
            description = "Duration of the disturbance. Default: ${DEFAULT-VALUE}")
    private Duration during;

    @Option(names = "--after", paramLabel = "TIME", defaultValue = "60s", converter = Converters.Time.class,
            description = "Longest time to wait for the recovery. Default: ${DEFAULT-VALUE}")
    private Duration after;

    @Option(names = "--deadline", paramLabel = "TIME", defaultValue = "3s", converter = Converters.Time.class,
            description = "Deadline of a gRPC call. Default: ${DEFAULT-VALUE}")
    private Duration deadline;

    @Option(names = "--warmup", paramLabel = "TIME", defaultValue = "8s", converter = Converters.Time.class,
            description = "Duration of the warm-up of each path. Default: ${DEFAULT-VALUE}")
    private Duration warmUp;

    @Option(names = "--json", paramLabel = "FILE", converter = Converters.Output.class,
            description = "Also write all figures and samples to this file")
    private Path json;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "${sys:delivery.results:-results}",
            description = "Directory that gets the run directory. Default: ${DEFAULT-VALUE}")
    private Path results;

    @Override
    public Integer call() throws Exception {
        List<Rig.Settings> all = new ArrayList<>();
        try {
            check();
            for (PathKind kind : paths.stream().distinct().toList()) {
                all.add(path.settings(kind, recipients, deadline));
            }
            PathOptions.requireBroker(all, System.out);
        } catch (IllegalArgumentException e) {
            return Exit.usage(e.getMessage());
        }
        DisturbRun run = new DisturbRun(all, new Disturbance.Script(0, slow, rate, before, during, after), warmUp,
                Optional.ofNullable(json), results, spec.commandLine().getParseResult().originalArgs(), System.out, System.err,
                InstantSource.system());
        return Foreground.run(run::interrupt, run::run);
    }

    private void check() {
        if (!(rate > 0 && rate <= Arrivals.MAX_RATE)) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "--rate must be above 0 and at most %.0f events/s, got %s", Arrivals.MAX_RATE, rate));
        }
        if (slow != null && slow.isNone()) {
            throw new IllegalArgumentException("--slow must be a delay above none; without --slow the recipient gives "
                    + "no answer");
        }
    }
}
