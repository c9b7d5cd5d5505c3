package dev.brew.delivery.scenario;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.ForwardingPath;

/** Another door to a path that somebody else closes: what is overridden is what is different. */
class Door extends ForwardingPath {

    Door(DeliveryPath behind) {
        super(behind);
    }

    @Override
    public void close() {
        // the path is somebody else's
    }
}
