package dev.brew.delivery.suite;

import dev.brew.delivery.bench.ForkGuard;
import dev.brew.delivery.bench.OpenLoad;
import dev.brew.delivery.bench.Parameters;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.compare.PairedRatio;
import dev.brew.delivery.jvm.JvmArguments;
import dev.brew.delivery.jvm.Secrets;
import dev.brew.delivery.path.grpc.GrpcRemote;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.text.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.ExternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.profile.ProfilerFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.ProfilerConfig;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.runner.options.WarmupMode;
import org.openjdk.jmh.util.Optional;

/**
 * The command line of the suite: JMH's options, and this suite's {@code -Ddelivery.NAME=VALUE}, which may stand before or
 * behind {@code -jar}. The forks get them in both cases.
 */
public final class SuiteOptions {

    /** Time for the default run: six blocks of the standard rows fit on two cores. */
    static final Duration DEFAULT_BUDGET = Duration.ofMinutes(15);

    private static final String BUDGET = "--budget";
    private static final String BLOCKS = "--blocks";
    private static final String SLICES = "--slices";
    private static final String SEED = "--seed";
    private static final List<String> OPTIONS = List.of(BUDGET, BLOCKS, SLICES, SEED);
    /** JMH's options about forks, iterations and senders: a run with one of them is no run of blocks. */
    private static final List<String> OF_FORKS = List.of("-f", "-wi", "-w", "-i", "-r", "-t", "-bm", "-bs", "-wbs", "-si", "-gc");

    private static final String PREFIX = "delivery.";
    private static final String RESULTS = "delivery.results";
    private static final String LABEL = "delivery.label";
    private static final List<String> OWN = List.of(RESULTS, LABEL, Parameters.WARM_UP, Brokers.IMAGE, Brokers.PULL,
            Brokers.BOOTSTRAP, Brokers.PROPERTIES, Brokers.REPLICATION, GrpcRemote.TARGETS);
    private static final List<String> FREE = List.of("delivery.producer.", "delivery.consumer.");
    private static final Pattern DEFINITION = Pattern.compile("-D(" + Pattern.quote(PREFIX) + "[^=]+)=(.*)");
    private static final Pattern PARAMETER = Pattern.compile("-p=?(\\w+=.*)?");

    /** Options that JMH takes once, each with the test whether it was given. */
    private static final Map<String, Predicate<CommandLineOptions>> SINGLE = Map.ofEntries(
            Map.entry("-f", jmh -> jmh.getForkCount().hasValue()),
            Map.entry("-wi", jmh -> jmh.getWarmupIterations().hasValue()),
            Map.entry("-w", jmh -> jmh.getWarmupTime().hasValue()),
            Map.entry("-i", jmh -> jmh.getMeasurementIterations().hasValue()),
            Map.entry("-r", jmh -> jmh.getMeasurementTime().hasValue()),
            Map.entry("-t", jmh -> jmh.getThreads().hasValue()),
            Map.entry("-to", jmh -> jmh.getTimeout().hasValue()),
            Map.entry("-bs", jmh -> jmh.getMeasurementBatchSize().hasValue()),
            Map.entry("-wbs", jmh -> jmh.getWarmupBatchSize().hasValue()),
            Map.entry("-bm", jmh -> !jmh.getBenchModes().isEmpty()),
            Map.entry("-gc", jmh -> jmh.shouldDoGC().hasValue()),
            Map.entry("-si", jmh -> jmh.shouldSyncIterations().hasValue()),
            Map.entry("-tu", jmh -> jmh.getTimeUnit().hasValue()),
            Map.entry("-v", jmh -> jmh.verbosity().hasValue()),
            Map.entry("-foe", jmh -> jmh.shouldFailOnError().hasValue()),
            Map.entry("-jvm", jmh -> jmh.getJvm().hasValue()),
            Map.entry("-jvmArgs", jmh -> jmh.getJvmArgs().hasValue()),
            Map.entry("-jvmArgsPrepend", jmh -> jmh.getJvmArgsPrepend().hasValue()),
            Map.entry("-jvmArgsAppend", jmh -> jmh.getJvmArgsAppend().hasValue()));

