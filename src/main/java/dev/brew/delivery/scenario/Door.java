package dev.brew.delivery.scenario;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** Another door to a path that somebody else closes: what is overridden is what is different. */
class Door implements DeliveryPath {

    private final DeliveryPath behind;

    Door(DeliveryPath behind) {
        this.behind = behind;
    }

    final DeliveryPath behind() {
        return behind;
    }

    @Override
    public String name() {
        return behind.name();
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        return behind.deliver(event);
    }

    @Override
    public Map<String, String> settings() {
        return behind.settings();
    }

    @Override
    public OptionalLong wireBytes() {
        return behind.wireBytes();
    }

    @Override
    public void close() {
        // the path is somebody else's
    }
}
