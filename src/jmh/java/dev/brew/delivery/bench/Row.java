package dev.brew.delivery.bench;

import dev.brew.delivery.rig.Settling;

/** What a benchmark measures on, open and ready. Closed at the end of its trial. For one thread. */
interface Row extends Settling.Row, AutoCloseable {

    /** Its trial, which collects the figures of the measured iterations. */
    Trial trial();

    /** @throws Exception if a part could not be closed, or if its account no longer balances */
    @Override
    void close() throws Exception;
}
