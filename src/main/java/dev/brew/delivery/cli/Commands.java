package dev.brew.delivery.cli;

import dev.brew.delivery.results.Versions;
import dev.brew.delivery.text.Reason;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine;

/** The list of commands, and what they share: bad usage is one line and exit code 2, a failure one line and 1. */
@Command(name = "benchmarks", mixinStandardHelpOptions = true, versionProvider = Commands.Version.class,
        description = {"One event, N recipients: call each over gRPC, or write it once to Kafka? Measured.",
            "Without a command, the arguments are JMH's: no argument at all runs the whole suite, -h shows them."},
        subcommands = {HelpCommand.class, RunCommand.class, SmokeCommand.class, SweepCommand.class,
            DisturbCommand.class, ReportCommand.class, CompareCommand.class, RegressCommand.class, CalibrateCommand.class,
            MatrixCommand.class, GrpcListenerCommand.class,
            GrpcBroadcastCommand.class, KafkaListenerCommand.class, KafkaBroadcastCommand.class,
            TopicCreateCommand.class, TopicDeleteCommand.class, SandboxCommand.class, CleanupCommand.class})
final class Commands {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Commands()).setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> usage(e.getMessage()))
                .setExecutionExceptionHandler((e, line, parsed) -> failed(e));
        // their arguments are JMH's, options and all
        for (String name : List.of("run", "smoke", "regress", "calibrate")) {
            commands.getSubcommands().get(name).setUnmatchedOptionsArePositionalParams(true);
        }
        return commands;
    }

    static int usage(String message) {
        System.err.println(message.lines().findFirst().orElse("bad usage"));
        return USAGE;
    }

    static int failed(Exception e) {
        System.err.println(Reason.of(e));
        return FAILED;
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
