package dev.brew.delivery.suite;

import dev.brew.delivery.bench.OpenLoad;
import dev.brew.delivery.bench.Parameters;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.results.Stem;
import dev.brew.delivery.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The cases that a command line selects, checked before anything starts.
 *
 * @param cases   every benchmark and parameter set, in order
 * @param leftOut impossible combinations of parameter values, a line each
 */
public record Plan(List<Case> cases, List<String> leftOut) {

    /**
     * The cases that {@code options} select.
     *
     * @throws UsageException if no benchmark matches, a parameter is unknown to all benchmarks, or a value is out of range
     */
    public static Plan of(SuiteOptions options, BenchmarkList benchmarks) throws UsageException {
        CommandLineOptions jmh = options.jmh();
        Collection<BenchmarkListEntry> entries = select(jmh, benchmarks);
        requireKnownParameters(options.parameterNames(), benchmarks);
        List<Case> cases = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (BenchmarkListEntry entry : withLoad(entries, jmh)) {
            Optional<String> oneSender = oneSender(entry, jmh);
            if (oneSender.isPresent()) {
                leftOut.add("left out: " + oneSender.get());
                continue;
            }
            for (Map<String, String> params : explode(entry, jmh)) {
                Optional<String> impossible = Parameters.impossible(params, options.system());
                impossible.ifPresent(why -> leftOut.add("left out: -p " + why));
                if (impossible.isEmpty()) {
                    cases.add(Case.of(entry, requireFitTogether(params), jmh));
                }
            }
        }
        if (cases.isEmpty()) {
            throw new UsageException(leftOut.get(0).substring("left out: ".length()));
        }
        return new Plan(List.copyOf(cases), leftOut.stream().distinct().toList());
    }

