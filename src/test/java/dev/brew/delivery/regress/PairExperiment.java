package dev.brew.delivery.regress;

import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.suite.BlockJvm;
import dev.brew.delivery.suite.Case;
import dev.brew.delivery.suite.Plan;
import dev.brew.delivery.suite.SuiteOptions;
import dev.brew.delivery.text.Median;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How far one jar differs from itself if both sides are up at the same time, and are measured in turn, a slice of each row
 * directly after the other side's. Not a test: a pair takes three minutes, and it measures this machine.
 * {@code scripts/pairs.sh} runs it.
 */
public final class PairExperiment {

    private static final List<String> ROWS = List.of("SequentialFanOut|ParallelFanOut|ProduceToConsume", "-p", "recipients=3");

    private final JarUnderTest jar;
    private final SuiteOptions typed;
    private final List<Case> cases;
    private final RunDirectory[] runs;
    private final int rounds;
    private final Duration slice;
    private final Random order;

    private PairExperiment(Path jar, Path results, int rounds, Duration slice, long seed) throws Exception {
        this.jar = JarUnderTest.read("jar", jar);
        this.typed = SuiteOptions.parse(ROWS, System.getProperties());
        this.cases = Plan.of(typed, this.jar.benchmarks()).cases();
        this.runs = new RunDirectory[] {RunDirectory.make(results.resolve("base")), RunDirectory.make(results.resolve("candidate"))};
        this.rounds = rounds;
        this.slice = slice;
        this.order = new Random(seed);
    }

    /** @param arguments jar, directory of the results, pairs, rounds, milliseconds of a slice, seed */
    public static void main(String[] arguments) throws Exception {
        int pairs = Integer.parseInt(arguments[2]);
        PairExperiment experiment = new PairExperiment(Path.of(arguments[0]), Path.of(arguments[1]),
                Integer.parseInt(arguments[3]), Duration.ofMillis(Long.parseLong(arguments[4])), Long.parseLong(arguments[5]));
        List<List<Double>> ratios = experiment.cases.stream().<List<Double>>map(row -> new ArrayList<>()).toList();
        for (int pair = 1; pair <= pairs; pair++) {
            experiment.pair(pair, ratios);
        }
        for (int row = 0; row < ratios.size(); row++) {
            double[] logs = ratios.get(row).stream().mapToDouble(Double::doubleValue).toArray();
            System.out.printf(Locale.ROOT, "%s: candidate ÷ base of each pair: %s; standard deviation %.3f (logarithms)%n",
                    experiment.cases.get(row).title(), percent(logs), deviation(logs));
        }
    }

    private void pair(int pair, List<List<Double>> ratios) throws Exception {
        long start = System.nanoTime();
        List<Integer> sides = sides();
        Map<Integer, BlockJvm> jvms = new TreeMap<>();
        Settled settled = new Settled();
        try {
            for (int side : sides) { // in random order: who starts later is not the same side each time
                jvms.put(side, BlockJvm.start(new BlockJvm.Block(Optional.of(jar.path()), typed, cases, order.nextLong(),
                        runs[side], pair), settled, runs[side].path().resolve("pair-" + pair + ".log")));
            }
            for (BlockJvm jvm : jvms.values()) {
                jvm.settle();
            }
            double[][] rows = measure(jvms);
            for (BlockJvm jvm : jvms.values()) {
                jvm.finish();
                if (!jvm.problems().isEmpty()) {
                    throw new IOException(String.join("; ", jvm.problems()));
                }
            }
            System.out.printf(Locale.ROOT, "pair %d: %s first, settled after %d s, over after %.0f s%n", pair,
                    sides.get(0) == 0 ? "base" : "candidate", settled.after.toSeconds(), (System.nanoTime() - start) / 1e9);
            for (int row = 0; row < rows.length; row++) {
                ratios.get(row).add(Median.of(rows[row]));
                System.out.printf(Locale.ROOT, "  %s: %s; standard deviation of the rounds %.3f (logarithms)%n",
                        cases.get(row).title(), percent(Median.of(rows[row])), deviation(rows[row]));
            }
        } finally {
            for (BlockJvm jvm : jvms.values()) {
                jvm.close();
            }
        }
    }

    private static final class Settled implements BlockJvm.Watcher {

        private Duration after = Duration.ZERO;

        @Override
        public void opened(int rows) {
            // both sides say so
        }

        @Override
        public void settling(Duration elapsed, List<Case> left) {
            after = elapsed.compareTo(after) > 0 ? elapsed : after;
        }
    }

    private List<Integer> sides() {
        List<Integer> sides = new ArrayList<>(List.of(0, 1));
        Collections.shuffle(sides, order);
        return sides;
    }

    /** For each row the logarithm of candidate ÷ base of each round. */
    private double[][] measure(Map<Integer, BlockJvm> jvms) throws InterruptedException, IOException {
        double[][] ratios = new double[cases.size()][rounds];
        for (int round = -1; round < rounds; round++) { // JMH's own code is cold in the first one
            if (round == 0) {
                jvms.values().forEach(BlockJvm::count);
            }
            List<Integer> inTurn = new ArrayList<>(IntStream.range(0, cases.size()).boxed().toList());
            Collections.shuffle(inTurn, order);
            for (int row : inTurn) {
                double[] micros = new double[2];
                for (int side : sides()) {
                    OptionalDouble p50 = jvms.get(side).slice(row, slice);
                    micros[side] = p50.orElseThrow(() -> new IOException(String.join("; ", jvms.get(side).problems())));
                }
                if (round >= 0) {
                    ratios[row][round] = Math.log(micros[1] / micros[0]);
                }
            }
        }
        return ratios;
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return Math.sqrt(Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum()
                / Math.max(1, values.length - 1));
    }

    private static String percent(double... logarithms) {
        return String.join(", ", Arrays.stream(logarithms)
                .mapToObj(value -> String.format(Locale.ROOT, "%+.1f %%", 100 * Math.expm1(value))).toList());
    }
}
