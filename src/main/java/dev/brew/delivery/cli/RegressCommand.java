package dev.brew.delivery.cli;

import dev.brew.delivery.regress.RegressOptions;
import dev.brew.delivery.regress.RegressRun;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures two jars, or one jar with two settings, side by side. */
@Command(name = "regress", description = {
    "Measure two jars, or one jar with two settings, side by side, pair after pair, until it is certain of each "
        + "metric whether it is worse, or the budget is used. --resume continues an interrupted job.",
    "Exit code 0; 1 on a regression, or if the candidate crashes, hangs or loses events; 3 with --strict if "
        + "a row is undecided or missing; 2 on bad usage."})
final class RegressCommand implements Callable<Integer> {

    @Option(names = "--help", usageHelp = true,
            description = "Show this help; -h of the jar itself shows JMH's options.")
    private boolean help;

    @Option(names = "--base", paramLabel = "JAR", description = "Jar to compare with. Default: this jar")
    private Path base;

    @Option(names = "--candidate", paramLabel = "JAR", description = "Jar to judge. Default: the base")
    private Path candidate;

    @Option(names = "--base-args", paramLabel = "ARGS", defaultValue = "",
            description = "Arguments of the base only, such as '-jvm /path/to/java' or '-p delay=fixed:1ms'")
    private String baseArguments;

    @Option(names = "--candidate-args", paramLabel = "ARGS", defaultValue = "",
            description = "Arguments of the candidate only")
    private String candidateArguments;

    @Option(names = "--floor", converter = Converters.Time.class, paramLabel = "TIME", defaultValue = "20us",
            description = "Differences of latency up to this are ignored. Default: ${DEFAULT-VALUE}")
    private Duration floor;

    @Option(names = "--margin", converter = Converters.Share.class, paramLabel = "SHARE", defaultValue = "10%",
            description = "A p50 or rate passes when it is certain that it is not worse by this; a p99 has three times as "
            + "much. Default: ${DEFAULT-VALUE}")
    private double margin;

    @Option(names = "--strict", description = "Exit with code 3 if a row is undecided or missing")
    private boolean strict;

    @Mixin
    private PairedJob job;

    @Override
    public Integer call() throws Exception {
        Path from = base == null ? PairedJob.self() : base;
        RegressOptions options = new RegressOptions(from, candidate == null ? from : candidate, job.arguments,
                PairedJob.words(baseArguments), PairedJob.words(candidateArguments), Optional.ofNullable(job.seed),
                Optional.ofNullable(job.pairs), job.budget, margin, floor, job.deadline);
        return job.run(() -> RegressRun.regress(options, System.out, System.err, InstantSource.system()), strict);
    }
}
