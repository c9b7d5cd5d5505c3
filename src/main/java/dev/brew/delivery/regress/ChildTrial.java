package dev.brew.delivery.regress;

import dev.brew.delivery.bench.DeliveryProfiler;
import dev.brew.delivery.jvm.ChildJvm;
import dev.brew.delivery.jvm.ChildProcess;
import dev.brew.delivery.jvm.Secrets;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.suite.Case;
import dev.brew.delivery.suite.ForkLog;
import dev.brew.delivery.suite.SuiteOptions;
import dev.brew.delivery.text.Attempt;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.ProfilerConfig;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * One trial as a child process: JMH's main class with the jar under test as its class path, one fork, this project's
 * profiler. So any revision that has the profiler can be measured, with its own JMH, and none of its classes is loaded
 * here. The fork watches this process, not the JVM of JMH that started it: it ends with this process, and its broker
 * ends with it.
 */
final class ChildTrial implements TrialLauncher {

    /** Exit codes of a JVM that SIGINT or SIGTERM has ended. */
    private static final Set<Integer> INTERRUPTED = Set.of(128 + 2, 128 + 15);
    private static final long SAME_SIGNAL_MILLIS = 500;
    private static final String JMH_MAIN = "org.openjdk.jmh.Main";

    private final Map<Side, JarUnderTest> jars;
    private final Map<Side, SuiteOptions> typed;
    private final List<String> jvm;
    private final Duration deadline;

    /**
     * @param jvm      flags and properties of both sides' JVMs; JMH hands them on to its forks
     * @param deadline time that a trial may take in addition to its iterations
     */
    ChildTrial(Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed, List<String> jvm, Duration deadline) {
        this.jars = jars;
        this.typed = typed;
        this.jvm = List.copyOf(jvm);
        this.deadline = deadline;
    }

    @Override
    public Optional<String> launch(Side side, Case one, int trial, RunDirectory run)
            throws IOException, InterruptedException {
        Path logs = Attempt.to("create the directory of the trials' logs",
                () -> Files.createDirectories(run.path().resolve("logs")));
        Path log = logs.resolve(one.stem() + "_trial=" + trial + ".log");
        long seconds = deadline.toSeconds() + (long) Math.ceil(one.seconds());
        String writing = "write the trial's log " + log;
        int exitCode;
        try (BufferedWriter to = Attempt.to(writing, () -> Files.newBufferedWriter(log));
             ChildProcess child = ChildProcess.start(jvm(side, one, trial, run.path()).redirectErrorStream(true))) {
            try {
                child.closeInput();
                Secrets secrets = typed.get(side).secrets(); // written to no disk
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
                for (Optional<String> line = child.next(end); line.isPresent(); line = child.next(end)) {
                    String shown = secrets.hide(line.get()) + "\n";
                    Attempt.to(writing, () -> to.append(shown).flush());
                }
                exitCode = child.exitCode();
            } finally {
                end(child.handle());
            }
        } catch (TimeoutException e) {
            return Optional.of("it hangs, and was ended after " + seconds + " s");
        }
        if (INTERRUPTED.contains(exitCode)) { // a terminal's Ctrl-C reaches this process too, perhaps a moment later
            TimeUnit.MILLISECONDS.sleep(SAME_SIGNAL_MILLIS);
        }
        if (exitCode != 0) {
            return Optional.of(ForkLog.reason(Files.readString(log, StandardCharsets.UTF_8), exitCode));
        }
        return run.trial(one.stem(), trial).isPresent() ? Optional.empty()
                : Optional.of("the trial has written no files");
    }

    ProcessBuilder jvm(Side side, Case one, int trial, Path run) {
        List<String> flags = new ArrayList<>(jvm);
        flags.add("-D" + RunLock.IGNORE_JMH_LOCK + "=true");
        return ChildJvm.of(flags, jars.get(side).path().toString(), JMH_MAIN, arguments(one, typed.get(side), run, trial));
    }

    /** Kills a child and its fork; a broker ends in order when its fork has ended. */
    static void end(ProcessHandle child) {
        child.children().forEach(ProcessHandle::destroyForcibly);
        child.destroyForcibly();
    }

    /** One trial of one case, with JMH's options as they were typed. */
    static List<String> arguments(Case one, SuiteOptions typed, Path run, int trial) {
        CommandLineOptions jmh = typed.jmh();
        List<String> arguments = new ArrayList<>(one.include());
        one.params().forEach((name, value) -> arguments.addAll(List.of("-p", name + "=" + value)));
        add(arguments, "-wi", jmh.getWarmupIterations().orElse(null));
        add(arguments, "-w", time(jmh.getWarmupTime().orElse(null)));
        add(arguments, "-i", jmh.getMeasurementIterations().orElse(null));
        add(arguments, "-r", time(jmh.getMeasurementTime().orElse(null)));
        add(arguments, "-wbs", jmh.getWarmupBatchSize().orElse(null));
        add(arguments, "-bs", jmh.getMeasurementBatchSize().orElse(null));
        add(arguments, "-t", jmh.getThreads().orElse(null));
        add(arguments, "-to", time(jmh.getTimeout().orElse(null)));
        add(arguments, "-gc", jmh.shouldDoGC().orElse(null));
        add(arguments, "-jvm", jmh.getJvm().orElse(null));
        add(arguments, "-jvmArgs", quoted(jmh.getJvmArgs().orElse(List.of())));
        add(arguments, "-jvmArgsPrepend", quoted(jmh.getJvmArgsPrepend().orElse(List.of())));
        List<String> append = new ArrayList<>(jmh.getJvmArgsAppend().orElse(List.of()));
        append.addAll(typed.definitionsForForks());
        add(arguments, "-jvmArgsAppend", quoted(append));
        jmh.getBenchModes().forEach(mode -> add(arguments, "-bm", mode.shortLabel()));
        for (ProfilerConfig profiler : jmh.getProfilers()) {
            add(arguments, "-prof", profiler.getKlass()
                    + (profiler.getOpts().isEmpty() ? "" : ":" + profiler.getOpts()));
        }
        arguments.addAll(List.of("-prof", DeliveryProfiler.class.getName() + ":" + DeliveryProfiler.option(run, trial),
                "-f", "1", "-foe", "true"));
        return arguments;
    }

    private static void add(List<String> arguments, String option, Object value) {
        if (value != null && !value.toString().isEmpty()) {
            arguments.addAll(List.of(option, value.toString()));
        }
    }

    private static String time(TimeValue time) {
        return time == null ? null : time.getTime() + TimeValue.tuToString(time.getTimeUnit());
    }

    /** Several arguments in one, in JMH's syntax. */
    private static String quoted(Collection<String> arguments) {
        return arguments.stream().map(argument -> argument.contains(" ") ? '"' + argument + '"' : argument)
                .collect(Collectors.joining(" "));
    }
}
