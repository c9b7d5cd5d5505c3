package dev.brew.delivery.suite;

import dev.brew.delivery.bench.DeliveryProfiler;
import dev.brew.delivery.jvm.JvmArguments;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The typed options for one trial of one case. A builder of its own, since JMH's would add includes to the typed ones. */
final class CaseOptions extends OptionsBuilder {

    private static final long serialVersionUID = 1;

    /** JMH's result file of a single trial; deleted at the end of the run. */
    static final String RESULT_OF_TRIAL = "jmh-trial.txt";

    private final ArrayList<String> includes;

    private CaseOptions(List<String> includes) {
        this.includes = new ArrayList<>(includes);
    }

    static CaseOptions of(Case of, int trial, SuiteOptions typed, Path run) {
        CaseOptions options = new CaseOptions(of.include());
        options.parent(typed.jmh());
        of.params().forEach(options::param);
        options.forks(of.forked() ? 1 : 0);
        if (trial > 1) {
            options.warmupForks(0); // they ran before the first trial
        }
        if (!typed.jmh().getJvmArgs().hasValue()) { // as JMH does, without the flags that only one JVM can have
            options.jvmArgs(JvmArguments.ofThisJvm().forMeasuring().toArray(new String[0]));
        }
        List<String> append = new ArrayList<>(typed.jmh().getJvmArgsAppend().orElse(List.of()));
        append.addAll(typed.definitionsForForks());
        options.jvmArgsAppend(append.toArray(new String[0]));
        options.addProfiler(DeliveryProfiler.class, DeliveryProfiler.option(run, trial));
        options.shouldFailOnError(true); // otherwise JMH returns 0 after most failures
        if (typed.asksForResultFile()) { // JMH would overwrite it in every trial; SuiteRun writes it at the end
            options.resultFormat(ResultFormatType.TEXT);
            options.result(run.resolve(RESULT_OF_TRIAL).toString());
        }
        return options;
    }

    /** The typed options for one slice of a row, in this JVM. */
    static CaseOptions slice(Case of, SuiteOptions typed, Path run, Duration time) {
        CaseOptions options = new CaseOptions(of.include());
        options.parent(typed.jmh());
        of.params().forEach(options::param);
        options.forks(0);
        options.warmupIterations(0);
        options.measurementIterations(1);
        options.measurementTime(TimeValue.milliseconds(time.toMillis()));
        options.addProfiler(DeliveryProfiler.class);
        options.shouldFailOnError(true);
        if (typed.asksForResultFile()) {
            options.resultFormat(ResultFormatType.TEXT);
            options.result(run.resolve(RESULT_OF_TRIAL).toString());
        }
        return options;
    }

    @Override
    public List<String> getIncludes() {
        return includes;
    }
}
