package dev.brew.delivery.regress;

import java.util.ArrayList;
import java.util.List;

/**
 * regress.json: the plan of a job, written before the first pair, so that an interrupted job continues unchanged.
 *
 * @param schema        version of this file's form
 * @param kind          {@code regress} or {@code calibrate}
 * @param startedAt     ISO instant
 * @param seed          of every random order
 * @param base          see {@link Jar}
 * @param candidate     see {@link Jar}
 * @param budgetSeconds time for the whole job, unless {@code pairs} was given
 * @param pairs         the number of pairs of each row, if it was given; 0: as many as the rule needs
 * @param margin        δ of a p50 or a rate
 * @param floorNanos    smallest difference of latencies that counts
 * @param jvm           flags and properties of both sides' JVMs; without secrets
 * @param done          the pairs that have been measured, in order
 * @param notes         about metrics that cannot be judged, a line each
 */
record RegressPlan(int schema, String kind, String startedAt, long seed, Jar base, Jar candidate, long budgetSeconds, int pairs,
                   double margin, long floorNanos, List<String> jvm, List<Done> done, List<String> notes) {

    static final String FILE = "regress.json";
    static final int SCHEMA = 2;

    /**
     * One side.
     *
     * @param sha256    of the jar; a rebuilt jar is another jar
     * @param arguments JMH arguments of this side
     */
    record Jar(String path, String sha256, List<String> arguments) {
    }

    /**
     * A measured pair.
     *
     * @param rows    the base's names of the rows
     * @param seconds that it took
     */
    record Done(List<String> rows, double seconds) {
    }

    Jar jar(Side side) {
        return side == Side.BASE ? base : candidate;
    }

    /** The time of all pairs so far. */
    double seconds() {
        return done.stream().mapToDouble(Done::seconds).sum();
    }

    /** The plan after a further pair. */
    RegressPlan with(Done pair, List<String> remarks) {
        List<Done> all = new ArrayList<>(done);
        all.add(pair);
        return new RegressPlan(schema, kind, startedAt, seed, base, candidate, budgetSeconds, pairs, margin, floorNanos, jvm,
                List.copyOf(all), List.copyOf(remarks));
    }
}