    /**
     * Checks each broker that the cases need once, before it would fail in every trial.
     *
     * @throws UsageException if a broker is not available; the message gives the reason
     */
    public Plan requireBrokers(Properties system, Map<String, String> environment) throws UsageException {
        Set<Brokers.Wanted> wanted = new LinkedHashSet<>();
        cases.stream().map(Case::params).filter(params -> params.containsKey("broker")).map(Brokers.Wanted::of)
                .forEach(wanted::add);
        try {
            for (Brokers.Wanted each : wanted) {
                Brokers.requireThere(each, system, environment);
            }
            return this;
        } catch (IllegalArgumentException e) {
            throw new UsageException("-p " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageException("interrupted");
        }
    }

    /** Refuses {@code -t} for a benchmark with one thread: several would share a socket, or start several loads. */
    private static Optional<String> oneSender(BenchmarkListEntry entry, CommandLineOptions jmh) {
        int threads = jmh.getThreads().orElse(1);
        return entry.getThreads().orElse(0) == 1 && threads != 1
                ? Optional.of("-t " + (threads == Threads.MAX ? "max" : threads) + ": "
                        + Stem.shortName(entry.getUsername()) + " has one sender")
                : Optional.empty();
    }

    private static Collection<BenchmarkListEntry> select(CommandLineOptions jmh, BenchmarkList benchmarks)
            throws UsageException {
        try {
            Collection<BenchmarkListEntry> entries = benchmarks.find(silent(), jmh.getIncludes(), jmh.getExcludes());
            for (String include : jmh.getIncludes()) {
                requireMatch(List.of(include), benchmarks.find(silent(), List.of(include), List.of()));
            }
            requireMatch(jmh.getIncludes(), entries);
            return entries;
        } catch (PatternSyntaxException e) {
            throw new UsageException("not a regular expression: '" + e.getPattern() + "' (" + e.getDescription() + ")");
        }
    }

    /** A word that matches no benchmark is an error, also beside a word that matches. */
    private static void requireMatch(List<String> words, Collection<BenchmarkListEntry> found) throws UsageException {
        if (found.isEmpty()) {
            throw new UsageException("no benchmark matches " + words + " (-l lists them, help lists the commands)");
        }
    }

    /**
     * {@code -p rate=500} selects the open-loop benchmarks, no rate or {@code rate=none} the closed-loop ones, and
     * {@code rate=none,500} both. Without a rate, a selection of open-loop benchmarks only keeps them.
     */
    private static List<BenchmarkListEntry> withLoad(Collection<BenchmarkListEntry> entries, CommandLineOptions jmh)
            throws UsageException {
        Collection<String> rates = jmh.getParameter(OpenLoad.RATE).orElse(List.of(OpenLoad.CLOSED));
        boolean closed = rates.contains(OpenLoad.CLOSED);
        boolean open = rates.stream().anyMatch(rate -> !rate.equals(OpenLoad.CLOSED))
                || !jmh.getParameter(OpenLoad.RATE).hasValue() && entries.stream().allMatch(Plan::hasRate);
        List<BenchmarkListEntry> matching = entries.stream().filter(entry -> hasRate(entry) ? open : closed).toList();
        if (matching.isEmpty()) {
            throw new UsageException("-p rate=" + String.join(",", rates) + ": none of " + jmh.getIncludes()
                    + " is " + (closed ? "a closed" : "an open") + "-loop benchmark (-l lists them)");
        }
        return matching;
    }

    private static boolean hasRate(BenchmarkListEntry entry) {
        return entry.getParams().hasValue() && entry.getParams().get().containsKey(OpenLoad.RATE);
    }

    private static OutputFormat silent() {
        return OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    }

    /** As in JMH, a benchmark ignores a parameter that it does not have. */
    private static void requireKnownParameters(Set<String> names, BenchmarkList benchmarks) throws UsageException {
        Set<String> known = new TreeSet<>();
        for (BenchmarkListEntry entry : benchmarks.getAll(silent(), List.of())) {
            if (entry.getParams().hasValue()) {
                known.addAll(entry.getParams().get().keySet());
            }
        }
        for (String name : names) {
            if (!known.contains(name)) {
                throw new UsageException("-p " + name + ": no benchmark has this parameter; there are "
                        + String.join(", ", known));
            }
        }
    }

    private static List<Map<String, String>> explode(BenchmarkListEntry entry, CommandLineOptions jmh)
            throws UsageException {
        List<Map<String, String>> sets = List.of(Map.of());
        if (!entry.getParams().hasValue()) {
            return sets;
        }
        for (Map.Entry<String, String[]> param : entry.getParams().get().entrySet()) {
            String name = param.getKey();
            List<String> values = values(name, jmh.getParameter(name).orElse(Arrays.asList(param.getValue())));
            List<Map<String, String>> next = new ArrayList<>();
            for (Map<String, String> set : sets) {
                for (String value : values) {
                    Map<String, String> more = new LinkedHashMap<>(set);
                    more.put(name, value);
                    next.add(more);
                }
            }
            sets = next;
        }
        return sets;
    }

    /** Each value once in its canonical form: two spellings of a value would write the same files. */
    private static List<String> values(String name, Collection<String> typed) throws UsageException {
        List<String> values = new ArrayList<>();
        for (String value : typed) {
            if (!(name.equals(OpenLoad.RATE) && value.equals(OpenLoad.CLOSED))) {
                values.add(Parameters.canonical(name, requireFit(name, value)));
            }
        }
        return values.stream().distinct().toList();
    }

    private static Map<String, String> requireFitTogether(Map<String, String> params) throws UsageException {
        try {
            Parameters.checkTogether(params);
            return params;
        } catch (IllegalArgumentException e) {
            throw new UsageException("-p " + e.getMessage());
        }
    }

    private static String requireFit(String name, String value) throws UsageException {
        try {
            Parameters.check(name, value);
            return value;
        } catch (IllegalArgumentException e) {
            throw new UsageException("-p " + name + "=" + value + ": " + e.getMessage());
        }
    }
}
