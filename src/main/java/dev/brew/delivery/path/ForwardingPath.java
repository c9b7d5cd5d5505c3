package dev.brew.delivery.path;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * A wrapper that forwards every method to the path behind it; subclasses override the methods that differ. Every
 * wrapper extends this class, so no wrapper omits a method.
 */
public abstract class ForwardingPath implements DeliveryPath {

    private final DeliveryPath behind;

    protected ForwardingPath(DeliveryPath behind) {
        this.behind = behind;
    }

    /** The path that is wrapped. */
    public final DeliveryPath behind() {
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
    public void close() throws Exception {
        behind.close();
    }
}
