package dev.brew.delivery.cli;

import dev.brew.delivery.results.Versions;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine;

/** The registry of commands. It knows every command; no command knows it. */
@Command(name = "benchmarks", mixinStandardHelpOptions = true, versionProvider = Commands.Version.class,
        description = {"One event, N recipients: call each over gRPC, or write it once to Kafka? Measured.",
            "Without a command, the arguments are JMH's: no argument at all runs the whole suite, -h shows them."},
        subcommands = {HelpCommand.class, RunCommand.class, SmokeCommand.class, SweepCommand.class,
            DisturbCommand.class, ReportCommand.class, CompareCommand.class, RegressCommand.class, CalibrateCommand.class,
            MatrixCommand.class, GrpcListenerCommand.class,
            GrpcBroadcastCommand.class, KafkaListenerCommand.class, KafkaBroadcastCommand.class,
            TopicCreateCommand.class, TopicDeleteCommand.class, SandboxCommand.class, CleanupCommand.class})
final class Commands {

    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Commands()).setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> Exit.usage(e.getMessage()))
                .setExecutionExceptionHandler((e, line, parsed) -> Exit.failed(e));
        // the arguments of these are JMH's
        for (String name : List.of("run", "smoke", "regress", "calibrate")) {
            commands.getSubcommands().get(name).setUnmatchedOptionsArePositionalParams(true);
        }
        return commands;
    }

    /** {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return Versions.all().entrySet().stream().sorted(Map.Entry.comparingByKey())
                    .map(entry -> entry.getKey() + " " + entry.getValue()).toArray(String[]::new);
        }
    }
}
