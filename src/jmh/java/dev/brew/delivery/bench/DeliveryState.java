package dev.brew.delivery.bench;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.BackgroundLoop;
import dev.brew.delivery.load.ClosedLoop;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.rig.PathSpec;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.rig.Settling;
import dev.brew.delivery.rig.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * The base state of every delivery benchmark: a {@link Rig}, and an account of every event. An iteration whose account
 * does not balance throws an exception, and the run fails.
 */
@State(Scope.Benchmark)
public abstract class DeliveryState {

    /** Beyond this number of recipients, the deadline of an event grows with their number. */
    private static final int MANY = 10;
    private static final Duration FOR_EACH = Duration.ofMillis(100);

    @Param({"1", "3", "10"})
    public int recipients;

    @Param("none")
    public String delay;

    @Param("256")
    public int payloadBytes;

    private final NanoClock clock = NanoClock.system();
    private DelayPlan delays;
    private RigRow row;
    private TrialRecorder recorder;
    private Trial trial;
    private DeliveryTracker.Phase phase;
    private boolean underLoad;
    private Properties system;
    private PathSpec spec;
    private BackgroundLoop openLoop;
    private Usage usageBefore;
    private Queue<ClosedLoop> loops;
    private ThreadLocal<ClosedLoop> loop;

    /** The path under test, from the parameters; by default the path that {@link #open} opens. Called once a trial. */
    protected PathSpec path() {
        return new PathSpec.Custom(PathKind.NULL, this::open);
    }

    /** Opens a path that no {@link PathSpec} describes, such as a path with an injected fault. Called once a trial. */
    protected DeliveryPath open(List<Recipient> to, NanoClock clock, DeliveryTracker tracker) throws Exception {
        throw new IllegalStateException(getClass().getName() + " names no path");
    }

    /**
     * The longest time to settle, unless the user gives one; see {@link Settling}. Zero: the benchmark needs no warm-up, and
     * nobody asks whether it has settled.
     */
    protected Duration longestWarmUp() {
        return Settling.DEFAULT_MOST;
    }

    /** The time limit of one event: far above any latency that a closed loop should measure. */
    protected Duration eventDeadline() {
        return Rig.EVENT_DEADLINE.plus(FOR_EACH.multipliedBy(Math.max(0, recipients - MANY)));
    }

    /**
     * True for an open loop, where a call may wait for other calls. A short deadline would turn that wait into a loss.
     */
    protected final boolean underLoad() {
        return underLoad;
    }

    /** The properties of this trial, with or without a fork; null before {@link #openPath}. */
    protected final Properties system() {
        return system;
    }

    /** The parameter {@code delay}; null before {@link #openPath}. */
    protected final DelayPlan delays() {
        return delays;
    }

    /**
     * Called by JMH: opens the path and warms it up. If a step fails, everything that it opened is closed again. In a block
     * the path is open already, except for the first slice, and the block warms all rows up together.
     */
    @Setup(Level.Trial)
    public final void openPath(BenchmarkParams benchmark) throws Exception {
        underLoad = benchmark.getParamsKeys().contains(OpenLoad.RATE);
        system = Definitions.of(System.getProperties(), List.copyOf(benchmark.getJvmArgs()));
        delays = DelayPlan.parse(delay);
        ForkGuard.watchHost();
        Trial.forget();
        spec = path();
        Rig.Settings settings = new Rig.Settings(spec, recipients, delays, payloadBytes);
        Optional<OpenRows> block = OpenRows.current();
        if (block.isPresent()) {
            row = (RigRow) block.get().row(benchmark, () ->
                    row(Rig.open(settings, clock, block.get().broker(spec, system))));
        } else {
            row = row(Rig.open(settings, clock, system, System.getenv()));
            settle();
        }
        trial = row.trial();
        recorder = trial.recorder();
        trial.isNext();
    }

    private RigRow row(Rig rig) {
        Map<String, String> settings = rig.settings();
        settings.put("load", "closed-loop"); // until the first event of an open loop
        settings.put("warm-up.most.ms", Long.toString(warmUpTime().toMillis()));
        return new RigRow(rig, new Trial(rig.recorder(), settings, clock), eventDeadline());
    }

    private void settle() throws Exception {
        if (longestWarmUp().isZero()) {
            return;
        }
        try {
            row.trial().warmedUp(Settling.one(row, warmUpTime(), clock));
        } catch (Exception e) {
            closeAfter(e);
            throw e;
        }
    }

    private Duration warmUpTime() {
        Duration usual = longestWarmUp();
        return usual.isZero() ? usual : Parameters.warmUp(system, usual);
    }

    /** Called by JMH: every iteration is a phase with its own ledger. */
    @Setup(Level.Iteration)
    public final void beginPhase(BenchmarkParams benchmark, IterationParams iteration) {
        phase = row.begin(iteration.getType() == IterationType.WARMUP,
                underLoad ? spec.keepsOrderInFlight() : benchmark.getThreads() == 1);
        openLoop = null;
        loops = new ConcurrentLinkedQueue<>();
        loop = ThreadLocal.withInitial(this::newLoop);
        trial.startIteration();
        usageBefore = row.rig().usage();
    }

    /** Called by JMH when all its threads have stopped: throws if the iteration's account does not balance. */
    @TearDown(Level.Iteration)
    public final void endPhase(IterationParams iteration) throws InterruptedException {
        loops.forEach(ClosedLoop::flush);
        boolean measured = iteration.getType() == IterationType.MEASUREMENT
                && OpenRows.current().map(OpenRows::isMeasuring).orElse(true);
        OpenLoop.Outcome outcome = openLoop == null ? null : openLoop.finish();
        trial.stopIteration(measured, phase.sent());
        if (outcome != null && outcome.rates().saturated()) {
            phase.abandon(); // unfinished events are late: the row is marked saturated, and they give no latency
        }
        phase.requireBalance();
        if (measured) {
            usageBefore.until(row.rig().usage(), phase.sent()).forEach(trial::scalar);
            if (outcome != null) {
                outcome.requireSound();
                outcome.scalars().forEach(trial::scalar);
            }
        }
    }

    /**
     * Called by JMH: throws if a part of the rig could not be closed, or if the last phase no longer balances. In a block the
     * path stays open.
     */
    @TearDown(Level.Trial)
    public final void closePath() throws Exception {
        if (OpenRows.current().isEmpty()) {
            row.close();
        }
    }

    private void closeAfter(Exception failure) {
        try {
            row.rig().close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    /** One operation: sends one event, due now, and waits until it is over. Each JMH thread is a sender. */
    final void deliverOne() throws InterruptedException {
        loop.get().deliverOne();
    }

    /**
     * One operation under load: waits until one more event is over. The first operation of an iteration starts the
     * load.
     */
    final void awaitNext(OpenLoad load) throws InterruptedException {
        if (openLoop == null) {
            trial.setting("load", "open-loop");
            openLoop = BackgroundLoop.start(new OpenLoop(phase, row.rig().path(), recorder, clock,
                    load.schedule(row.iterations()), load.maxInFlight), eventDeadline());
        }
        openLoop.awaitNext();
    }

    private ClosedLoop newLoop() {
        ClosedLoop mine = new ClosedLoop(phase, row.rig().path(), recorder, clock, eventDeadline());
        loops.add(mine);
        return mine;
    }
}
