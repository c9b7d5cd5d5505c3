package dev.brew.delivery.cli;

import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.SuiteOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs every benchmark once with all checks. The figures mean nothing. */
@Command(name = "smoke", description = "Run every benchmark once, briefly, with all checks; takes about a minute.")
final class SmokeCommand implements Callable<Integer> {

    private static final List<String> BRIEF = List.of("-f", "1", "-wi", "1", "-w", "1", "-i", "1", "-r", "1",
            "-p", "recipients=3", "-p", "rate=none,200", "-Ddelivery.label=smoke", "-Ddelivery.warmup=1");

    @Option(names = "--help", usageHelp = true, description = "Show this help; -h shows JMH's.")
    private boolean help;

    @Parameters(paramLabel = "JMH", description = "JMH's own options, for instance a regular expression")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        try {
            List<String> brief = BRIEF.stream().filter(word -> !isSetBeforeTheJar(word)).toList();
            return RunCommand.run(SuiteOptions.overridden(brief, arguments));
        } catch (UsageException e) {
            return Exit.usage(e.getMessage());
        }
    }

    /** A property before {@code -jar} is the user's, and one behind the jar would override it. */
    private static boolean isSetBeforeTheJar(String word) {
        return word.startsWith("-D") && System.getProperty(word.substring(2, word.indexOf('='))) != null;
    }
}
