package dev.brew.delivery.cli;

import dev.brew.delivery.regress.RegressRun;
import dev.brew.delivery.run.RunLock;
import dev.brew.delivery.run.UsageException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that regress and calibrate share, and the run of a job under the lock. */
final class PairedJob {

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    @Parameters(paramLabel = "JMH", description = "JMH options of both sides: benchmarks, -p, -wi … "
            + "Default: the three main benchmarks with three recipients")
    List<String> arguments = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of every random order. Default: random, and printed")
    Long seed;

    @Option(names = "--pairs", paramLabel = "N", description =
            "Pairs of each row, 4..50, with one look at the end. Default: as many as the rule needs, up to 16")
    Integer pairs;

    @Option(names = "--budget", converter = Converters.Budget.class, paramLabel = "TIME", defaultValue = "15m",
            description = "Time for the whole job. Default: ${DEFAULT-VALUE}")
    Duration budget;

    @Option(names = "--deadline", converter = Converters.Budget.class, paramLabel = "TIME", defaultValue = "5m",
            description = "A side that says nothing for this time hangs. Default: ${DEFAULT-VALUE}")
    Duration deadline;

    @Option(names = "--resume", paramLabel = "DIR", description =
            "Continue an interrupted job with its own options")
    Path resume;

    /** Creates the job. */
    @FunctionalInterface
    interface Maker {
        RegressRun make() throws UsageException, IOException;
    }

    int run(Maker maker, boolean strict) throws Exception {
        try {
            return RunLock.during(System.err, () -> { // held before the job has a directory
                RegressRun run = resume == null ? maker.make() : resume();
                Runtime.getRuntime().addShutdownHook(new Thread(run::interrupt, "interrupt"));
                return run.run(strict);
            });
        } catch (UsageException e) {
            return Exit.usage(e.getMessage());
        }
    }

    private RegressRun resume() throws UsageException, IOException {
        return RegressRun.resume(resume, deadline, System.out, System.err, InstantSource.system());
    }

    /** The jar that this program runs from. */
    static Path self() {
        try {
            return Path.of(PairedJob.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e); // a file's location is one
        }
    }

    /** The words of a command line; quotes keep blanks. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(Optional.ofNullable(word.group(1)).or(() -> Optional.ofNullable(word.group(2)))
                    .orElse(word.group(3)));
        }
        return words;
    }
}
