package dev.brew.delivery.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ForwardingPathTest {

    private final List<String> called = new ArrayList<>();

    @Test
    void everyMethodOfAPathIsHandedOn() throws Exception {
        DeliveryPath door = new ForwardingPath(new Noting()) { };
        for (Method method : DeliveryPath.class.getDeclaredMethods()) {
            Object[] arguments = Arrays.stream(method.getParameterTypes()).map(type -> (Object) CustomerSignedUp.getDefaultInstance())
                    .toArray();
            method.invoke(door, arguments);
        }
        assertThat(called).containsExactlyInAnyOrderElementsOf(
                Arrays.stream(DeliveryPath.class.getDeclaredMethods()).map(Method::getName).toList());
    }

    @Test
    void noMethodOfAPathHasADefaultThatAWrapperCouldInheritByMistake() {
        assertThat(DeliveryPath.class.getDeclaredMethods()).noneMatch(Method::isDefault);
    }

    private final class Noting implements DeliveryPath {

        @Override
        public String name() {
            called.add("name");
            return "noting";
        }

        @Override
        public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
            called.add("deliver");
            return CompletableFuture.completedFuture(new SendReport(0, 0, List.of()));
        }

        @Override
        public Map<String, String> settings() {
            called.add("settings");
            return Map.of();
        }

        @Override
        public OptionalLong wireBytes() {
            called.add("wireBytes");
            return OptionalLong.empty();
        }

        @Override
        public void close() {
            called.add("close");
        }
    }
}
