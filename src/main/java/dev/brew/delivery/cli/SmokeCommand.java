package dev.brew.delivery.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Every benchmark once, all checks on, figures worth nothing. */
@Command(name = "smoke", description = "Run every benchmark once and briefly, all checks on, in about a minute.")
final class SmokeCommand implements Callable<Integer> {

    private static final List<String> BRIEF = List.of("-f", "1", "-wi", "1", "-w", "1", "-i", "1", "-r", "1",
            "-p", "recipients=3", "-p", "rate=none,200", "-Ddelivery.label=smoke", "-Ddelivery.warmup=1");

    @Option(names = "--help", usageHelp = true, description = "Show this help; -h shows JMH's.")
    private boolean help;

    @Parameters(paramLabel = "JMH", description = "JMH's own options, for instance a regular expression")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        List<String> all = new ArrayList<>(BRIEF);
        all.addAll(arguments);
        return RunCommand.run(all);
    }
}
