package dev.brew.delivery.regress;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.broker.Brokers;
import dev.brew.delivery.broker.SharedBroker;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.BlockJvm;
import dev.brew.delivery.suite.Case;
import dev.brew.delivery.suite.SuiteOptions;
import dev.brew.delivery.text.Attempt;
import dev.brew.delivery.text.Reason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Measures a pair with both sides up at the same time: two fresh JVMs, each with all rows open, settle in turn, round by
 * round, and are then measured in turn, a short slice of a row directly after the other side's, in random order. A slow spell
 * of the machine so meets both sides. One broker serves both, if both would start the same one: then only what the client does
 * differs. It lives as long as the job, so it is warm from the second pair on.
 */
final class SideBySide implements PairLauncher {

    /** Neighbouring slices see the same machine; the shorter they are, the more alike. */
    private static final Duration SLICE = Duration.ofMillis(150);
    private static final int LEAST_SLICES = 8;
    /** These rounds do not count: JMH's own code is cold in a row's first slice. The last one shows how fast a row is. */
    private static final int COLD_ROUNDS = 2;
    /** The share of the budget that the slices of one pair may take. */
    private static final double SHARE_OF_BUDGET = 1.0 / 15;
    /** So many events of each row and side make its p99 a figure. */
    private static final int EVENTS = 10_000;
    /** An event takes longer at the mean than at the median, and slices of a slow spell have fewer. */
    private static final double SPARE = 1.2;
    private static final int CONTROL_ROUNDS = 3;
    /**
     * Kafka spreads connections over its network threads in the order of their arrival. With its three, two JVMs of one jar
     * differ by 5 % for as long as they live, with one thread by 2 %; docs/ci.md has the figures.
     */
    private static final Map<String, String> ONE_NETWORK_THREAD = Map.of("num.network.threads", "1");

    private final List<Pairing> pairings;
    private final Map<Side, RunDirectory> runs;
    private final Map<Side, JarUnderTest> jars;
    private final Map<Side, SuiteOptions> typed;
    private final Timing timing;
    private final PairOrder order;
    private final boolean sharing;
    private final List<String> names;
    private final PrintStream out;
    private final InstantSource clock;
    private final Map<Brokers.Wanted, Broker> brokers = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<BlockJvm> running = new ArrayList<>();
    private boolean ended;

    /**
     * The times of a job.
     *
     * @param budget   of the whole job
     * @param deadline a side that says nothing for this time hangs
     */
    record Timing(Duration budget, Duration deadline) {

        private Duration ofSlices() {
            return Duration.ofMillis(Math.round(budget.toMillis() * SHARE_OF_BUDGET));
        }
    }

    /** @param sharing true if one broker is to serve both sides */
    SideBySide(List<Pairing> pairings, Map<Side, RunDirectory> runs, Map<Side, JarUnderTest> jars, Map<Side, SuiteOptions> typed,
               Timing timing, PairOrder order, boolean sharing, PrintStream out, InstantSource clock) {
        this.pairings = pairings;
        this.runs = runs;
        this.jars = jars;
        this.typed = typed;
        this.timing = timing;
        this.order = order;
        this.sharing = sharing;
        this.names = Pairing.names(pairings);
        this.out = out;
        this.clock = clock;
    }

    /** A side failed; its reason is known. */
    private static final class SideFailed extends Exception {

        private static final long serialVersionUID = 1;
        private final Side side;

        SideFailed(Side side, String why) {
            super(why);
            this.side = side;
        }
    }

    @Override
    public Optional<Failure> measure(int pair, List<Integer> rows) throws IOException, InterruptedException {
        Instant start = clock.instant();
        List<Side> sides = order.sides(0, pair);
        out.printf("pair %d, %s first, %d %s … ", pair, sides.get(0), rows.size(), rows.size() == 1 ? "row" : "rows");
        out.flush();
        Map<Side, BlockJvm> jvms = new EnumMap<>(Side.class);
        try {
            for (Side side : sides) {
                jvms.put(side, start(side, pair, rows, runs.get(side)));
            }
            settle(sides, jvms, rows.size());
            out.printf("settled after %s, ", seconds(start));
            out.flush();
            Random random = new Random(31 * order.seed() + pair);
            slices(jvms, rows, random);
            for (Side side : sides) {
                jvms.get(side).finish();
                requireWhole(side, jvms.get(side), rows.size());
            }
            out.printf("%s (%s)%n", ratios(pair, rows), seconds(start));
            return Optional.empty();
        } catch (SideFailed e) {
            if (!isEnded()) {
                out.printf("FAILED: %s: %s (%s)%n", e.side, e.getMessage(), seconds(start));
            }
            return Optional.of(new Failure(e.side, rows, pair, "pair " + pair + ", " + e.getMessage()));
        } finally {
            close(jvms, runs, pair);
        }
    }

