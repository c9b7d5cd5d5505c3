package dev.brew.delivery;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house: a room may use only the rooms below it. */
class ArchitectureTest {

    private static final String ROOT = "dev.brew.delivery.";
    /** From the roof down. The transports stand above the door they implement. */
    private static final List<String> ROOMS = List.of("cli", "regress", "suite", "bench", "sweep", "scenario",
            "scenario.rows", "scenario.harness", "run", "report", "compare", "rig", "load", "results",
            "path.grpc", "path.kafka", "path", "broker", "jvm", "recipient", "event", "tls", "text");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.brew.delivery");

    @Test
    void noRoomUsesOneAboveIt() {
        for (int i = 1; i < ROOMS.size(); i++) {
            String[] above = ROOMS.subList(0, i).stream().map(ArchitectureTest::packages).toArray(String[]::new);
            noClasses().that().resideInAPackage(packages(ROOMS.get(i)))
                    .should().dependOnClassesThat().resideInAnyPackage(above)
                    .allowEmptyShould(true).check(CLASSES);
        }
    }

    @Test
    void theTransportsDoNotKnowEachOther() {
        noClasses().that().resideInAPackage(packages("path.kafka"))
                .should().dependOnClassesThat().resideInAPackage(packages("path.grpc"))
                .allowEmptyShould(true).check(CLASSES);
        noClasses().that().resideInAPackage(packages("path.grpc"))
                .should().dependOnClassesThat().resideInAnyPackage(packages("path.kafka"), packages("broker"))
                .allowEmptyShould(true).check(CLASSES);
    }

    @Test
    void everyClassStandsInARoom() {
        String[] rooms = Stream.concat(ROOMS.stream(), Stream.of("users.v1"))
                .map(room -> ROOT + room + (room.equals("bench") ? ".." : "")).toArray(String[]::new);
        classes().should().resideInAnyPackage(rooms).check(CLASSES);
    }

    /** The registry of commands knows the commands; only the program's entry knows the registry. */
    @Test
    void noCommandKnowsTheRegistry() {
        noClasses().that().doNotHaveFullyQualifiedName(ROOT + "cli.Main")
                .and().haveNameNotMatching(".*\\.cli\\.Commands(\\$.*)?")
                .should().dependOnClassesThat().haveNameMatching(".*\\.cli\\.Commands(\\$.*)?").check(CLASSES);
    }

    @Test
    void cliHasNoCircle() {
        slices().assignedFrom(new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().equals(ROOT + "cli")
                        ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", "")) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "classes of cli";
            }
        }).should().beFreeOfCycles().check(CLASSES);
    }

    /** {@code path} alone, since its subpackages are rooms of their own; JMH generates classes below {@code bench}. */
    private static String packages(String room) {
        return ROOT + room + (room.equals("bench") ? ".." : "");
    }
}
