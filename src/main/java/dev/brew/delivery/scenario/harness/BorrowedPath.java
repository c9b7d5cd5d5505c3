package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.ForwardingPath;

/** A wrapper of a path that the path's owner closes: {@link #close} does nothing. Subclasses override other methods. */
public class BorrowedPath extends ForwardingPath {

    public BorrowedPath(DeliveryPath behind) {
        super(behind);
    }

    @Override
    public void close() {
        // the owner of the path closes it
    }
}
