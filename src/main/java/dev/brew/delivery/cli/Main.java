package dev.brew.delivery.cli;

import dev.brew.delivery.suite.SuiteOptions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/** The jar's entry. A first word that names a command runs it; any other command line is JMH's. */
public final class Main {

    private Main() {
    }

    /** A name is suggested if its first letters, this many, are those of the unknown word. */
    private static final int ALIKE = 3;

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Optional<String> unreadable = PlatformText.problem(List.of(arguments), System.getProperties(), System.getenv());
        if (unreadable.isPresent()) {
            return Exit.usage(unreadable.get());
        }
        CommandLine commands = Commands.commandLine();
        Set<String> names = commands.getSubcommands().keySet();
        boolean command = arguments.length > 0
                && (names.contains(arguments[0]) || List.of("--help", "--version", "-V").contains(arguments[0]));
        return command ? commands.execute(arguments)
                : neither(commands, arguments).map(Exit::usage).orElseGet(() -> RunCommand.run(List.of(arguments)));
    }

    /** The message for a first word that is no option, no command and no benchmark: JMH's message would name a later word. */
    private static Optional<String> neither(CommandLine commands, String... arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-") || SuiteOptions.isBenchmark(arguments[0])) {
            return Optional.empty();
        }
        String start = arguments[0].substring(0, Math.min(ALIKE, arguments[0].length())).toLowerCase(Locale.ROOT);
        List<String> alike = Stream.concat(SuiteOptions.benchmarks().stream(),
                        new UnmatchedArgumentException(commands, List.of(arguments[0])).getSuggestions().stream())
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(start)).toList();
        return Optional.of("'" + arguments[0] + "' is no command and matches no benchmark"
                + (alike.isEmpty() ? "" : "; did you mean " + alike.get(0) + "?")
                + " (help lists the commands, -l the benchmarks)");
    }
}
