package dev.brew.delivery.sweep;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.BackgroundLoop;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.load.Pacer;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.Ledger;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.DisturbanceFile.Stage;
import dev.brew.delivery.results.HistogramFiles;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.text.Few;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * A disturbance under constant load: one recipient is slow or gives no answer for a while, then recovers. Measures the
 * latencies of the sender and of all recipients before, during and after it, and the time to recover. For one thread, and
 * for one run.
 *
 * <p>An event belongs to the stage in which it was due. A recipient's lag is the number of events that were sent to it and
 * that it has not processed, without events that the sender has given up: no sender waits for those, and processing them is
 * no recovery.
 */
public final class Disturbance {

    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** A steady system has at most this share of a second's events in flight, plus {@link #STEADY_FEW}. */
    private static final double STEADY_SHARE = 0.05;
    private static final long STEADY_FEW = 5;
    private static final int STEADY_SAMPLES = 10;
    /** Sampling alone makes a rate over fewer samples wrong by more than a fifth. */
    private static final int LEAST_SAMPLES = 5;
    private static final Duration DRAIN = Duration.ofSeconds(30);
    /** An event that is due this short before the disturbance may still be in flight when it begins. */
    private static final long UNDER_WAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Rig rig;
    private final NanoClock clock;
    private final Script script;
    private final Map<Stage, List<Histogram>> intervals = new EnumMap<>(Stage.class);

    /**
     * The plan of a disturbance.
     *
     * @param who      index of the disturbed recipient, from 0
     * @param slowness its processing time during the disturbance; null: it gives no answer until the end
     * @param rate     events/s
     * @param before   duration before the disturbance
     * @param during   duration of the disturbance
     * @param after    longest time to wait for the recovery
     */
    public record Script(int who, DelayModel slowness, double rate, Duration before, Duration during, Duration after) {

        /**
         * The stage of an event.
         *
         * @param nanos its due time after the start
         * @return empty in the last second before the disturbance, or in the second half of a shorter time: such an event
         *         may be disturbed, so it does not count in {@link Stage#BEFORE}
         */
        Optional<Stage> stageAt(long nanos) {
            long ill = before.toNanos();
            if (nanos >= ill) {
                return Optional.of(nanos < ill + during.toNanos() ? Stage.DURING : Stage.AFTER);
            }
            return nanos < ill - Math.min(UNDER_WAY_NANOS, ill / 2) ? Optional.of(Stage.BEFORE) : Optional.empty();
        }
    }

    Disturbance(Rig rig, NanoClock clock, Script script) {
        this.rig = rig;
        this.clock = clock;
        this.script = script;
    }

    /** Runs the load and the disturbance; returns at the end of the recovery. */
    Result run() throws InterruptedException {
        Map<Stage, DueSeconds> recorders = new LinkedHashMap<>();
        long start = clock.nanos();
        for (Stage stage : Stage.values()) {
            recorders.put(stage, new DueSeconds(rig.recorder().series(), start));
        }
        long ill = start + script.before.toNanos();
        long well = ill + script.during.toNanos();
        TrialRecorder between = rig.recorder();
        between.start(start);
        DeliveryTracker.Phase phase = rig.phase();
        OpenLoop loop = new OpenLoop(phase, rig.path(),
                due -> script.stageAt(due - start).map(stage -> recorders.get(stage).at(due)).orElse(between), clock, new Pacer(clock),
                Arrivals.Process.CONSTANT.at(script.rate, 0), OpenLoop.MAX_IN_FLIGHT);
        BackgroundLoop running = BackgroundLoop.start(loop, DRAIN);
        try {
            Recipient disturbed = rig.recipients().get(script.who);
            List<Sample> samples = new ArrayList<>();
            sampleUntil(ill, start, loop, phase, samples);
            if (script.slowness == null) {
                disturbed.stopUntil(well);
            } else {
                disturbed.delay(script.slowness);
            }
            sampleUntil(well, start, loop, phase, samples);
            disturbed.delay(DelayModel.NONE);
            int wellAgain = samples.size();
            sampleUntilSteady(well + script.after.toNanos(), start, loop, phase, samples);
            OpenLoop.Outcome outcome = running.finish();
            return result(recorders, outcome, samples, wellAgain, problems(outcome, phase));
        } finally {
            loop.stop(); // also after an interrupt
        }
    }

    /** The intervals of the events of a stage, for each series and second in which they were due; after {@link #run}. */
    List<Histogram> intervals(Stage stage) {
        return intervals.get(stage);
    }

    private void sampleUntil(long end, long start, OpenLoop loop, DeliveryTracker.Phase phase, List<Sample> samples)
            throws InterruptedException {
        for (long next = clock.nanos(); next < end; next += SAMPLE_NANOS) {
            sleepUntil(Math.min(next, end));
            samples.add(sample(start, loop, phase));
        }
        sleepUntil(end);
    }

