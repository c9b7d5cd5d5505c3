package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.results.WarmUpCurve;
import java.util.ArrayList;
import java.util.List;

/**
 * One claim, and an experiment that can confirm or refute it. A new scenario is an implementation of this interface,
 * plus one line in the list of all scenarios.
 */
public interface Scenario {

    /** The claim, and the criterion for its verdict. */
    Claim claim();

    /**
     * Runs the experiment. When this method returns or throws, everything that it started has ended, except the shared
     * parts of the context.
     *
     * @throws Exception if the measurement failed; a failed measurement is not a verdict
     */
    Finding run(ExperimentContext context) throws Exception;

    /**
     * The result of an experiment.
     *
     * @param verdict the verdict on the claim
     * @param figures the evidence, in reading order
     */
    record Finding(Verdict verdict, List<Matrix.Figure> figures) {

        public Finding {
            figures = List.copyOf(figures);
        }
    }

    /** Collects evidence. For one thread. */
    final class Figures {

        private final List<Matrix.Figure> all = new ArrayList<>();

        public Figures add(String path, String what, double value, String unit) {
            all.add(new Matrix.Figure(path, what, value, unit));
            return this;
        }

        /** Adds a duration that was measured in nanoseconds; the figure's unit is milliseconds. */
        public Figures millis(String path, String what, double nanos) {
            return add(path, what, nanos / 1e6, "ms");
        }

        /** Adds the time that a warm-up took. */
        public Figures settled(String path, WarmUpCurve warmUp) {
            return add(path, warmUp.settled() ? "settled after" : "not settled after", warmUp.seconds(), "s");
        }

        public Finding judged(Verdict verdict) {
            return new Finding(verdict, all);
        }
    }
}
