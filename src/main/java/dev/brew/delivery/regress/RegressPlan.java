package dev.brew.delivery.regress;

import dev.brew.delivery.compare.Calibration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * regress.json: the plan of a job, written before the first trial, so that an interrupted job continues unchanged.
 *
 * @param schema        version of this file's form
 * @param kind          {@code regress} or {@code calibrate}
 * @param startedAt     ISO instant
 * @param seed          of the order of the trials
 * @param base          see {@link Jar}
 * @param candidate     see {@link Jar}
 * @param budgetSeconds time for the whole job, unless {@code pairs} was given
 * @param fixedPairs    true if the number of pairs was given
 * @param pairs         pairs of the first stage; 0 until the first pair of each row has shown its duration
 * @param confirmPairs  pairs of the second stage; 0 until the first stage is over
 * @param flagged       rows of the second stage; empty until the first stage is over
 * @param pairSeconds   duration of the first pair of each row
 * @param margin        δ where the calibration has none
 * @param floorNanos    smallest difference of latencies that counts
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
     * @param sha256    of the jar; a rebuilt jar is another jar
     * @param arguments JMH arguments of this side
     */
    record Jar(String path, String sha256, List<String> arguments) {
    }

    Jar jar(Side side) {
        return side == Side.BASE ? base : candidate;
    }

    /**
     * The side that runs first. Two consecutive pairs are AB and BA in random order: each side runs first equally often, so a
     * drift of the machine affects both sides alike.
     *
     * @param row  index of the row, from 0
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
