package dev.brew.delivery.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ForwardingPathTest {

    private final List<String> called = new ArrayList<>();

    @Test
    void everyMethodOfAPathIsHandedOn() throws Exception {
        DeliveryPath wrapper = new ForwardingPath(new Noting()) { };
        for (Method method : DeliveryPath.class.getDeclaredMethods()) {
            Object[] arguments = Arrays.stream(method.getParameterTypes())
                    .map(type -> (Object) CustomerSignedUp.getDefaultInstance()).toArray();
            method.invoke(wrapper, arguments);
        }
        assertThat(called).containsExactlyInAnyOrderElementsOf(
                Arrays.stream(DeliveryPath.class.getDeclaredMethods()).map(Method::getName).toList());
    }

    @Test
    void noMethodOfAPathHasADefaultThatAWrapperCouldInheritByMistake() {
        assertThat(DeliveryPath.class.getDeclaredMethods()).noneMatch(Method::isDefault);
    }

    /** A wrapper that implements {@link DeliveryPath} itself can forget a method: GrpcRemote once forgot wireBytes(). */
    @Test
    void everyWrapperExtendsForwardingPath() {
        assertThat(paths().filter(path -> !path.isAssignableTo(ForwardingPath.class))
                .filter(path -> path.getFields().stream().anyMatch(field ->
                        field.getRawType().isEquivalentTo(DeliveryPath.class)))
                .map(JavaClass::getFullName)).isEmpty();
    }

    @Test
    void aMethodThatAWrapperOverridesStillCallsThePathBehind() {
        Set<String> names = Arrays.stream(DeliveryPath.class.getDeclaredMethods()).map(Method::getName)
                .collect(Collectors.toSet());
        assertThat(paths().filter(path -> path.isAssignableTo(ForwardingPath.class)).flatMap(path -> path.getMethods().stream())
                .filter(method -> names.contains(method.getName()) && method.getMethodCallsFromSelf().stream()
                        .noneMatch(call -> call.getTarget().getName().equals(method.getName())))
                .map(JavaMethod::getFullName))
                .containsExactly("dev.brew.delivery.scenario.harness.BorrowedPath.close()"); // its purpose
    }

    private static Stream<JavaClass> paths() {
        return new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.brew.delivery").stream()
                .filter(type -> type.isAssignableTo(DeliveryPath.class) && !type.isInterface());
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
