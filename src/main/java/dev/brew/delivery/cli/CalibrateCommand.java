package dev.brew.delivery.cli;

import dev.brew.delivery.regress.RegressOptions;
import dev.brew.delivery.regress.RegressRun;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures one jar against itself to find the smallest difference that this machine resolves. */
@Command(name = "calibrate", description = {
    "Measure one jar against itself, and write the margins that this machine needs to calibration.json in the results "
        + "directory, where compare reads them. regress needs none: its pairs show how much they vary.",
    "Exit code 0; 3 if the machine is too noisy for --margin (the wider margin is written anyway); 1 if a trial "
        + "failed; 2 on bad usage."})
final class CalibrateCommand implements Callable<Integer> {

    @Option(names = "--help", usageHelp = true,
            description = "Show this help; -h of the jar itself shows JMH's options.")
    private boolean help;

    @Option(names = "--base", paramLabel = "JAR", description = "Jar to measure. Default: this jar")
    private Path base;

    @Option(names = "--margin", converter = Converters.Share.class, paramLabel = "SHARE", defaultValue = "5%",
            description = "The smallest slowdown that compare is to find. Default: ${DEFAULT-VALUE}")
    private double margin;

    @Mixin
    private PairedJob job;

    @Override
    public Integer call() throws Exception {
        Path jar = base == null ? PairedJob.self() : base;
        RegressOptions options = new RegressOptions(jar, jar, job.arguments, List.of(), List.of(),
                Optional.ofNullable(job.seed), Optional.ofNullable(job.pairs), job.budget,
                margin, RegressOptions.FLOOR, job.deadline);
        return job.run(() -> RegressRun.calibrate(options, System.out, System.err, InstantSource.system()), false);
    }
}
