package dev.brew.delivery.cli;

import dev.brew.delivery.suite.SuiteOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The jar's entry. A first word that names a command runs it; anything else is JMH's command line.
 */
public final class Main {

    private Main() {
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Optional<String> unreadable = PlatformText.problem(List.of(arguments), System.getProperties(), System.getenv());
        if (unreadable.isPresent()) {
            return Commands.usage(unreadable.get());
        }
        CommandLine commands = Commands.commandLine();
        Set<String> names = commands.getSubcommands().keySet();
        boolean command = arguments.length > 0
                && (names.contains(arguments[0]) || List.of("--help", "--version").contains(arguments[0]));
        return command ? commands.execute(arguments)
                : neither(commands, arguments).map(Commands::usage).orElseGet(() -> RunCommand.run(List.of(arguments)));
    }

    /** The message for a first word that is no option, no command and matches no benchmark; JMH would name a later word. */
    private static Optional<String> neither(CommandLine commands, String... arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-") || SuiteOptions.isBenchmark(arguments[0])) {
            return Optional.empty();
        }
        List<String> alike = new UnmatchedArgumentException(commands, List.of(arguments[0])).getSuggestions();
        return Optional.of("'" + arguments[0] + "' is no command and matches no benchmark"
                + (alike.isEmpty() ? "" : "; did you mean " + alike.get(0) + "?")
                + " (help lists the commands, -l the benchmarks)");
    }
}
