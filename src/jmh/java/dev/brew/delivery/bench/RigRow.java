package dev.brew.delivery.bench;

import dev.brew.delivery.load.DeliveryTracker;
import dev.brew.delivery.path.NullPath;
import dev.brew.delivery.rig.Rig;
import java.time.Duration;

/** An open path with its trial. */
final class RigRow implements Row {

    private final Rig rig;
    private final Trial trial;
    private final Duration eventDeadline;
    private DeliveryTracker.Phase phase;
    private int warmups;
    private int measurements;

    RigRow(Rig rig, Trial trial, Duration eventDeadline) {
        this.rig = rig;
        this.trial = trial;
        this.eventDeadline = eventDeadline;
    }

    @Override
    public void load(Duration time) throws InterruptedException {
        rig.load(time, eventDeadline);
    }

    @Override
    public double look(Duration time) throws InterruptedException {
        return rig.look(time, eventDeadline);
    }

    @Override
    public boolean isFloor() {
        return rig.path() instanceof NullPath;
    }

    @Override
    public long compilerMillis() throws InterruptedException {
        return rig.compilerMillis();
    }

    @Override
    public boolean isHot() {
        return rig.isHot();
    }

    @Override
    public Trial trial() {
        return trial;
    }

    Rig rig() {
        return rig;
    }

    /** Begins an iteration, which has a ledger of its own. */
    DeliveryTracker.Phase begin(boolean warmup, boolean ordered) {
        phase = rig.phase(warmup ? "w" + ++warmups : "m" + ++measurements, ordered);
        return phase;
    }

    /** Number of iterations so far. */
    int iterations() {
        return warmups + measurements;
    }

    @Override
    public void close() throws Exception {
        rig.close();
        if (phase != null) {
            phase.requireBalance(); // a duplicate may have come after its iteration
        }
        trial.end();
    }
}
