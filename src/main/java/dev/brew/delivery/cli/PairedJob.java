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

/** What regress and calibrate share: options of the pairs, and how a job is run to its end. */
final class PairedJob {

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    @Parameters(paramLabel = "JMH", description = "JMH's own options: which benchmarks, -p, -wi …, both sides'. "
            + "Default: the three main benchmarks with three recipients")
    List<String> arguments = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "Of the order of the trials. Default: any, and printed")
    Long seed;

    @Option(names = "--pairs", paramLabel = "N", description =
            "Pairs of trials in each stage, 5..50. Default: as many as the budget carries")
    Integer pairs;

    @Option(names = "--budget", converter = Converters.Budget.class, paramLabel = "TIME", defaultValue = "15m",
            description = "What it may take. Default: ${DEFAULT-VALUE}")
    Duration budget;

    @Option(names = "--margin", converter = Converters.Share.class, paramLabel = "SHARE", description =
            "By how much worse is not worth a word. Default: this machine's calibration, else 5%%")
    Double margin;

    @Option(names = "--deadline", converter = Converters.Budget.class, paramLabel = "TIME", defaultValue = "5m",
            description = "What a trial may take beyond its iterations, else it hangs. Default: ${DEFAULT-VALUE}")
    Duration deadline;

    @Option(names = "--resume", paramLabel = "DIR", description =
            "Take an interrupted job up again; what was typed then holds")
    Path resume;

    /** Makes the job. */
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

    /** Words as a shell splits them; quotes keep blanks. */
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
