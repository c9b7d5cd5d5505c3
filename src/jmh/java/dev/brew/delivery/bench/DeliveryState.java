package dev.brew.delivery.bench;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.BackgroundLoop;
import dev.brew.delivery.load.ClosedLoop;
import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.load.WarmUp;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.DelayPlan;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.TrialRecorder;
import dev.brew.delivery.rig.Usage;
import java.time.Duration;
import java.util.HashMap;
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
 * What every delivery benchmark shares: recipients, a path to them, and an account of every event. An iteration whose
 * account does not balance throws, which makes the run fail.
 */
@State(Scope.Benchmark)
public abstract class DeliveryState {

    /** Keys go round over so many customers, so that the order of each one's events can be checked; one sender only. */
    static final int CUSTOMERS = 100;
    private static final DelayModel BRIEF = DelayModel.parse("fixed:1us");
    private static final Duration EVENT_DEADLINE = Duration.ofSeconds(30);
    /** Beyond these many recipients, the deadline of an event grows with them. */
    private static final int MANY = 10;
    private static final Duration FOR_EACH = Duration.ofMillis(100);

    @Param({"1", "3", "10"})
    public int recipients;

    @Param("none")
    public String delay;

    @Param("256")
    public int payloadBytes;

    private final NanoClock clock = NanoClock.system();
    private DeliveryTracker tracker;
    private DeliveryPath path;
    private TrialRecorder recorder;
    private Trial trial;
    private DeliveryTracker.Phase phase;
    private int warmups;
    private int measurements;
    private boolean underLoad;
    private Properties system;
    private BackgroundLoop openLoop;
    private Usage usageBefore;
    private Queue<ClosedLoop> loops;
    private ThreadLocal<ClosedLoop> loop;

    /** Opens the path under test; called once a trial. */
    protected abstract DeliveryPath open(List<Recipient> to, NanoClock clock, DeliveryTracker tracker)
            throws Exception;

    /** How long the path is warmed up with several senders, before JMH's own warm-up; none by default. */
    protected Duration defaultWarmUp() {
        return Duration.ZERO;
    }

    /** How long one event may take: far above any latency worth measuring in a closed loop. */
    protected Duration eventDeadline() {
        return EVENT_DEADLINE.plus(FOR_EACH.multipliedBy(Math.max(0, recipients - MANY)));
    }

    /** True for an open loop: there a call may wait for others, and giving it up would turn waiting into loss. */
    protected final boolean underLoad() {
        return underLoad;
    }

    /** What this trial was told by properties, in a fork or without one; once {@link #open} is called. */
    protected final Properties system() {
        return system;
    }

    /** True if events of one customer that are in flight at once stay in order on this path. */
    protected boolean keepsOrderInFlight() {
        return false;
    }

    /** CPU time that the broker has used so far; empty if there is none, or nobody can tell. */
    protected Optional<Duration> brokerCpuTime() {
        return Optional.empty();
    }

    /** Closes what {@link #open} opened beside the path; called after the path is closed, also if open failed. */
    protected void closeRest() throws Exception {
        // most paths own all they need
    }

    /** False if the recipients are elsewhere: when one has received an event is then not known, only its reply. */
    protected boolean seesReceptions() {
        return true;
    }

    /** Called by JMH: opens and warms up the path; if that fails, all that was opened is closed again. */
    @Setup(Level.Trial)
    public final void openPath(BenchmarkParams benchmark) throws Exception {
        underLoad = benchmark.getParamsKeys().contains(OpenLoad.RATE);
        system = Definitions.of(System.getProperties(), List.copyOf(benchmark.getJvmArgs()));
        ForkGuard.watchHost();
        Trial.forget();
        List<String> names = Recipient.names(recipients);
        tracker = new DeliveryTracker(names, CUSTOMERS, payloadBytes, clock);
        recorder = new TrialRecorder(Series.of(seesReceptions() ? names : List.of()));
        List<Recipient> to = Recipient.all(names, DelayPlan.parse("none"), clock, tracker);
        to.forEach(recipient -> recipient.delay(delayOf(recipient, names).isNone() ? DelayModel.NONE : BRIEF));
        try {
            path = open(to, clock, tracker);
            warmUp();
        } catch (Exception e) {
            closeAfter(e);
            throw e;
        }
        to.forEach(recipient -> recipient.delay(delayOf(recipient, names)));
        trial = Trial.begin(recorder, settings(), clock);
    }