    /** A round of one side, then one of the other: loads do not meet, and while one has its load, the other compiles. */
    private static void settle(List<Side> sides, Map<Side, BlockJvm> jvms, int rows) throws InterruptedException, SideFailed {
        for (Side side : sides) {
            jvms.get(side).open();
            requireWhole(side, jvms.get(side), rows);
        }
        List<Side> left = new ArrayList<>(sides);
        while (!left.isEmpty()) {
            for (Side side : List.copyOf(left)) {
                if (!jvms.get(side).settleOn()) {
                    requireWhole(side, jvms.get(side), rows);
                    left.remove(side);
                }
            }
        }
    }

    private String seconds(Instant since) {
        return Math.round(Duration.between(since, clock.instant()).toMillis() / 1000.0) + " s";
    }

    private BlockJvm start(Side side, int pair, List<Integer> rows, RunDirectory run)
            throws IOException, InterruptedException, SideFailed {
        List<Case> cases = cases(side, rows);
        Map<Brokers.Wanted, SharedBroker> shared = shared(rows);
        synchronized (running) {
            if (ended) {
                throw new SideFailed(side, "interrupted");
            }
            try {
                BlockJvm jvm = BlockJvm.start(new BlockJvm.Block(Optional.of(jars.get(side).path()), typed.get(side), cases,
                        31 * order.seed() + 2L * pair + side.ordinal(), run, pair,
                        new BlockJvm.Around(true, shared, timing.deadline)), new Quiet(), log(run, pair));
                running.add(jvm);
                return jvm;
            } catch (UsageException e) {
                throw new SideFailed(side, e.getMessage());
            }
        }
    }

    /** Nobody waits for rounds of a warm-up: a pair takes two minutes. */
    private static final class Quiet implements BlockJvm.Watcher {

        @Override
        public void opened(int rows) {
            // a row that could not be opened is a problem
        }

        @Override
        public void settling(Duration elapsed, List<Case> left) {
            // the trial's files have its warm-up
        }
    }

    private List<Case> cases(Side side, List<Integer> rows) {
        return rows.stream().map(row -> pairings.get(row).of(side)).toList();
    }

    private static Path log(RunDirectory run, int pair) throws IOException {
        Path logs = run.path().resolve("logs");
        Attempt.to("create the directory of the trials' logs", () -> Files.createDirectories(logs));
        return logs.resolve("pair-" + pair + ".log");
    }

    private Map<Brokers.Wanted, SharedBroker> shared(List<Integer> rows) throws IOException, InterruptedException {
        Map<Brokers.Wanted, SharedBroker> shared = new LinkedHashMap<>();
        for (int row : sharing ? rows : List.<Integer>of()) {
            Map<String, String> base = pairings.get(row).base().params();
            if (base.containsKey("broker") && Brokers.Wanted.of(base).equals(Brokers.Wanted.of(pairings.get(row).candidate().params()))
                    && Brokers.Wanted.of(base).canBeShared()) {
                Brokers.Wanted wanted = Brokers.Wanted.of(base);
                if (!brokers.containsKey(wanted)) {
                    brokers.put(wanted, Brokers.start(wanted, typed.get(Side.BASE).system(), System.getenv(),
                            ONE_NETWORK_THREAD));
                }
                SharedBroker.of(brokers.get(wanted)).ifPresent(broker -> shared.put(wanted, broker));
            }
        }
        return shared;
    }

    private static void requireWhole(Side side, BlockJvm jvm, int rows) throws SideFailed {
        if (!jvm.problems().isEmpty()) {
            throw new SideFailed(side, String.join("; ", jvm.problems()));
        }
        if (jvm.rows().size() < rows) {
            throw new SideFailed(side, "it measures " + jvm.rows().size() + " rows of " + rows);
        }
    }

    private void slices(Map<Side, BlockJvm> jvms, List<Integer> rows, Random random) throws InterruptedException, SideFailed {
        double[] micros = new double[rows.size()];
        for (int round = 0; round < COLD_ROUNDS; round++) {
            for (int row : shuffled(rows.size(), random)) {
                micros[row] = slices(jvms, row, random);
            }
        }
        jvms.values().forEach(BlockJvm::count);
        int[] wanted = wanted(rows, micros);
        int rounds = Arrays.stream(wanted).max().orElseThrow();
        for (int round = 0; round < rounds; round++) {
            for (int row : shuffled(rows.size(), random)) {
                if ((long) (round + 1) * wanted[row] / rounds > (long) round * wanted[row] / rounds) { // evenly over the rounds
                    slices(jvms, row, random);
                }
            }
        }
    }

