package dev.brew.delivery.regress;

import dev.brew.delivery.compare.Calibration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * regress.json: what is measured, written before anything is, so that an interrupted run goes on as it would have gone.
 *
 * @param schema        version of this file's form
 * @param kind          {@code regress} or {@code calibrate}
 * @param startedAt     ISO instant
 * @param seed          of the order of the trials
 * @param base          see {@link Jar}
 * @param candidate     likewise
 * @param budgetSeconds what it may take, if {@code pairs} was not given
 * @param fixedPairs    true if the number of pairs was given
 * @param pairs         pairs of the first stage; 0 until the first one has shown how long it takes
 * @param confirmPairs  pairs of the second stage; 0 until the first one is over
 * @param flagged       the rows that are measured again, once the first stage is over
 * @param pairSeconds   what the first pair of each row took
 * @param margin        δ where the calibration has none
 * @param floorNanos    what latencies have to differ by
 * @param calibration   the machine's margins as they were at the start; null if there are none, or a margin was given
 * @param jvm           flags and properties of both sides' JVMs; without secrets; null in files of older builds
 */
record RegressPlan(int schema, String kind, String startedAt, long seed, Jar base, Jar candidate, long budgetSeconds,
                   boolean fixedPairs, int pairs, int confirmPairs, List<String> flagged,
                   Map<String, Double> pairSeconds, double margin, long floorNanos, Calibration calibration,
                   List<String> jvm) {

    static final String FILE = "regress.json";
    static final int SCHEMA = 1;

    /**
     * One side.
     *
     * @param sha256    a jar that was built anew is another one
     * @param arguments the benchmarks' arguments, this side's own among them
     */
    record Jar(String path, String sha256, List<String> arguments) {
    }

    Jar jar(Side side) {
        return side == Side.BASE ? base : candidate;
    }

    /**
     * Which side goes first. Two pairs after one another are an AB and a BA in an order that is left to chance: so each
     * side is first as often, and no drift of the machine meets one of them alone.
     *
     * @param row  the row's place, from 0
     * @param pair from 1
     */
    Side first(int row, int pair) {
        int block = (pair - 1) / 2;
        boolean baseLeads = new SplittableRandom(seed * 1_000_003 + row * 1_009L + block).split().nextBoolean();
        return baseLeads == (pair % 2 == 1) ? Side.BASE : Side.CANDIDATE;
    }

    RegressPlan withPairs(int decided) {
        return new RegressPlan(schema, kind, startedAt, seed, base, candidate, budgetSeconds, fixedPairs, decided,
                confirmPairs, flagged, pairSeconds, margin, floorNanos, calibration, jvm);
    }

    RegressPlan withSecondStage(int decided, List<String> rows) {
        return new RegressPlan(schema, kind, startedAt, seed, base, candidate, budgetSeconds, fixedPairs, pairs,
                decided,
                List.copyOf(rows), pairSeconds, margin, floorNanos, calibration, jvm);
    }

    RegressPlan withPairSeconds(Map<String, Double> seconds) {
        return new RegressPlan(schema, kind, startedAt, seed, base, candidate, budgetSeconds, fixedPairs, pairs,
                confirmPairs, flagged, Map.copyOf(seconds), margin, floorNanos, calibration, jvm);
    }
}