    private final List<String> typed;
    private final List<String> jmhArguments;
    private final CommandLineOptions jmh;
    private final Map<String, String> definitions;
    private final Map<String, String> own;

    private SuiteOptions(List<String> typed, List<String> jmhArguments, CommandLineOptions jmh,
                         Map<String, String> definitions, Map<String, String> own) {
        this.typed = typed;
        this.jmhArguments = jmhArguments;
        this.jmh = jmh;
        this.definitions = definitions;
        this.own = own;
    }

    /** The suite's properties, which the forks get, too. */
    public Properties system() {
        Properties system = new Properties();
        system.putAll(definitions);
        return system;
    }

    /**
     * Reads the command line.
     *
     * @param system the JVM's properties; only those with the prefix {@code delivery.} are read
     * @throws UsageException if JMH does not know an option, or this suite does not know a {@code delivery.} property
     */
    public static SuiteOptions parse(List<String> arguments, Properties system) throws UsageException {
        Map<String, String> definitions = new TreeMap<>();
        system.stringPropertyNames().stream().filter(name -> name.startsWith(PREFIX))
                .forEach(name -> definitions.put(name, system.getProperty(name)));
        Map<String, String> own = new TreeMap<>();
        List<String> rest = new ArrayList<>();
        for (String argument : withoutOwn(arguments, own)) {
            Matcher definition = DEFINITION.matcher(argument);
            boolean ofAnOption = !rest.isEmpty() && rest.get(rest.size() - 1).startsWith("-jvmArgs");
            if (definition.matches()) {
                definitions.put(definition.group(1), definition.group(2));
            } else if (argument.startsWith("-D") && !ofAnOption) {
                throw new UsageException(argument + ": behind the jar only -D" + PREFIX + "NAME=VALUE; put others before -jar");
            } else {
                rest.add(argument);
            }
        }
        for (String name : definitions.keySet()) {
            requireKnown(name, definitions.get(name));
        }
        requireFit(definitions);
        CommandLineOptions jmh = read(rest);
        requireOneMode(jmh);
        requireMeaning(jmh);
        SuiteOptions options = new SuiteOptions(List.copyOf(arguments), List.copyOf(rest), jmh, definitions, own);
        options.requireBlocks();
        return options;
    }

