package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.results.Matrix;
import dev.brew.delivery.scenario.rows.Scenarios;
import java.util.ArrayList;
import java.util.List;

/** One claim and the experiment that can come out either way. A new one is a class and a line in {@link Scenarios}. */
public interface Scenario {

    /** What is claimed, and by which criterion it will be judged. */
    Claim claim();

    /**
     * Runs the experiment. Everything that it starts has ended when it returns or throws, except the shared
     * parts of the context.
     *
     * @throws Exception if it could not be measured; that is no verdict
     */
    Finding run(ExperimentContext context) throws Exception;

    /**
     * What was found.
     *
     * @param figures the evidence, in the order in which it is read
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

        /** A duration that was measured in nanoseconds. */
        public Figures millis(String path, String what, double nanos) {
            return add(path, what, nanos / 1e6, "ms");
        }

        public Finding judged(Verdict verdict) {
            return new Finding(verdict, all);
        }
    }
}
