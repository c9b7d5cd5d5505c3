package dev.brew.delivery.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

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
        return command ? commands.execute(arguments) : RunCommand.run(List.of(arguments));
    }
}
