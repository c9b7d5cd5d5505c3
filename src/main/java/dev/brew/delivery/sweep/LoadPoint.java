package dev.brew.delivery.sweep;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.DeliveryException;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.recipient.Ledger;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.rig.Usage;
import dev.brew.delivery.text.Few;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The measurement of one rate on a rig, after a short time at the same rate that does not count.
 *
 * @param outcome   of the measured part
 * @param intervals its histograms, one for each second and series
 * @param scalars   see {@link dev.brew.delivery.results.Scalars}
 * @param problems  lost and failed events; empty if every event arrived once
 */
record LoadPoint(OpenLoop.Outcome outcome, List<Histogram> intervals, Map<String, Double> scalars,
                        List<String> problems) {

    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** The share of events above p99. */
    private static final double SLOW = 0.01;

    /**
     * Offers {@code rate} for {@code length}. Aborts once more than 1 % of the events exceed {@code bound}: everything after
     * that is backlog, and the next measurement would have to wait for it.
     *
     * @param bound empty: offers the whole length
     * @param seed  of Poisson arrivals
     * @throws DeliveryException if a self-check fails: then the measurement is wrong, and not the path
     */
    static LoadPoint measure(Rig rig, NanoClock clock, Arrivals.Process arrivals, double rate, Duration length,
                                    Optional<Duration> bound, long seed) throws InterruptedException {
        DeliveryTracker.Phase settling = rig.phase();
        long mostSlow = (long) (SLOW * rate * length.toNanos() / 1e9);
        run(rig, settling, rig.recorder(), clock, arrivals.at(rate, ~seed), SETTLE, bound, mostSlow);
        DeliveryTracker.Phase phase = rig.phase();
        TrialRecorder recorder = rig.recorder();
        Usage before = rig.usage();
        long began = clock.nanos();
        long compiled = rig.compilerMillis();
        OpenLoop.Outcome outcome = run(rig, phase, recorder, clock, arrivals.at(rate, seed), length, bound,
                mostSlow);
        outcome.requireSound();
        Map<String, Double> scalars = new TreeMap<>(outcome.scalars());
        scalars.putAll(before.until(rig.usage(), phase.sent()));
        scalars.put(Scalars.COMPILING, (rig.compilerMillis() - compiled) * 1e6 / (clock.nanos() - began));
        return new LoadPoint(outcome, recorder.stop(clock.nanos()), scalars, problems(outcome, phase));
    }

    private static OpenLoop.Outcome run(Rig rig, DeliveryTracker.Phase phase, TrialRecorder recorder, NanoClock clock,
                                        Arrivals arrivals, Duration length, Optional<Duration> bound, long mostSlow)
            throws InterruptedException {
        recorder.start(clock.nanos());
        OpenLoop loop = new OpenLoop(phase, rig.path(), recorder, clock, arrivals, OpenLoop.MAX_IN_FLIGHT);
        bound.ifPresent(most -> loop.giveUpAbove(most, mostSlow));
        return loop.run(length, DRAIN);
    }

    private static List<String> problems(OpenLoop.Outcome outcome, DeliveryTracker.Phase phase) {
        List<String> problems = new ArrayList<>();
        outcome.failures().forEach((code, count) -> problems.add(count + " events failed: " + code));
        if (outcome.late() > 0) {
            problems.add(outcome.late() + " events are missing");
        }
        problems.addAll(Few.entries(phase.balance().stream().filter(balance -> !balance.holds())
                .map(Ledger.Balance::toString).toList()));
        return problems;
    }
}
