package dev.brew.delivery.cli;

import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.SuiteOptions;
import dev.brew.delivery.suite.SuiteRun;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the suite. The arguments are JMH's. */
@Command(name = "run", description = "Run the suite; the arguments are JMH's (-h shows them). The default command.")
final class RunCommand implements Callable<Integer> {

    @Option(names = "--help", usageHelp = true, description = "Show this help; -h shows JMH's.")
    private boolean help;

    @Parameters(paramLabel = "JMH", description = "JMH's own options")
    private List<String> arguments = List.of();

    @Override
    public Integer call() {
        return run(arguments);
    }

    static int run(List<String> arguments) {
        try {
            SuiteOptions options = SuiteOptions.parse(arguments, System.getProperties());
            return asksForAList(options.jmh()) ? list(options.jmhArguments()) : run(options);
        } catch (UsageException e) {
            return Exit.usage(e.getMessage());
        } catch (IOException e) {
            return Exit.failed(e);
        }
    }

    private static int run(SuiteOptions options) throws UsageException, IOException {
        SuiteRun run = new SuiteRun(options, System.out, System.err, InstantSource.system());
        Runtime.getRuntime().addShutdownHook(new Thread(run::interrupt, "interrupt"));
        return run.run();
    }

    private static boolean asksForAList(CommandLineOptions jmh) {
        return jmh.shouldHelp() || jmh.shouldList() || jmh.shouldListWithParams() || jmh.shouldListProfilers()
                || jmh.shouldListResultFormats();
    }

    private static int list(List<String> arguments) throws IOException {
        org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
        return 0;
    }
}