    private Duration warmUpTime() {
        Duration usual = defaultWarmUp();
        return usual.isZero() ? usual : Parameters.warmUp(system, usual);
    }

    private DelayModel delayOf(Recipient recipient, List<String> names) {
        return DelayPlan.parse(delay).of(recipient.index(), names);
    }

    /** With brief delays: real ones would leave time for a few dozen events, and every one after them would be cold. */
    private void warmUp() throws InterruptedException {
        Duration time = warmUpTime();
        if (!time.isZero()) {
            phase = tracker.beginUnordered("w0");
            WarmUp.run(phase, path, recorder.series(), clock, time, eventDeadline());
            phase.requireBalance();
        }
    }

    /** Called by JMH: every iteration is a phase with a ledger of its own. */
    @Setup(Level.Iteration)
    public final void beginPhase(BenchmarkParams benchmark, IterationParams iteration) {
        boolean warmup = iteration.getType() == IterationType.WARMUP;
        String name = warmup ? "w" + ++warmups : "m" + ++measurements;
        boolean ordered = underLoad ? keepsOrderInFlight() : benchmark.getThreads() == 1;
        phase = ordered ? tracker.begin(name) : tracker.beginUnordered(name);
        openLoop = null;
        loops = new ConcurrentLinkedQueue<>();
        loop = ThreadLocal.withInitial(this::newLoop);
        trial.startIteration();
        usageBefore = usage();
    }

    /** Called by JMH when all its threads have stopped: throws if the iteration's account does not balance. */
    @TearDown(Level.Iteration)
    public final void endPhase(IterationParams iteration) throws InterruptedException {
        loops.forEach(ClosedLoop::flush);
        boolean measured = iteration.getType() == IterationType.MEASUREMENT;
        OpenLoop.Outcome outcome = openLoop == null ? null : openLoop.finish();
        trial.stopIteration(measured, phase.sent());
        if (outcome != null && outcome.rates().saturated()) {
            phase.abandon(); // what has not been done by now is late: the row says so, and is no latency
        }
        phase.requireBalance();
        if (measured) {
            usageBefore.until(usage(), phase.sent()).forEach(trial::scalar);
            if (outcome != null) {
                outcome.requireSound();
                outcome.scalars().forEach(trial::scalar);
            }
        }
    }

    private Usage usage() {
        return Usage.now(path.wireBytes(), brokerCpuTime());
    }

    /** Called by JMH: throws if something could not be closed, or a phase does not balance after all. */
    @TearDown(Level.Trial)
    public final void closePath() throws Exception {
        close();
        phase.requireBalance(); // a duplicate may have come after its iteration
        trial.end();
    }

    private void close() throws Exception {
        try {
            if (path != null) {
                path.close();
            }
        } finally {
            closeRest();
        }
    }

    private void closeAfter(Exception failure) {
        try {
            close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    /** One operation: one event, due now, until it is over. Each JMH thread is a sender of its own. */
    final void deliverOne() throws InterruptedException {
        loop.get().deliverOne();
    }

    /** One operation under load: one event more is over. The first of an iteration begins the load. */
    final void awaitNext(OpenLoad load) throws InterruptedException {
        if (openLoop == null) {
            trial.setting("load", "open-loop");
            openLoop = BackgroundLoop.start(new OpenLoop(phase, path, recorder, clock,
                    load.schedule(warmups + measurements), load.maxInFlight), eventDeadline());
        }
        openLoop.awaitNext();
    }

    private ClosedLoop newLoop() {
        ClosedLoop mine = new ClosedLoop(phase, path, recorder, clock, eventDeadline());
        loops.add(mine);
        return mine;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(path.settings());
        settings.put("path", path.name());
        settings.put("load", "closed-loop");
        settings.put("warm-up.ms", Long.toString(warmUpTime().toMillis()));
        settings.put("recipients", Integer.toString(recipients));
        settings.put("delay", DelayPlan.parse(delay).toString());
        settings.put("payload.bytes", Integer.toString(payloadBytes));
        settings.put("customers", Integer.toString(CUSTOMERS));
        return settings;
    }
}