    /** How many slices each row gets: enough for its p99, if the budget has the time; else all rows get as many times fewer. */
    private int[] wanted(List<Integer> rows, double[] micros) {
        double[] needed = Arrays.stream(micros).map(each -> EVENTS * SPARE * each / 1000 / SLICE.toMillis()).toArray();
        double scarce = Math.max(1, Arrays.stream(needed).sum() * Side.values().length * SLICE.toMillis() / timing.ofSlices().toMillis());
        int[] wanted = new int[rows.size()];
        List<String> few = new ArrayList<>();
        for (int row = 0; row < wanted.length; row++) {
            wanted[row] = (int) Math.ceil(Math.max(LEAST_SLICES, needed[row] / scarce));
            if (needed[row] > wanted[row]) {
                few.add(names.get(rows.get(row)));
            }
        }
        if (!few.isEmpty()) {
            notes.add(String.format(Locale.ROOT, "p99 of %s: %,d events a pair are needed, for which this budget may have no time;"
                    + " --budget %ds has", String.join(", ", few), EVENTS, (long) Math.ceil(timing.budget.toSeconds() * scarce)));
        }
        return wanted;
    }

    private static List<Integer> shuffled(int rows, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            order.add(row);
        }
        Collections.shuffle(order, random);
        return order;
    }

    /** A slice of a row on both sides; returns the larger median, in µs. */
    private static double slices(Map<Side, BlockJvm> jvms, int row, Random random) throws InterruptedException, SideFailed {
        double most = 0;
        List<Side> sides = new ArrayList<>(jvms.keySet());
        Collections.shuffle(sides, random);
        for (Side side : sides) {
            OptionalDouble micros = jvms.get(side).slice(row, SLICE);
            if (micros.isEmpty()) {
                throw new SideFailed(side, String.join("; ", jvms.get(side).problems()));
            }
            most = Math.max(most, micros.getAsDouble());
        }
        return most;
    }

    private String ratios(int pair, List<Integer> rows) throws IOException {
        List<String> ratios = new ArrayList<>();
        for (int row : rows) {
            Map<Side, Double> p50 = new TreeMap<>();
            for (Side side : Side.values()) {
                runs.get(side).trial(pairings.get(row).of(side).stem(), pair)
                        .ifPresent(trial -> p50.put(side, (double) trial.completed().p50()));
            }
            ratios.add(names.get(row) + " " + (p50.size() < 2 ? "-"
                    : String.format(Locale.ROOT, "%.3f", p50.get(Side.CANDIDATE) / p50.get(Side.BASE))));
        }
        return "p50 candidate ÷ base: " + String.join(", ", ratios);
    }

    @Override
    public Optional<String> control(Failure failure, RunDirectory into) throws IOException, InterruptedException {
        out.printf("control: the base again, %s … ", failure.rows().stream().map(names::get)
                .collect(Collectors.joining("; ")));
        out.flush();
        Map<Side, BlockJvm> jvms = new EnumMap<>(Side.class);
        Optional<String> why = Optional.empty();
        try {
            BlockJvm jvm = start(Side.BASE, failure.pair(), failure.rows(), into);
            jvms.put(Side.BASE, jvm);
            jvm.settle();
            requireWhole(Side.BASE, jvm, failure.rows().size());
            Random random = new Random(order.seed());
            for (int round = 0; round < CONTROL_ROUNDS; round++) {
                for (int row = 0; row < failure.rows().size(); row++) {
                    slices(jvms, row, random);
                }
            }
            jvm.finish();
            requireWhole(Side.BASE, jvm, failure.rows().size());
        } catch (SideFailed e) {
            why = Optional.of(e.getMessage());
        } finally {
            close(jvms, Map.of(Side.BASE, into), failure.pair());
        }
        out.println(why.map(reason -> "FAILED: " + reason).orElse("it ends well"));
        return why;
    }

    @Override
    public List<String> notes() {
        return List.copyOf(notes);
    }

    private void close(Map<Side, BlockJvm> jvms, Map<Side, RunDirectory> of, int pair) throws IOException {
        for (Map.Entry<Side, BlockJvm> jvm : jvms.entrySet()) {
            jvm.getValue().close();
            synchronized (running) {
                running.remove(jvm.getValue());
            }
            Path log = log(of.get(jvm.getKey()), pair);
            if (Files.exists(log)) {
                String text = Files.readString(log, StandardCharsets.UTF_8);
                String shown = typed.get(jvm.getKey()).secrets().hide(text);
                if (!shown.equals(text)) {
                    Files.writeString(log, shown);
                }
            }
        }
    }

    private boolean isEnded() {
        synchronized (running) {
            return ended;
        }
    }

    @Override
    public void end() {
        synchronized (running) {
            ended = true;
            for (BlockJvm jvm : running) {
                jvm.kill();
            }
        }
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        for (Broker broker : brokers.values()) {
            try {
                broker.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        brokers.clear();
        if (first != null) {
            throw new IOException("a broker could not be closed: " + Reason.of(first), first);
        }
    }
}