    private void sampleUntilSteady(long end, long start, OpenLoop loop, DeliveryTracker.Phase phase,
                                   List<Sample> samples) throws InterruptedException {
        int steady = 0;
        for (long next = clock.nanos(); next < end && steady < STEADY_SAMPLES; next += SAMPLE_NANOS) {
            sleepUntil(next);
            Sample sample = sample(start, loop, phase);
            samples.add(sample);
            steady = isSteady(sample) ? steady + 1 : 0;
        }
    }

    private void sleepUntil(long atNanos) throws InterruptedException {
        for (long left = atNanos - clock.nanos(); left > 0; left = atNanos - clock.nanos()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(left);
        }
    }

    private Sample sample(long start, OpenLoop loop, DeliveryTracker.Phase phase) {
        long millis = TimeUnit.NANOSECONDS.toMillis(clock.nanos() - start);
        List<Long> lags = new ArrayList<>();
        for (Recipient recipient : rig.recipients()) {
            lags.add(phase.owedBy(recipient.index()));
        }
        Runtime runtime = Runtime.getRuntime();
        return new Sample(millis, loop.sent(), loop.completed(), loop.failed(), loop.inFlight(), List.copyOf(lags),
                (runtime.totalMemory() - runtime.freeMemory()) >> 20);
    }

    private boolean isSteady(Sample sample) {
        double most = STEADY_FEW + STEADY_SHARE * script.rate;
        return sample.inFlight() <= most && sample.lag().get(script.who) <= most;
    }

    private Result result(Map<Stage, DueSeconds> recorders, OpenLoop.Outcome outcome, List<Sample> samples,
                          int wellAgain, List<String> problems) {
        Map<Stage, Map<String, Quantiles>> stages = new LinkedHashMap<>();
        recorders.forEach((stage, recorder) -> {
            intervals.put(stage, recorder.intervals());
            Map<String, Quantiles> series = new LinkedHashMap<>();
            HistogramFiles.mergeBySeries(intervals.get(stage))
                    .forEach((name, histogram) -> series.put(name, Quantiles.of(histogram)));
            stages.put(stage, series);
        });
        Recovery recovery = Recovery.of(samples.subList(Math.min(wellAgain, samples.size()), samples.size()),
                this::isSteady, STEADY_SAMPLES, script.who, script.rate);
        return new Result(stages, outcome.failures(), List.copyOf(samples), recovery.backlog(), recovery.steadyMillis(),
                recovery.drainedPerSecond(), recovery.predictedMillis(), problems);
    }

    private static List<String> problems(OpenLoop.Outcome outcome, DeliveryTracker.Phase phase) {
        List<String> problems = new ArrayList<>(outcome.missing());
        // an event that is missing at a recipient and has not failed is a silent loss
        problems.addAll(Few.entries(phase.balance().stream().filter(balance -> balance.lost() > outcome.failed()
                || balance.duplicated() > 0 || balance.outOfOrder() > 0 || balance.neverSent() > 0)
                .map(Ledger.Balance::toString).toList()));
        return problems;
    }

    /**
     * The return to a steady state, computed from samples.
     *
     * @param backlog          see {@link Result}
     * @param steadyMillis     see {@link Result}
     * @param drainedPerSecond see {@link Result}
     * @param predictedMillis  see {@link Result}
     */
    record Recovery(long backlog, long steadyMillis, double drainedPerSecond, long predictedMillis) {

        interface Steady {
            boolean is(Sample sample);
        }

        /**
         * @param samples from the end of the disturbance on
         * @param inARow  number of consecutive steady samples that end the recovery
         */
        static Recovery of(List<Sample> samples, Steady steady, int inARow, int who, double rate) {
            if (samples.isEmpty()) {
                return new Recovery(0, -1, 0, -1);
            }
            Sample first = samples.get(0);
            int from = firstSteady(samples, steady, inARow);
            long steadyMillis = from < 0 ? -1 : samples.get(from).millis() - first.millis();
            long backlog = first.lag().get(who);
            int half = 0;
            while (half < samples.size() && samples.get(half).lag().get(who) > backlog / 2) {
                half++;
            }
            if (steady.is(first) || half < LEAST_SAMPLES || half == samples.size()) {
                return new Recovery(backlog, steadyMillis, 0, -1);
            }
            double drained = drainedPerSecond(first, samples.get(half), who);
            long predicted = drained <= rate ? -1 : Math.round(1000 * backlog / (drained - rate));
            return new Recovery(backlog, steadyMillis, drained, predicted);
        }

        /**
         * An event that is neither lag nor given up was processed. Measured over the first half of the backlog, so that the
         * second half is a prediction.
         */
        private static double drainedPerSecond(Sample first, Sample half, int who) {
            long left = half.lag().get(who) - first.lag().get(who) + half.failed() - first.failed();
            return Math.max(0, half.sent() - first.sent() - left) / ((half.millis() - first.millis()) / 1000.0);
        }

        private static int firstSteady(List<Sample> samples, Steady steady, int inARow) {
            int count = 0;
            for (int i = 0; i < samples.size(); i++) {
                count = steady.is(samples.get(i)) ? count + 1 : 0;
                if (count == inARow) {
                    return i - inARow + 1;
                }
            }
            return -1;
        }
    }
}
