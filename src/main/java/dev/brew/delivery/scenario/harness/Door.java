package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.ForwardingPath;

/** Another door to a path that somebody else closes: what is overridden is what is different. */
public class Door extends ForwardingPath {

    public Door(DeliveryPath behind) {
        super(behind);
    }

    @Override
    public void close() {
        // the path is somebody else's
    }
}