    /** Takes this suite's own options out of the arguments: {@code --budget 10m} or {@code --budget=10m}. */
    private static List<String> withoutOwn(List<String> arguments, Map<String, String> own) throws UsageException {
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String[] words = arguments.get(i).split("=", 2);
            if (!OPTIONS.contains(words[0])) {
                rest.add(arguments.get(i));
                continue;
            }
            if (words.length == 1 && i + 1 == arguments.size()) {
                throw new UsageException(words[0] + " needs a value");
            }
            String value = words.length == 2 ? words[1] : arguments.get(++i);
            if (own.put(words[0], value) != null) {
                throw new UsageException(words[0] + " was given twice");
            }
            read(words[0], value);
        }
        return rest;
    }

    /** Checks the value of one of this suite's own options. */
    private static void read(String option, String value) throws UsageException {
        try {
            if (option.equals(BUDGET)) {
                Durations.budget(value);
            } else if (!value.matches(option.equals(SEED) ? "\\d{1,9}" : "[1-9]\\d{0,4}")) {
                throw new IllegalArgumentException("must be a whole number, " + (option.equals(SEED) ? "0..999999999"
                        : "1..99999") + ", got '" + value + "'");
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + " " + e.getMessage());
        }
    }

    private void requireBlocks() throws UsageException {
        java.util.Optional<String> plain = plain();
        if (!own.isEmpty() && plain.isPresent()) {
            throw new UsageException(own.keySet().iterator().next() + " has no meaning with " + plain.get()
                    + ", which makes the run one of JMH's forks and iterations");
        }
        if (own.containsKey(BUDGET) && own.containsKey(BLOCKS)) {
            throw new UsageException(BUDGET + " and " + BLOCKS + ": only one of them");
        }
    }

    /** @throws UsageException if an option is about blocks and the run has none */
    void requireFit(boolean blocks) throws UsageException {
        if (!blocks && !own.isEmpty()) {
            throw new UsageException(own.keySet().iterator().next() + " has no meaning for an open loop: its runs have no"
                    + " blocks");
        }
    }

    /** The longest time for the rows of a block to settle. */
    Duration warmUp() {
        return Parameters.warmUp(system(), BlockRun.MOST_WARM_UP);
    }

    /** True if the measured JVMs are like this one: no option names another program, or flags. */
    public boolean hasUsualJvm() {
        return List.of("-jvm", "-jvmArgs", "-jvmArgsPrepend", "-jvmArgsAppend").stream()
                .noneMatch(option -> SINGLE.get(option).test(jmh));
    }

    /** The option that makes this a plain run of JMH, whose trials are forks; empty for a run of blocks. */
    public java.util.Optional<String> plain() {
        return OF_FORKS.stream().filter(option -> SINGLE.get(option).test(jmh)).findFirst()
                .or(() -> jmh.getParameter(OpenLoad.RATE).orElse(List.of()).stream()
                        .filter(rate -> !rate.equals(OpenLoad.CLOSED)).map(rate -> "-p rate=" + rate).findFirst())
                .or(() -> jmh.getProfilers().stream().filter(SuiteOptions::isOutside).map(profiler ->
                        "-prof " + profiler.getKlass()).findFirst());
    }

    /** True for a profiler that works from outside the measured JVM. */
    private static boolean isOutside(ProfilerConfig profiler) {
        try {
            return ProfilerFactory.getProfilerOrException(profiler) instanceof ExternalProfiler;
        } catch (ProfilerException e) {
            return false; // Preflight gives the reason
        }
    }

    /** The time for the whole run of blocks. */
    Duration budget() {
        return own.containsKey(BUDGET) ? Durations.budget(own.get(BUDGET)) : DEFAULT_BUDGET;
    }

    /** The number of blocks that are made even if they do not fit: a default run is for the interval. */
    int leastBlocks() {
        return own.containsKey(BUDGET) ? 1 : PairedRatio.BLOCKS_NEEDED;
    }

    /** The number of blocks, if it was given in place of a budget. */
    OptionalInt blocks() {
        return own.containsKey(BLOCKS) ? OptionalInt.of(Integer.parseInt(own.get(BLOCKS))) : OptionalInt.empty();
    }

    /** The number of slices of each row in a block. */
    int slices() {
        return own.containsKey(SLICES) ? Integer.parseInt(own.get(SLICES)) : BlockRun.SLICES;
    }

    /** The seed of the order of rows, if it was given. */
    OptionalInt seed() {
        return own.containsKey(SEED) ? OptionalInt.of(Integer.parseInt(own.get(SEED))) : OptionalInt.empty();
    }

    private static void requireKnown(String name, String value) throws UsageException {
        boolean known = OWN.contains(name)
                || FREE.stream().anyMatch(prefix -> name.startsWith(prefix) && name.length() > prefix.length());
        if (!known) {
            throw new UsageException("unknown property -D" + name + "=" + value + "; there are "
                    + String.join(", ", OWN)
                    + ", " + String.join("NAME, ", FREE) + "NAME");
        }
        if (name.equals(LABEL) && !value.matches("[A-Za-z0-9-]{1,64}")) {
            throw new UsageException("-D" + LABEL + " must be 1 to 64 letters, digits or dashes, got '" + value + "'");
        }
    }

    /** Two modes would be two runs with the same file names. */
    private static void requireOneMode(CommandLineOptions jmh) throws UsageException {
        if (jmh.getBenchModes().size() > 1 || jmh.getBenchModes().contains(Mode.All)) {
            throw new UsageException("-bm takes one mode at a time here, got "
                    + new TreeSet<>(jmh.getBenchModes()));
        }
    }

    /** Refuses JMH options that would change the meaning of a trial or of its figures. */
    private static void requireMeaning(CommandLineOptions jmh) throws UsageException {
        if (jmh.getWarmupForkCount().orElse(0) > 0) {
            throw new UsageException("-wf " + jmh.getWarmupForkCount().get() + " has no meaning here: every trial is a fresh"
                    + " JVM that warms itself up (-wi, -D" + Parameters.WARM_UP + ")");
        }
        if (jmh.getWarmupMode().orElse(WarmupMode.INDI) != WarmupMode.INDI || !jmh.getWarmupIncludes().isEmpty()) {
            throw new UsageException((jmh.getWarmupIncludes().isEmpty() ? "-wm " + jmh.getWarmupMode().get()
                    : "-wmb " + String.join(",", jmh.getWarmupIncludes()))
                    + " has no meaning here: nothing but the benchmark itself runs in a trial's JVM");
        }
        if (jmh.getThreadGroups().hasValue()) {
            throw new UsageException("-tg " + Arrays.stream(jmh.getThreadGroups().get()).mapToObj(String::valueOf)
                    .collect(Collectors.joining(",")) + " has no meaning here: no benchmark has thread groups (-t N: senders)");
        }
        String jvm = MeasuringJvm.typed(jmh);
        if (jmh.getForkCount().orElse(1) == 0 && !jvm.isEmpty()) { // JMH drops the flags, and its result file lists them
            throw new UsageException("-f 0 measures in this JVM, which '" + jvm + "' does not reach: give flags before -jar");
        }
        requireTime("-w", jmh.getWarmupTime());
        requireTime("-r", jmh.getMeasurementTime());
        if (jmh.getOperationsPerInvocation().orElse(1) != 1) {
            throw new UsageException("-opi " + jmh.getOperationsPerInvocation().get()
                    + " has no meaning here: an operation is one event");
        }
    }

    private static void requireTime(String option, Optional<TimeValue> time) throws UsageException {
        if (time.hasValue() && time.get().getTime() == 0) {
            throw new UsageException(option + " 0: an iteration takes more than no time");
        }
    }

    private static void requireFit(Map<String, String> definitions) throws UsageException {
        Properties properties = new Properties();
        properties.putAll(definitions);
        try {
            Parameters.checkDefinitions(properties);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** The names given with {@code -p}. JMH ignores unknown names, so they are checked here. */
    private static Set<String> parameterNames(List<String> arguments) {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < arguments.size(); i++) {
            Matcher parameter = PARAMETER.matcher(arguments.get(i));
            if (parameter.matches()) {
                String pair = parameter.group(1) != null ? parameter.group(1)
                        : i + 1 < arguments.size() ? arguments.get(i + 1) : "";
                names.add(pair.split("=", 2)[0]);
            }
        }
        return names;
    }

    /**
     * Joins {@code common} and {@code own}; {@code own} wins. JMH would run both values of a parameter, and refuses an option
     * that is given twice.
     *
     * @param common options and their values, each a separate word
     * @throws UsageException if JMH does not know an option of {@code own}
     */
    public static List<String> overridden(List<String> common, List<String> own) throws UsageException {
        Predicate<String> given = given(own);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < common.size(); i++) {
            int length = isOptionWithValue(common, i) ? 2 : 1;
            List<String> words = common.subList(i, i + length);
            if (!given.test(name(words))) {
                all.addAll(words);
            }
            i += length - 1;
        }
        all.addAll(own);
        return all;
    }

    /** The name that the words set: {@code -f}, {@code -p recipients}, {@code -Ddelivery.label}; else the word itself. */
    private static String name(List<String> words) {
        Set<String> parameters = parameterNames(words);
        Matcher definition = DEFINITION.matcher(words.get(0));
        return !parameters.isEmpty() ? "-p " + parameters.iterator().next()
                : definition.matches() ? "-D" + definition.group(1) : words.get(0).replaceFirst("=.*", "");
    }

    private static boolean isOptionWithValue(List<String> words, int at) {
        String word = words.get(at);
        return at + 1 < words.size() && (word.equals("-p") || SINGLE.containsKey(word));
    }

    /** Tests whether {@code own} sets a name, see {@link #name}. JMH itself parses the options. */
    private static Predicate<String> given(List<String> own) throws UsageException {
        Set<String> definitions = new TreeSet<>();
        List<String> rest = new ArrayList<>();
        for (String word : own) {
            Matcher definition = DEFINITION.matcher(word);
            if (definition.matches()) {
                definitions.add("-D" + definition.group(1));
            } else {
                rest.add(word);
            }
        }
        CommandLineOptions jmh = read(rest);
        Set<String> parameters = parameterNames(rest);
        return name -> definitions.contains(name)
                || name.startsWith("-p ") && parameters.contains(name.substring("-p ".length()))
                || SINGLE.containsKey(name) && SINGLE.get(name).test(jmh);
    }

    private static CommandLineOptions read(List<String> words) throws UsageException {
        try {
            return new CommandLineOptions(words.toArray(new String[0]));
        } catch (CommandLineOptionException e) {
            throw new UsageException(asTyped(words, e.getMessage()).replaceAll("\\s+", " ")
                    .replaceFirst("^Unable to parse parameter string \"(.*)\"$", "-p $1: must be NAME=VALUE")
                    .replaceFirst("^No enum constant .*ResultFormatType\\.(.*)$", "-rf must be " + Arrays.stream(
                            ResultFormatType.values()).map(type -> type.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")) + "; got $1"));
        }
    }

    /** The message with the word as typed: JMH converts the name of a format to upper case. */
    private static String asTyped(List<String> words, String message) {
        return words.stream().filter(word -> message.endsWith("ResultFormatType." + word.toUpperCase(Locale.ROOT))).findFirst()
                .map(word -> message.replaceFirst("\\w+$", Matcher.quoteReplacement(word))).orElse(message);
    }

    /** The arguments as typed. */
    public List<String> typed() {
        return typed;
    }

    /** True if the word selects a benchmark of this jar, or is an invalid regular expression, which JMH reports. */
    public static boolean isBenchmark(String word) {
        try {
            return !BenchmarkList.defaultList().find(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                    List.of(word), List.of()).isEmpty();
        } catch (PatternSyntaxException e) {
            return true;
        }
    }

    /** The names of this jar's benchmarks, without packages and methods. */
    public static List<String> benchmarks() {
        return BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of()).stream()
               .map(entry -> entry.getUsername().replaceFirst("\\.\\w+$", "").replaceFirst("^.*\\.", "")).distinct()
                .sorted().toList();
    }

    /** The arguments for JMH: all except the {@code delivery.} properties, which JMH does not know. */
    public List<String> jmhArguments() {
        return jmhArguments;
    }

    /** The parsed options of JMH. */
    public CommandLineOptions jmh() {
        return jmh;
    }

    /** The names given with {@code -p}. */
    Set<String> parameterNames() {
        return parameterNames(jmhArguments);
    }

    /** True for {@code -rf} or {@code -rff}. */
    public boolean asksForResultFile() {
        return jmh.getResult().hasValue() || jmh.getResultFormat().hasValue();
    }

    /** The {@code delivery.} properties as flags of a fork's JVM, and the process that the fork watches. */
    public List<String> definitionsForForks() {
        List<String> all = new ArrayList<>();
        definitions.forEach((name, value) -> all.add("-D" + name + "=" + value));
        all.add("-D" + ForkGuard.HOST_PID + "=" + ProcessHandle.current().pid());
        return all;
    }

    /** All flags of the JVMs that measure: those before the jar, of JMH's options, and of {@code delivery.} properties. */
    List<String> jvmArguments() {
        List<String> all = new ArrayList<>(JvmArguments.ofThisJvm().forMeasuring());
        all.addAll(jmh.getJvmArgs().orElse(List.of()));
        all.addAll(jmh.getJvmArgsPrepend().orElse(List.of()));
        all.addAll(jmh.getJvmArgsAppend().orElse(List.of()));
        definitions.forEach((name, value) -> all.add("-D" + name + "=" + value));
        return all;
    }

    /** The secrets among {@link #jvmArguments}, which must not get into files: JMH prints its arguments. */
    public Secrets secrets() {
        return Secrets.of(jvmArguments());
    }

    /** The {@code delivery.} properties. */
    Map<String, String> definitions() {
        return definitions;
    }

    /** The directory for run directories: {@code -Ddelivery.results}, else {@code results}. */
    public Path results() {
        return Path.of(definitions.getOrDefault(RESULTS, "results"));
    }

    /** The end of the run directory's name. */
    String label() {
        return definitions.getOrDefault(LABEL, "run");
    }
}
