package dev.brew.delivery.cli;

import dev.brew.delivery.jvm.Parent;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.sweep.SweepRun;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import picocli.CommandLine;

/**
 * The JVM of one path of a sweep. Its argument is the path, for readers of a list of processes; {@link Task} is on its
 * input.
 */
final class SweepChild {

    private SweepChild() {
    }

    /**
     * What to search for.
     *
     * @param arguments the options as they were typed, see {@link SweepOptions}
     * @param path      the one to search
     * @param directory of the run
     */
    record Task(List<String> arguments, PathKind path, Path directory) {
    }

    public static void main(String[] path) {
        System.exit(run());
    }

    private static int run() {
        try {
            Parent parent = new Parent(System.in);
            Task task = parent.task(Task.class);
            Semaphore turns = new Semaphore(0);
            parent.watch(turn -> turns.release(), Exit.FAILED); // the broker ends with this JVM, its own parent
            SweepOptions options = new SweepOptions();
            new CommandLine(options).parseArgs(task.arguments.toArray(String[]::new));
            options.search(task.path, RunDirectory.open(task.directory), () -> {
                System.out.println(SweepRun.TURN_OVER);
                turns.acquire();
            }).run();
            return 0;
        } catch (Exception e) {
            return Exit.failed(e);
        }
    }
}
